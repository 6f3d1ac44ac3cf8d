import { type DecodeOptions, END_SYMBOL, type EncoderDecoder, type SequenceInput } from "unrolled";

/** Where an encoder-decoder looks while it writes. */
export interface AttentionView {
  /** What was read, [T_x]: tokens, or numbers of steps if the source is vectors. */
  readonly source: readonly string[];
  /** What was written, [T_y]: tokens, and `<EOS>` if the model ended by itself. */
  readonly target: readonly string[];
  /** The text that was written. */
  readonly text: string;
  /** Log-probability of all written tokens, in nats. */
  readonly logProbability: number;
  /** Attention weights, [T_y, T_x]: how much each written token looks at each token of the source. A row sums to 1. */
  readonly weights: Float32Array;
}

/**
 * Writes a target, and returns the attention weights of each written token over the source.
 *
 * @returns undefined if the model has no attention
 */
export function attention(
  model: EncoderDecoder,
  source: SequenceInput,
  options: Pick<DecodeOptions, "beam" | "lengthPenalty" | "maxLength"> = {},
): AttentionView | undefined {
  const {
    tokens,
    text,
    logProbability,
    attention: rows,
  } = model.predict([source], { ...options, attention: true })[0]!;
  if (!rows) return undefined;
  const read = typeof source === "string" ? model.tokens(source) : source.map((_, t) => String(t + 1));
  const weights = new Float32Array(rows.length * read.length);
  rows.forEach((row, t) => {
    weights.set(row, t * read.length);
  });
  const target = rows.length > tokens.length ? [...tokens, END_SYMBOL] : tokens;
  return { source: read, target, text, logProbability, weights };
}
