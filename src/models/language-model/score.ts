/** The probability of a text according to a language model. */
export interface Score {
  readonly text: string;
  /** Sum of the natural logarithms of the symbols' conditional probabilities. */
  readonly logProbability: number;
  /** exp(-logProbability / tokens). */
  readonly perplexity: number;
  /** Number of predicted symbols, including the ends of lines or sentences. */
  readonly tokens: number;
  /** Each symbol of the text, in order, with its log-probability given the symbols before it. */
  readonly conditionals: readonly { readonly symbol: string; readonly logProbability: number }[];
}
