import { checkInstance, checkOptions, checkWhole } from "../../checks.ts";
import { lineSequences, sequencesOnce } from "../../data/sequence-source.ts";
import { checkIds, type TextIds } from "../../data/text-batches.ts";
import { type TokenBatch, textSegments } from "../../data/token-batch.ts";
import { type Evaluation, evaluation, meanLoss } from "../../train/evaluate.ts";
import { LanguageModel } from "./model.ts";

/** Options of {@link evaluateText}. */
export interface EvaluateOptions {
  /**
   * Number of streams or lines that are read in parallel.
   * - If `spec.lines` is false, the text is cut into this many streams of almost equal length. Each stream starts from a zero
   *   state. If the number is 1, the whole text is read from beginning to end.
   * - If `spec.lines` is true, this many lines are read in parallel.
   *
   * The default is 1 if symbols are words and `spec.lines` is false. In all other cases, the default is a fiftieth of the number
   * of symbols, but at least 1 and at most 50.
   */
  streams?: number;
  /** Number of steps computed at a time; default 50. It affects the memory used, but not the result. */
  seq?: number;
  /**
   * Number of characters (code points) of the text, with its spaces and newlines. If it is given, the result has `bitsPerCharacter`: the
   * cross-entropy of all words and `<EOS>` in bits, divided by this number. If symbols are characters, it is the same as `bits`.
   */
  characters?: number;
}

/**
 * Evaluates a model on a text. Each symbol is predicted from the symbols before it.
 * - If `spec.lines` is false, the first symbol of the text is not predicted.
 * - If `spec.lines` is true, each line (or sentence) starts from a zero state. The model predicts all symbols of the line and the
 *   symbol that ends the line.
 *
 * @param ids the text in the model's vocabulary, as `model.encode` returns it
 * @throws ERR_DATA if there are fewer than 2 symbols, or if `spec.lines` is true and there is no line
 *
 * @example
 * ```js
 * const text = "abc".repeat(500);
 * const rt = await createRuntime();
 * const spec = { ...defaultLanguageModelSpec(), hidden: 8, layers: 1 };
 * const model = new LanguageModel(rt, spec, textVocabulary(text, spec));
 * const trainer = new LanguageModelTrainer(model, model.encode(text), { batch: 8, seq: 15, lr: 0.05 });
 * for (let i = 0; i < 60; i++) trainer.step();
 * console.log(evaluateText(model, model.encode("abcabcabc")).perplexity.toFixed(1)); // 1.0
 * console.log(evaluateText(model, model.encode("acbacbacb")).perplexity.toFixed(1)); // 60.9
 * ```
 */
export function evaluateText(model: LanguageModel, ids: TextIds, options: EvaluateOptions = {}): Evaluation {
  const { streams, characters } = checkOptions("evaluateText", options, "streams seq characters");
  if (streams !== undefined) checkWhole("evaluateText: streams", streams, 1);
  checkInstance("evaluateText: model", model, LanguageModel, "a LanguageModel");
  checkIds("evaluateText", ids);
  if (characters !== undefined) checkWhole("evaluateText: characters", characters, 1);
  const result = evaluateBatches(model, wholeText(model, ids, options), "evaluation")!;
  if (!characters) return result;
  const { bits, tokens } = result;
  return { ...result, bitsPerCharacter: model.spec.level === "char" ? bits : (bits * tokens) / characters };
}

/** Returns the batches that `evaluateText` evaluates. Together they contain the whole text once. */
export function wholeText(
  { vocabulary, spec }: LanguageModel,
  ids: TextIds,
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
 * @returns the evaluation, or undefined if the batches have no targets
 * @throws ERR_NAN if the loss is not finite
 */
export function evaluateBatches(
  model: LanguageModel,
  batches: Iterable<TokenBatch>,
  subject: string,
): Evaluation | undefined {
  const { nats, counted } = meanLoss(model, batches, subject);
  return counted ? evaluation(nats, counted) : undefined;
}
