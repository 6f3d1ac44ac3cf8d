import { binaryCrossEntropy } from "../autograd/binary-cross-entropy.ts";
import { crossEntropy } from "../autograd/cross-entropy.ts";
import { meanSquaredError } from "../autograd/regression-loss.ts";
import { checkThat } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import type { Graph, GraphNode } from "../graph/graph.ts";
import { sizeOf } from "../runtime/shapes.ts";
import type { Tensor } from "../runtime/tensor.ts";

/** What an example is to give: a class, a class for each step, or numbers. */
export type Target = number | ArrayLike<number>;

export const LOSSES = ["crossEntropy", "binaryCrossEntropy", "squaredError"] as const;
/** A loss of {@link finetune}. */
export type LossName = (typeof LOSSES)[number];

/** The value whose loss is computed, and what the model does to it at the end. */
export interface Scores {
  readonly name: string;
  /** The operator between the value and the output: `Softmax`, `LogSoftmax` or `Sigmoid`; undefined if there is none. */
  readonly last: string | undefined;
}

/** Finds what the last softmax or sigmoid before an output reads. */
export function scoresOf(graph: Graph, output: string): Scores {
  const makers = new Map<string, GraphNode>(
    graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)),
  );
  let name = output;
  let maker = makers.get(name);
  while (maker && ["Identity", "Dropout", "Cast"].includes(maker.op)) {
    name = maker.inputs[0]!;
    maker = makers.get(name);
  }
  return maker && ["Softmax", "LogSoftmax", "Sigmoid"].includes(maker.op)
    ? { name: maker.inputs[0]!, last: maker.op }
    : { name: output, last: undefined };
}

const isWhole = (numbers: ArrayLike<number>) => Array.from(numbers).every(Number.isInteger);

/** Returns the numbers of a target. @throws ERR_VALUE if there is none */
export function numbersOf(what: string, target: Target): Float64Array {
  const list = typeof target === "number" ? [target] : target;
  const right = typeof list === "object" && list !== null && list.length > 0;
  checkThat(what, target, right, "a class, a list of classes or numbers");
  const isNumber = Array.from(list as ArrayLike<unknown>).every((n) => typeof n === "number");
  checkThat(what, target, isNumber, "numbers");
  const numbers = Float64Array.from(list);
  checkThat(what, target, numbers.every(Number.isFinite), "finite numbers");
  return numbers;
}

/**
 * Chooses a loss. Whole numbers, one for each row of the output, are classes: cross-entropy. So are probabilities for a model that ends in
 * a softmax. Numbers from 0 to 1 for a model that ends in a sigmoid are probabilities: binary cross-entropy. All else are numbers that the
 * model is to give: squared error.
 */
export function chooseLoss(last: string | undefined, output: Tensor, numbers: Float64Array): LossName {
  const classes = output.shape.at(-1) ?? 1;
  if (classes > 1 && numbers.length * classes === output.size && isWhole(numbers)) return "crossEntropy";
  if (last && numbers.every((n) => n >= 0 && n <= 1)) {
    return last === "Sigmoid" ? "binaryCrossEntropy" : "crossEntropy";
  }
  return "squaredError";
}

/** Whether a loss is computed on what the last operator reads. @throws ERR_VALUE if the loss does not fit the operator */
export function readsScores(loss: LossName, last: string | undefined): boolean {
  if (!last || loss === "squaredError") return false;
  const fitting = last === "Sigmoid" ? "binaryCrossEntropy" : "crossEntropy";
  if (loss === fitting) return true;
  throw new UnrolledError(
    "ERR_VALUE",
    `finetune: the loss is ${loss}, but the model ends in ${last}, expected ${fitting} or squaredError`,
  );
}

/** Returns the mean loss of scores. @throws ERR_SHAPE if there are not as many targets as the loss needs */
export function lossOf(loss: LossName, scores: Tensor, numbers: Float64Array): Tensor {
  const { shape, size, runtime: rt } = scores;
  const rows = shape.slice(0, -1);
  const classes = loss === "crossEntropy" && numbers.length === sizeOf(rows);
  if (!classes && numbers.length !== size) {
    const counts =
      loss === "crossEntropy" ? `${sizeOf(rows)} classes or ${size} probabilities` : String(size);
    throw new UnrolledError(
      "ERR_SHAPE",
      `finetune: ${numbers.length} numbers in the target of an output [${shape}], expected ${counts} for ${loss}`,
    );
  }
  if (classes) {
    checkThat("finetune: target", numbers, isWhole(numbers), "whole numbers, which are classes");
    return crossEntropy(scores, rt.tensor(Int32Array.from(numbers), rows));
  }
  const targets = rt.tensor(Float32Array.from(numbers), shape);
  if (loss === "crossEntropy") return crossEntropy(scores, targets);
  return (loss === "squaredError" ? meanSquaredError : binaryCrossEntropy)(scores, targets);
}
