import { checkInstance, checkOptions, checkValue, checkWhole } from "../../checks.ts";
import { IGNORED_TARGET } from "../../data/evaluation-segments.ts";
import { SequenceBatches } from "../../data/sequence-batches.ts";
import { lineSequences } from "../../data/sequence-source.ts";
import type { TokenBatch } from "../../data/token-batch.ts";
import { UnrolledError } from "../../errors.ts";
import { damaged } from "../../network/damaged.ts";
import { clipGradNorm } from "../../optim/clip.ts";
import type { Tensor } from "../../runtime/tensor.ts";
import { whole } from "../../schema.ts";
import { type GradientFlow, recordGradientFlow } from "../../train/gradient-flow.ts";
import { type Clipping, clipGradients, DEFAULT_RECIPE } from "../../train/recipe.ts";
import { LanguageModel } from "./model.ts";
import { LanguageModelTrainer } from "./trainer.ts";

/** The gradient flow of a language model, and the norm of its gradient before and after clipping, as plain JSON. */
export interface TextFlow {
  /**
   * Gradients with respect to the hidden states, by distance in steps from the loss. Each window has only one loss, at its last
   * step. The losses of the windows are summed, not averaged.
   */
  readonly flow: GradientFlow;
  /**
   * Norm of the gradient of all parameters. Unlike `flow`, this gradient comes from the losses of all steps, as in a training
   * iteration on these windows. The losses are summed over the steps of a window and averaged over the windows.
   */
  readonly gradientNorm: number;
  /** Norm of the gradient of all parameters after clipping. Clipping does not affect the gradients in `flow`. */
  readonly clippedNorm: number;
}

/** Options of {@link textGradientFlow}. */
export interface TextFlowOptions extends Partial<Clipping> {
  /** Number of steps of a window; default 100. If `spec.lines` is true, each window is a whole line instead. */
  steps?: number;
  /** Number of windows, spread evenly over the text; default 50. Each window starts from a zero state. */
  batch?: number;
}

/** Maximum number of symbols of all windows together. Their states and gradients need a hundred times as many numbers. */
const MAX_READ = 0x100_0000; // 2^24

/**
 * Records how the gradient of a loss flows back through a language model, without dropout. The model does not change. Afterwards
 * its parameters have the same gradients as before.
 *
 * @param ids the text in the model's vocabulary, as `model.encode` returns it
 * @throws ERR_DATA if `spec.lines` is false and the text has fewer than `steps` + 1 symbols, or if `spec.lines` is true and there
 *   is no line
 * @throws ERR_NAN if the loss is not finite
 *
 * @example
 * ```js
 * const text = "abcdefgh".repeat(100);
 * const rt = await createRuntime();
 * for (const forgetBias of [0, 4]) {
 *   const spec = { ...defaultLanguageModelSpec(), hidden: 16, layers: 1, forgetBias };
 *   const model = new LanguageModel(rt, spec, textVocabulary(text, spec));
 *   const { flow } = textGradientFlow(model, model.encode(text), { steps: 50 });
 *   const { verdict, factor } = diagnoseFlow(flow[0]);
 *   console.log(`forget bias ${forgetBias}: ${verdict}, x ${factor.toFixed(2)} per step`);
 * }
 * // forget bias 0: vanishes, x 0.52 per step
 * // forget bias 4: flows, x 0.99 per step
 * ```
 */
export function textGradientFlow(
  model: LanguageModel,
  ids: Int32Array,
  options: TextFlowOptions = {},
): TextFlow {
  checkInstance("textGradientFlow: model", model, LanguageModel, "a LanguageModel");
  checkInstance("textGradientFlow: ids", ids, Int32Array, "an Int32Array");
  const {
    steps = 100,
    batch = 50,
    clip = DEFAULT_RECIPE.clip,
    clipBy = DEFAULT_RECIPE.clipBy,
  } = checkOptions("textGradientFlow", options, "steps batch clip clipBy");
  checkWhole("textGradientFlow: steps", steps, 1);
  checkValue("textGradientFlow: batch", batch, whole(1, Math.ceil(MAX_READ / steps)));
  const read = model.spec.lines
    ? someLines(lineSequences(ids, model.vocabulary), batch)
    : windows(ids, steps, batch);
  return windowsGradientFlow(model, read, { clip, clipBy });
}

