import { checkOptions } from "../../checks.ts";
import { lineSequences, sequencesOnce } from "../../data/sequence-source.ts";
import { type TokenBatch, textSegments } from "../../data/token-batch.ts";
import { type Evaluation, evaluation, meanLoss } from "../../train/evaluate.ts";
import type { LanguageModel } from "./model.ts";

export interface EvaluateOptions {
  /**
   * The text is read as this many streams side by side, each from a zero state; 1 reads it from left to right. Default 50,
   * fewer for a text of fewer than 50 times 50 symbols; 1 for words. Lines are read so many at a time.
   */
  streams?: number;
  /** Steps at a time; only the memory used depends on it. Default 50. */
  seq?: number;
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
  checkOptions("evaluateText", options, "streams seq");
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
