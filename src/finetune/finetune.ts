import { scale } from "../autograd/elementwise.ts";
import {
  checkChoice,
  checkFunction,
  checkObject,
  checkObjects,
  checkOptions,
  checkText,
  checkThat,
  checkWhole,
} from "../checks.ts";
import { shuffled } from "../data/shuffle.ts";
import { UnrolledError } from "../errors.ts";
import type { GraphInput } from "../graph/arrays.ts";
import type { Value } from "../graph/graph.ts";
import type { GraphModel } from "../graph/model.ts";
import type { Module } from "../nn/module.ts";
import { Adam, AdamW } from "../optim/adam.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { RMSprop, SGD } from "../optim/optimizers.ts";
import type { Parameters } from "../optim/parameters.ts";
import { firstNonFinite } from "../runtime/finite.ts";
import { Runtime } from "../runtime/runtime.ts";
import type { Tensor } from "../runtime/tensor.ts";
import { show } from "../schema.ts";
import { checkFinite } from "../train/guard.ts";
import { batchesFirst, formOf, joined, valuesOf } from "./batches.ts";
import type { Freeze } from "./freeze.ts";
import { KerasAdam } from "./keras-adam.ts";
import { GraphModule } from "./module.ts";
import {
  chooseLoss,
  LOSSES,
  type LossName,
  lossOf,
  numbersOf,
  readsScores,
  scoresOf,
  type Target,
} from "./targets.ts";

/** An example of {@link finetune}. */
export interface FinetuneExample {
  /** The inputs by name, as `model.run` takes them, for one example. */
  readonly inputs: Readonly<Record<string, GraphInput>>;
  /** A class, a class for each step, probabilities of classes, or numbers. */
  readonly target: Target;
}

/** An optimiser by name, with its defaults. */
const OPTIMIZERS = { sgd: SGD, adam: Adam, adamw: AdamW, rmsprop: RMSprop, kerasAdam: KerasAdam } as const;

/** Options of {@link finetune}. */
export interface FinetuneOptions {
  /** How often all examples are shown; default 1. */
  epochs?: number;
  /** Number of examples of a step; default 16. */
  batch?: number;
  /** Learning rate; default: the optimiser's (Adam: 0.001). `sgd` has none. */
  lr?: number;
  /**
   * `adam` (default), `adamw`, `rmsprop` and `sgd` of torch.optim, `kerasAdam`, which follows Keras where gradients are small, or a
   * function that makes an optimiser of the parameters, such as one with groups.
   */
  optimizer?: keyof typeof OPTIMIZERS | ((parameters: Readonly<Record<string, Tensor>>) => Optimizer);
  /** Weights that stay as they are: names, beginnings of names, or a function of the name; default none. */
  freeze?: Freeze;
  /**
   * The loss; default: `crossEntropy` for whole numbers, one for each row of the output, and for probabilities if the model ends in a
   * softmax; `binaryCrossEntropy` for numbers from 0 to 1 if it ends in a sigmoid; else `squaredError`.
   */
  loss?: LossName;
  /** The output that has the targets; needed if there are several. */
  output?: string;
  /** Seed of the order of the examples; default 1. */
  seed?: number;
  /** Trains this module instead of the model: on the values called `features`, whose weights are all frozen. */
  head?: Module & { forward(x: Tensor): Tensor };
  /** Name of the value that `head` reads; default: the output. */
  features?: string;
  /** Called after every epoch. `loss` is the mean over its examples. */
  onProgress?(event: { epoch: number; epochs: number; loss: number }): void;
  /** Aborting it ends the run after the current step. The weights so far are kept. */
  signal?: AbortSignal;
}

/** The result of {@link finetune}. */
export interface FinetuneResult {
  /** Mean loss of the examples of each epoch, in nats for cross-entropy. Each is computed before the step that it is part of. */
  readonly losses: readonly number[];
  /** Number of steps of the optimiser. */
  readonly steps: number;
  /** The loss that was used. */
  readonly loss: LossName;
  /** Names of the weights that were trained. */
  readonly trained: readonly string[];
}

