import { lineSequences, sequencesOnce } from "../data/sequence-source.ts";
import { type TokenBatch, textSegments } from "../data/token-batch.ts";
import { UnrolledError } from "../errors.ts";
import type { LanguageModel } from "../models/language-model/model.ts";
import type { TaskModel } from "../network/model.ts";
import type { RecurrentState } from "../nn/recurrent.ts";
import type { Evaluated } from "./trainer.ts";

/** How well a model predicts a text. */
export interface Evaluation extends Evaluated {
  /** Mean cross-entropy of a symbol in nats. */
  readonly nats: number;
  /** The same in bits. */
  readonly bits: number;
  /** exp(nats): as uncertain as a fair choice among so many symbols. */
  readonly perplexity: number;
  /** Predictions that were counted. */
  readonly tokens: number;
}

export interface EvaluateOptions {
  /**
   * The text is read as this many streams side by side, each from a zero state; 1 reads it from left to right. Default 50,
   * fewer for a text of fewer than 50 times 50 symbols; 1 for words. Lines are read so many at a time.
   */
  streams?: number;
  /** Steps at a time; only the memory used depends on it. Default 50. */
  seq?: number;
}

/** Nats in bits, perplexity and all. */
export function evaluation(nats: number, tokens: number): Evaluation {
  return { loss: nats, nats, bits: nats / Math.LN2, perplexity: Math.exp(nats), tokens };
}

/**
 * Evaluates a model on symbols of its vocabulary: every one but the first is predicted once. A model of lines predicts every
 * symbol of every line (or sentence) and what ends it, from a zero state.
 *
 * @throws ERR_DATA for fewer than 2 symbols, or no line
 */
export function evaluateText(
  model: LanguageModel,
  ids: Int32Array,
  options: EvaluateOptions = {},
): Evaluation {
  return evaluateBatches(model, wholeText(model, ids, options), "evaluation")!;
}

/** All of a text, once, as `evaluateText` reads it. */
export function wholeText(
  { vocabulary, spec }: LanguageModel,
  ids: Int32Array,
  { streams: wanted, seq = 50 }: EvaluateOptions = {},
): Iterable<TokenBatch> {
  const many = Math.max(1, Math.min(50, Math.floor(ids.length / 50)));
  const streams = Math.min(
    wanted ?? (spec.level === "word" && !spec.lines ? 1 : many),
    Math.max(1, ids.length - 1),
  );
  return spec.lines
    ? sequencesOnce(lineSequences(ids, vocabulary), streams)
    : textSegments(ids, { streams, seq });
}

/** @returns undefined where there is no batch @throws ERR_NAN that begins with `subject` */
export function evaluateBatches(
  model: LanguageModel,
  batches: Iterable<TokenBatch>,
  subject: string,
): Evaluation | undefined {
  const { nats, counted } = meanLoss(model, batches, subject);
  return counted ? evaluation(nats, counted) : undefined;
}

/**
 * The mean loss of all targets that count, without dropout.
 *
 * @param onOutputs is shown what each batch gave
 * @throws ERR_NAN that begins with `subject`
 */
export function meanLoss<Batch>(
  model: TaskModel<Batch>,
  batches: Iterable<Batch>,
  subject: string,
  onOutputs?: (batch: Batch, outputs: Float32Array) => void,
): { nats: number; counted: number } {
  const rt = model.runtime;
  const { training } = model;
  let state: RecurrentState | undefined;
  let nats = 0;
  let counted = 0;
  model.train(false);
  try {
    for (const batch of batches) {
      const before = state;
      const result = rt.noGrad(() =>
        rt.scope(() => {
          const { loss, outputs, counted, state: after } = model.loss(batch, before);
          onOutputs?.(batch, outputs.toArray());
          return { loss: loss.item(), counted, ...(after && { state: after }) };
        }),
      );
      state = result.state;
      disposeState(before);
      if (result.counted) nats += result.loss * result.counted;
      counted += result.counted;
    }
  } finally {
    model.train(training);
    disposeState(state);
  }
  if (counted) nats /= counted;
  if (!Number.isFinite(nats)) {
    throw new UnrolledError(
      "ERR_NAN",
      `${subject}: the loss is ${nats}; the model's weights are damaged or far too large`,
    );
  }
  return { nats, counted };
}

/** Frees a recurrent state. */
export function disposeState(state: RecurrentState | undefined): void {
  state?.h.dispose();
  state?.c?.dispose();
}
