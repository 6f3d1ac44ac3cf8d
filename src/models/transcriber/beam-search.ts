import { logAdd, logSoftmaxRow, ZERO } from "../../autograd/log-space.ts";
import { checkOptions, checkWhole } from "../../checks.ts";
import { Beam, type Path } from "./beam.ts";
import { type CtcOptions, checkScores } from "./scores.ts";

/** Adds something to the rank of a text, symbol by symbol, such as the probability by a language model. */
export interface PrefixScorer<State = unknown> {
  /** The state before the first symbol. */
  readonly start: State;
  /** Returns the state after one more symbol. @param label class of the symbol */
  extend(state: State, label: number): State;
  /** Returns what each class adds to the rank if its symbol comes next, [C]. The entry of the blank is not used. */
  next(state: State): ArrayLike<number>;
  /** Returns what the text adds to the rank if it ends here. */
  end(state: State): number;
}

/** Options of {@link ctcBeamSearch}. */
export interface CtcBeamOptions extends CtcOptions {
  /** Maximum number of texts that are kept at each step; default 10. */
  beam?: number;
  /** Adds to the rank of the texts. Default: the rank is the log-probability. */
  scorer?: PrefixScorer;
}

/** A text that the beam search found. */
export interface CtcHypothesis {
  /** Classes of the symbols, without blanks. */
  readonly labels: readonly number[];
  /** Logarithm of the probability of all alignments that were kept, in nats. */
  readonly logProbability: number;
  /** The log-probability and what the scorer adds. The text with the highest rank is the first. */
  readonly rank: number;
}

/**
 * Searches the most probable texts by prefix beam search. At each step it keeps the best texts so far, with the probability of all
 * alignments that end in a blank, and of those that end in the last symbol. See Hannun et al., "First-Pass Large Vocabulary Continuous
 * Speech Recognition using Bi-Directional Recurrent DNNs" (2014).
 *
 * @param scores logits or logarithms of probabilities of the classes at each step, [T, C]. Their log-softmax is computed inside.
 * @param classes number of classes (C), with the blank
 * @returns at most `beam` texts, the best first
 * @throws ERR_VALUE if an option is wrong; ERR_SHAPE if the scores are not rows of C; ERR_NAN if a score is NaN
 *
 * In the example, the best path is two blanks, of probability 0.36. But "1" has 0.24 + 0.24 + 0.16.
 *
 * @example
 * ```js
 * const scores = Float32Array.of(0.6, 0.4, 0.6, 0.4).map(Math.log);
 * const [best] = ctcBeamSearch(scores, 2);
 * console.log(ctcGreedy(scores, 2), best.labels); // [] [ 1 ]
 * console.log(Math.exp(best.logProbability).toFixed(2)); // 0.64
 * ```
 */
export function ctcBeamSearch(
  scores: Float32Array,
  classes: number,
  options: CtcBeamOptions = {},
): CtcHypothesis[] {
  const { blank = 0, beam = 10, scorer } = checkOptions("ctcBeamSearch", options, "blank beam scorer");
  checkWhole("ctcBeamSearch: beam", beam, 1);
  const rows = checkScores("ctcBeamSearch", scores, classes, blank);
  const search = new Beam(beam, blank, scorer);
  const logs = new Float64Array(classes);
  for (const row of rows) {
    logSoftmaxRow(row, logs);
    search.step(logs);
  }
  const rankOf = (path: Path, logProbability: number) =>
    logProbability + path.score + (scorer ? scorer.end(path.state) : 0);
  return search.paths
    .map((path) => {
      const logProbability = logAdd(path.blank, path.label);
      return { labels: path.labels(), logProbability, rank: rankOf(path, logProbability) };
    })
    .filter(({ logProbability }) => logProbability > ZERO)
    .sort((a, b) => b.rank - a.rank);
}