/**
 * Trains a model of another framework further. Afterwards, `model.run` and its streams use the new weights.
 *
 * The cross-entropy of a model that ends in a softmax is computed on what the softmax reads, in a form that does not overflow; that of one
 * that ends in a sigmoid likewise. A step takes the mean over its examples of each example's mean loss. Dropout is left out, and
 * batch normalization keeps its statistics.
 *
 * @param examples in any order; lengths may differ
 * @throws ERR_FORMAT if operators without a gradient lie between a weight and the output, with all of them; ERR_VALUE, ERR_SHAPE or
 *   ERR_DTYPE if an example or an option is invalid; ERR_STATE if the model's runtime cannot train; ERR_NAN if a loss or gradient is not
 *   finite: the model has its old weights then; ERR_ABORTED if the signal is aborted
 */
export async function finetune(
  model: GraphModel,
  examples: readonly FinetuneExample[],
  options: FinetuneOptions = {},
): Promise<FinetuneResult> {
  const given = checkOptions(
    "finetune",
    options,
    "epochs batch lr optimizer freeze loss output seed head features onProgress signal",
  );
  const { epochs = 1, batch = 16, seed = 1, optimizer = "adam", lr, freeze, head, signal } = given;
  checkThat(
    "finetune: model",
    model,
    Array.isArray(model?.graph?.outputs),
    "what a reader such as loadOnnx returns",
  );
  checkObjects("finetune: examples", examples);
  checkWhole("finetune: epochs", epochs, 1);
  checkWhole("finetune: batch", batch, 1);
  checkWhole("finetune: seed", seed);
  if (given.loss !== undefined) checkChoice("finetune: loss", given.loss, LOSSES);
  if (given.onProgress !== undefined) checkFunction("finetune: onProgress", given.onProgress);
  if (!examples.length) throw new UnrolledError("ERR_DATA", "finetune: no examples given");
  if (head && freeze) throw new UnrolledError("ERR_VALUE", "finetune: freeze and head, expected one of them");
  if (given.features !== undefined && !head)
    throw new UnrolledError("ERR_VALUE", "finetune: features without head, which would read them");
  const { graph, runtime } = model;
  if (!(runtime instanceof Runtime)) {
    throw new UnrolledError(
      "ERR_STATE",
      "finetune: the model's runtime only runs models; load it with createRuntime of unrolled",
    );
  }
  const output = outputOf(graph, given.output);
  const { name: scores, last } = head ? { name: output, last: undefined } : scoresOf(graph, output);
  const result = head ? checkText("finetune: features", given.features ?? output) : output;
  const module = new GraphModule(runtime, model, {
    outputs: last ? [result, scores] : [result],
    freeze: head ? () => true : (freeze ?? []),
  });
  const data = examples.map(({ inputs, target }, i) => {
    const values = valuesOf(graph, checkObject(`finetune: example ${i}`, inputs, "inputs are"));
    return { values, form: formOf(values), numbers: numbersOf(`finetune: target of example ${i}`, target) };
  });
  const stacks = batchesFirst(graph, output) && data.every(({ values }) => everyFirstIs1(values));
  const parameters = head ? head.parameters() : module.parameters();
  let optimiser: Optimizer | undefined;
  try {
    const trained = Object.keys(parameters);
    if (!trained.length) throw new UnrolledError("ERR_VALUE", "finetune: there is no weight to train");
    optimiser = makeOptimizer(optimizer, parameters, lr);
    let { loss } = given;
    const losses: number[] = [];
    let steps = 0;
    /** Computes the gradients of examples, whose losses are weighted by `share`. @returns the mean loss */
    const gradients = (part: readonly (typeof data)[number][], share: number): number =>
      runtime.scope(() => {
        const inputs = part.length > 1 ? joined(part.map(({ values }) => values)) : part[0]!.values;
        const values = module.forward(inputs);
        const y = head ? head.forward(values[result]!) : values[result]!;
        const numbers = Float64Array.from(part.flatMap(({ numbers }) => [...numbers]));
        loss ??= chooseLoss(last, y, numbers);
        const mean = lossOf(loss, readsScores(loss, last) ? values[scores]! : y, numbers);
        const value = mean.item();
        checkFinite(steps + 1, "", { "the loss": mean });
        scale(mean, share).backward();
        return value;
      });
    let turn = performance.now();
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const order = shuffled(data.length, seed, epoch);
      let total = 0;
      for (let first = 0; first < order.length; first += batch) {
        if (signal?.aborted) {
          if (!head) model.update(module.weights());
          throw new UnrolledError("ERR_ABORTED", `finetune: stopped after step ${steps}`);
        }
        const chosen = Array.from(order.subarray(first, first + batch), (i) => data[i]!);
        optimiser.zeroGrad();
        for (const part of partsOf(chosen, stacks)) {
          total += gradients(part, part.length / chosen.length) * part.length;
        }
        checkFinite(steps + 1, "the gradient of ", gradientsOf(parameters));
        optimiser.step();
        steps++;
        if (performance.now() - turn > 50) {
          await new Promise((resolve) => setTimeout(resolve));
          turn = performance.now();
        }
      }
      losses.push(total / data.length);
      given.onProgress?.({ epoch, epochs, loss: losses.at(-1)! });
    }
    const problem = firstNonFinite(parameters);
    if (problem)
      throw new UnrolledError("ERR_NAN", `finetune: the weight ${problem}; lower the learning rate`);
    if (!head) model.update(module.weights());
    return { losses, steps, loss: loss!, trained };
  } finally {
    optimiser?.dispose();
    module.dispose();
  }
}

