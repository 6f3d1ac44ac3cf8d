import { checkInstance, checkObject, checkOptions } from "../checks.ts";
import { IGNORED_TARGET } from "../data/evaluation-segments.ts";
import { damaged } from "../network/damaged.ts";
import type { BatchLoss, TaskModel } from "../network/model.ts";
import { Module } from "../nn/module.ts";
import { clipGradNorm } from "../optim/clip.ts";
import type { Tensor } from "../runtime/tensor.ts";
import { type GradientFlow, type LayerFlow, recordGradientFlow } from "./gradient-flow.ts";
import { type Clipping, clipGradients, DEFAULT_RECIPE } from "./recipe.ts";

/** The gradient flow of a model, and the norm of its gradient before and after clipping, as plain JSON. */
export interface ModelFlow {
  /**
   * Gradients with respect to the hidden states, by distance in steps from the loss. If each step of a sequence has a target, only
   * one counts: the last, or for a layer that reads in reverse, the first. The losses of the sequences are summed, not averaged.
   */
  readonly flow: GradientFlow;
  /**
   * Norm of the gradient of all parameters. Unlike `flow`, this gradient comes from the losses of all steps, as in a training
   * iteration on these sequences. The losses are summed over the steps of a sequence and averaged over the sequences.
   */
  readonly gradientNorm: number;
  /** Norm of the gradient of all parameters after clipping. Clipping does not affect the gradients in `flow`. */
  readonly clippedNorm: number;
}

/** Options of {@link modelGradientFlow}. */
export interface ModelFlowOptions extends Partial<Clipping> {}

/**
 * Records how the gradient of a loss flows back through a model of any task, without dropout. The model does not change. Afterwards
 * its parameters have the same gradients as before.
 *
 * If each step has a target (tagger, generator, encoder-decoder, autoencoder, forecaster, language model), `flow` starts from the loss of
 * one step of each sequence. Else (classifier, embedder, transcriber) it starts from the loss of the whole sequence.
 *
 * @param batch a mini-batch of the model, such as `trainer.nextBatch()`
 * @param options how gradients are clipped; default: as in `DEFAULT_RECIPE`
 * @throws ERR_VALUE if an option is invalid; ERR_NAN if the loss is not finite
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const spec = { ...defaultClassifierSpec(), hidden: 16, embedding: 8, pooling: "last", level: "char" };
 * const text = (label, i) => label + "abcdefghijklmnopqrstuvwxyz".slice(0, 20 + (i % 5));
 * const examples = Array.from({ length: 40 }, (_, i) => classifierExample(text("+-"[i % 2], i), "+-"[i % 2], spec));
 * const model = new Classifier(rt, spec, labelTables(examples, spec));
 * const trainer = new LabelTrainer(model, { train: examples, validation: examples });
 * const { flow } = modelGradientFlow(model, trainer.nextBatch());
 * for (const layer of flow) {
 *   const { verdict, factor } = diagnoseFlow(layer);
 *   console.log(`direction ${layer.direction}: ${verdict}, x ${factor.toFixed(2)} per step`);
 * }
 * // direction 0: vanishes, x 0.76 per step
 * // direction 1: vanishes, x 0.78 per step
 * ```
 */
export function modelGradientFlow<Batch>(
  model: TaskModel<Batch>,
  batch: Batch,
  options: ModelFlowOptions = {},
): ModelFlow {
  checkInstance("modelGradientFlow: model", model, Module, "a model");
  checkObject("modelGradientFlow", batch, "batch is");
  const { clip = DEFAULT_RECIPE.clip, clipBy = DEFAULT_RECIPE.clipBy } = checkOptions(
    "modelGradientFlow",
    options,
    "clip clipBy",
  );
  return batchGradientFlow(model, batch, { clip, clipBy });
}

/** Does the same, for options that were checked. @param when prefix of error messages */
export function batchGradientFlow<Batch>(
  model: TaskModel<Batch>,
  batch: Batch,
  clipping: Clipping,
  when = "",
): ModelFlow {
  const rt = model.runtime;
  const parameters = model.parameters();
  const tensors = Object.values(parameters);
  const before = tensors.map(({ grad }) => grad?.toArray());
  const clear = (tensor: Tensor) => tensor.grad?.data.fill(0);
  /** @param seed returns the factor of the mean loss */
  const pass = (batch: Batch, seed: (loss: BatchLoss) => number) =>
    rt.scope(() => {
      tensors.forEach(clear);
      const result = model.loss(batch);
      const { loss, outputs, sequences } = result;
      if (!Number.isFinite(loss.item())) {
        throw damaged(`${when}gradient flow: the loss is ${loss.item()}`);
      }
      const read = { outputs: outputs.toArray() as Float32Array, sequences };
      loss.backward(rt.tensor([seed(result)], []));
      return read;
    });
  const { training } = model;
  model.train(false);
  try {
    const read = pass(batch, ({ counted, sequences }) => counted / sequences);
    const norm = () => clipGradNorm(parameters, Infinity);
    const gradientNorm = norm();
    clipGradients(clipping, parameters);
    const clippedNorm = norm();
    const record = (end: "first" | "last") =>
      recordGradientFlow(model, () => pass(withOneTarget(model, batch, read, end), ({ counted }) => counted));
    const flow = record("last");
    // The backward direction of a tagger ends at the first step: there, its gradient starts.
    const isReverse = ({ part = "rnn", direction }: LayerFlow) => part === "rnn" && direction === 1;
    if (!flow.some(isReverse)) return { flow, gradientNorm, clippedNorm };
    const first = record("first");
    return {
      flow: flow.map((one, i) => (isReverse(one) ? first[i]! : one)),
      gradientNorm,
      clippedNorm,
    };
  } finally {
    model.train(training);
    tensors.forEach((tensor, i) => {
      const gradient = before[i];
      if (gradient) tensor.grad?.data.set(gradient);
      else tensor.grad?.dispose();
    });
  }
}

interface Read {
  readonly outputs: Float32Array;
  readonly sequences: number;
}

/**
 * Returns a batch in which one step of each sequence has a loss. If a sequence has a single target anyway, or one that spans its steps,
 * it is the batch itself.
 */
function withOneTarget<Batch>(
  model: TaskModel<Batch>,
  batch: Batch,
  { outputs, sequences: B }: Read,
  end: "first" | "last",
): Batch {
  const fields = batch as Readonly<Record<string, unknown>>;
  const layout = model.batchLayout?.steps as Readonly<Record<string, string>> | undefined;
  const { targets } = fields;
  if (!layout?.targets) return batch;
  const lengths = fields[layout.targets] as readonly number[] | undefined;
  const isKept = (T: number, place: number) => {
    const length = lengths?.[place % B] ?? T;
    return Math.floor(place / B) === (end === "first" ? 0 : length - 1);
  };
  if (targets instanceof Float32Array) {
    // A target that equals the output has neither loss nor gradient.
    const T = (fields as { steps: number }).steps;
    const width = targets.length / T / B;
    return { ...batch, targets: targets.map((y, i) => (isKept(T, Math.floor(i / width)) ? y : outputs[i]!)) };
  }
  const ids = targets as Int32Array;
  const T = ids.length / B;
  if (T === 1) return batch;
  const { weights } = fields as { weights?: Float32Array };
  const width = (weights?.length ?? 0) / ids.length;
  return {
    ...batch,
    targets: ids.map((id, i) => (isKept(T, i) ? id : IGNORED_TARGET)),
    ...(weights && { weights: weights.map((w, i) => (isKept(T, Math.floor(i / width)) ? w : 0)) }),
  };
}
