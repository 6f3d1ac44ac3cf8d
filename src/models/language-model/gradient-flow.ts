import { checkInstance, checkOptions, checkValue, checkWhole } from "../../checks.ts";
import { SequenceBatches } from "../../data/sequence-batches.ts";
import { lineSequences } from "../../data/sequence-source.ts";
import type { TokenBatch } from "../../data/token-batch.ts";
import { UnrolledError } from "../../errors.ts";
import { whole } from "../../schema.ts";
import { batchGradientFlow, type ModelFlow } from "../../train/model-gradient-flow.ts";
import { type Clipping, DEFAULT_RECIPE } from "../../train/recipe.ts";
import { LanguageModel } from "./model.ts";
import { LanguageModelTrainer } from "./trainer.ts";

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
): ModelFlow {
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
  return batchGradientFlow(model, read, { clip, clipBy });
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
export function trainerGradientFlow(trainer: LanguageModelTrainer): ModelFlow {
  checkInstance("trainerGradientFlow: trainer", trainer, LanguageModelTrainer, "a LanguageModelTrainer");
  const [batch] = trainer.heldOut("validation");
  return batchGradientFlow(trainer.model, batch!, trainer.recipe, `iteration ${trainer.iteration}: `);
}
