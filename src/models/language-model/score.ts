/** How likely a model holds a text to be. */
export interface Score {
  readonly text: string;
  /** Sum of the natural logarithms of the symbols' conditional probabilities. */
  readonly logProbability: number;
  /** exp(-logProbability / tokens). */
  readonly perplexity: number;
  /** Symbols that were predicted, with those that end lines or sentences. */
  readonly tokens: number;
  /** Of each symbol, in their order, the logarithm of its probability after those before it. */
  readonly conditionals: readonly { readonly symbol: string; readonly logProbability: number }[];
}
