/** The probability that a model gives a text. */
export interface Score {
  readonly text: string;
  /** Sum of the natural logarithms of the symbols' conditional probabilities. */
  readonly logProbability: number;
  /** exp(-logProbability / tokens). */
  readonly perplexity: number;
  /** Number of predicted symbols, including the ends of lines or sentences. */
  readonly tokens: number;
  /** Log-probability of each symbol given those before it, in order. */
  readonly conditionals: readonly { readonly symbol: string; readonly logProbability: number }[];
}
