import { checkOptions } from "../../checks.ts";
import { lineSequences, sequencesOnce } from "../../data/sequence-source.ts";
import { type TokenBatch, textSegments } from "../../data/token-batch.ts";
import { type Evaluation, evaluation, meanLoss } from "../../train/evaluate.ts";
import type { LanguageModel } from "./model.ts";

export interface EvaluateOptions {
  /**
   * Number of parallel streams, each from a zero state. At 1, the whole text is read left to right. For models of lines, this is
   * the number of lines read at a time. The default is one stream per 50 symbols, at most 50 streams. For models of words
   * without lines, it is 1.
   */
  streams?: number;
  /** Number of steps computed at a time; default 50. It affects only the memory used, not the result. */
  seq?: number;
}

/**
 * Evaluates a model on symbols of its vocabulary. Each symbol except the first is predicted once. A model of lines starts each
 * line (or sentence) from a zero state. It predicts all symbols of the line and the symbol that ends it.
 *
 * @throws ERR_DATA if there are fewer than 2 symbols, or if a model of lines gets no line
 */
export function evaluateText(
  model: LanguageModel,
  ids: Int32Array,
  options: EvaluateOptions = {},
): Evaluation {
  checkOptions("evaluateText", options, "streams seq");
  return evaluateBatches(model, wholeText(model, ids, options), "evaluation")!;
}

/** Returns the batches that `evaluateText` evaluates. Together they hold the whole text once. */
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

/**
 * Evaluates a model on batches.
 *
 * @param subject prefix of error messages
 * @returns undefined if there is nothing to predict
 * @throws ERR_NAN
 */
export function evaluateBatches(
  model: LanguageModel,
  batches: Iterable<TokenBatch>,
  subject: string,
): Evaluation | undefined {
  const { nats, counted } = meanLoss(model, batches, subject);
  return counted ? evaluation(nats, counted) : undefined;
}
