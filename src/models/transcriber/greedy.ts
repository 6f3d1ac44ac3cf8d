import { checkOptions } from "../../checks.ts";
import { type CtcOptions, checkScores } from "./scores.ts";

/** Reads the scores of one step after another, and tells each symbol of the best path when it begins. */
export class GreedyDecoder {
  readonly #blank: number;
  /** Class of the latest step; the blank before the first. */
  last: number;

  /** @param blank class of the blank */
  constructor(blank: number) {
    this.#blank = blank;
    this.last = blank;
  }

  /** Reads a step. @returns the class of the symbol that begins here, or undefined if none begins */
  push(scores: Float32Array): number | undefined {
    const before = this.last;
    let best = 0;
    for (let k = 1; k < scores.length; k++) if (scores[k]! > scores[best]!) best = k;
    this.last = best;
    return best === before || best === this.#blank ? undefined : best;
  }
}

/**
 * Decodes by the best path: takes the class with the highest score at each step, then merges equal neighbours and removes the blanks.
 * See Graves et al., "Connectionist Temporal Classification" (2006).
 *
 * @param scores scores, logits or logarithms of probabilities of the classes at each step, [T, C]
 * @param classes number of classes (C), with the blank
 * @returns the classes of the symbols, without blanks
 * @throws ERR_VALUE if an option is wrong; ERR_SHAPE if the scores are not rows of C; ERR_NAN if a score is NaN
 *
 * @example
 * ```js
 * const scores = Float32Array.of(0, 5, 0, 0, 5, 0, 5, 0, 0, 0, 0, 5, 0, 5, 0);
 * console.log(ctcGreedy(scores, 3)); // [ 1, 2, 1 ]
 * ```
 */
export function ctcGreedy(scores: Float32Array, classes: number, options: CtcOptions = {}): number[] {
  const { blank = 0 } = checkOptions("ctcGreedy", options, "blank");
  const rows = checkScores("ctcGreedy", scores, classes, blank);
  const decoder = new GreedyDecoder(blank);
  return rows.flatMap((row) => decoder.push(row) ?? []);
}
