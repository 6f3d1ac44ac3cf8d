/** The probability of a text according to a language model. */
export interface Score {
  /** The text that was scored. */
  readonly text: string;
  /** Natural logarithm of the probability of the text: the sum of the log-probabilities in `conditionals`. */
  readonly logProbability: number;
  /** exp(-logProbability / tokens), where `tokens` is the number of predicted symbols. */
  readonly perplexity: number;
  /** Number of predicted symbols, including the ends of lines or sentences. */
  readonly tokens: number;
  /** The predicted symbols in order. Each has its log-probability given the symbols before it. */
  readonly conditionals: readonly { readonly symbol: string; readonly logProbability: number }[];
}