/** Returns position `i` of `count` positions spread evenly from 0 to `last`. */
function spread(i: number, count: number, last: number): number {
  return Math.floor((i * last) / Math.max(1, count - 1));
}

/** Makes a batch of `batch` windows that are spread evenly over a text. */
function windows(ids: Int32Array, steps: number, batch: number): TokenBatch {
  const room = ids.length - steps - 1;
  if (room < 0) {
    throw new UnrolledError(
      "ERR_DATA",
      `${ids.length} characters, but a window of ${steps} steps needs ${steps + 1}; use more text, or fewer steps`,
    );
  }
  const at = (shift: number) => (_: unknown, i: number) => {
    const window = i % batch;
    return ids[spread(window, batch, room) + Math.floor(i / batch) + shift]!;
  };
  const size = { length: steps * batch };
  return { steps, inputs: Int32Array.from(size, at(0)), targets: Int32Array.from(size, at(1)) };
}

/** Makes a batch of at most `batch` whole lines that are spread evenly over a text. */
function someLines({ inputs, targets }: ReturnType<typeof lineSequences>, batch: number): TokenBatch {
  const count = Math.min(batch, inputs.length);
  const places = Array.from({ length: count }, (_, i) => spread(i, count, inputs.length - 1));
  const chosen = { inputs: places.map((n) => inputs[n]!), targets: places.map((n) => targets[n]!) };
  return new SequenceBatches(chosen, { batch: Math.max(1, count) }).at(0);
}

/** Records the gradient flow in a trainer's first validation batch. The state starts at zero. The trainer does not change. */
export function trainerGradientFlow(trainer: LanguageModelTrainer): TextFlow {
  checkInstance("trainerGradientFlow: trainer", trainer, LanguageModelTrainer, "a LanguageModelTrainer");
  const [batch] = trainer.heldOut("validation");
  return windowsGradientFlow(trainer.model, batch!, trainer.recipe, `iteration ${trainer.iteration}: `);
}

/**
 * Records the gradient flow of windows that the caller has chosen. `textGradientFlow` chooses them itself.
 *
 * @param read a batch whose sequences are the windows
 * @param when prefix of error messages
 */
export function windowsGradientFlow(
  model: LanguageModel,
  read: TokenBatch,
  clipping: Clipping,
  when = "",
): TextFlow {
  const rt = model.runtime;
  const { steps, inputs, targets, lengths } = read;
  const batch = inputs.length / steps;
  const parameters = model.parameters();
  const tensors = Object.values(parameters);
  const before = tensors.map(({ grad }) => grad?.toArray());
  const clear = (tensor: Tensor) => tensor.grad?.data.fill(0);
  const pass = (targets: Int32Array, seed: number) =>
    rt.scope(() => {
      tensors.forEach(clear);
      const { loss } = model.loss({ ...read, targets });
      if (!Number.isFinite(loss.item())) {
        throw damaged(`${when}gradient flow: the loss is ${loss.item()}`);
      }
      loss.backward(rt.tensor([seed], []));
    });
  const { training } = model;
  model.train(false);
  try {
    const end = (i: number) => (lengths?.[i % batch] ?? steps) - 1;
    const last = targets.map((target, i) => (Math.floor(i / batch) === end(i) ? target : IGNORED_TARGET));
    const flow = recordGradientFlow(model.rnn, () => pass(last, batch));
    pass(targets, targets.filter((target) => target !== IGNORED_TARGET).length / batch);
    const norm = () => clipGradNorm(parameters, Infinity);
    const gradientNorm = norm();
    clipGradients(clipping, parameters);
    return { flow, gradientNorm, clippedNorm: norm() };
  } finally {
    model.train(training);
    tensors.forEach((tensor, i) => {
      const gradient = before[i];
      if (gradient) tensor.grad?.data.set(gradient);
      else tensor.grad?.dispose();
    });
  }
}