function outputOf(graph: GraphModel["graph"], given: string | undefined): string {
  const names = graph.outputs.map(({ name }) => name);
  const [only] = names;
  if (given === undefined ? names.length === 1 : names.includes(given)) return given ?? only!;
  throw new UnrolledError(
    "ERR_VALUE",
    `finetune: output is ${show(given)}, expected ${names.map((name) => show(name)).join(" or ")}`,
  );
}

function makeOptimizer(
  optimizer: NonNullable<FinetuneOptions["optimizer"]>,
  parameters: Parameters & Readonly<Record<string, Tensor>>,
  lr: number | undefined,
): Optimizer {
  if (typeof optimizer === "function") {
    if (lr === undefined) return optimizer(parameters);
    throw new UnrolledError("ERR_VALUE", "finetune: lr and a function optimizer, expected one of them");
  }
  checkChoice("finetune: optimizer", optimizer, Object.keys(OPTIMIZERS) as (keyof typeof OPTIMIZERS)[]);
  if (optimizer === "sgd" && lr === undefined)
    throw new UnrolledError("ERR_VALUE", "finetune: sgd needs a learning rate, such as lr: 0.01");
  return new OPTIMIZERS[optimizer](parameters, (lr === undefined ? {} : { lr }) as { lr: number });
}

const everyFirstIs1 = (values: Readonly<Record<string, Value>>) =>
  Object.values(values).every(({ shape }) => shape[0] === 1);

/** Divides examples into parts that run at once: those of the same form, or each alone. */
function partsOf<T extends { readonly form: string; readonly numbers: { length: number } }>(
  chosen: readonly T[],
  stacks: boolean,
): readonly (readonly T[])[] {
  if (!stacks) return chosen.map((example) => [example]);
  const parts = new Map<string, T[]>();
  for (const example of chosen) {
    const key = `${example.form} ${example.numbers.length}`;
    parts.set(key, [...(parts.get(key) ?? []), example]);
  }
  return [...parts.values()];
}

const gradientsOf = (parameters: Readonly<Record<string, Tensor>>): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(parameters).flatMap(([name, { grad }]) => (grad ? [[name, grad]] : [])));
