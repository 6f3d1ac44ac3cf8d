import { checkList } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import { checkListPairs } from "./pairs.ts";

/** A sequence of words, characters (`[...text]`), phonemes or token numbers. */
export type Tokens = readonly (string | number)[];

/**
 * Computes the Levenshtein distance: the least number of insertions, deletions and substitutions that turn `a` into `b`.
 *
 * @example
 * ```js
 * console.log(editDistance([..."kitten"], [..."sitting"])); // 3
 * ```
 */
export function editDistance(a: Tokens, b: Tokens): number {
  checkList("editDistance: a", a);
  checkList("editDistance: b", b);
  // row[j] is the distance between the tokens of `a` that the loop has processed and the first j tokens of `b`.
  const row = Array.from({ length: b.length + 1 }, (_, j) => j);
  a.forEach((token, i) => {
    let diagonal = i;
    row[0] = i + 1;
    for (let j = 0; j < b.length; j++) {
      const above = row[j + 1]!;
      row[j + 1] = token === b[j] ? diagonal : 1 + Math.min(diagonal, above, row[j]!);
      diagonal = above;
    }
  });
  return row[b.length]!;
}

/**
 * Computes the error rate: the edits in all pairs divided by the tokens in all references, like jiwer's wer and cer. The rate is
 * called WER if tokens are words, CER if they are characters and PER if they are phonemes. It can be above 1 if hypotheses are
 * longer than their references.
 *
 * @throws ERR_SHAPE if `references` and `hypotheses` differ in length or are empty, or if no reference has a token
 *
 * @example
 * ```js
 * const references = ["turn the light on", "stop"].map((text) => text.split(" "));
 * const hypotheses = ["turn light on", "stop"].map((text) => text.split(" "));
 * console.log(errorRate(references, hypotheses)); // 0.2
 * ```
 */
export function errorRate(references: readonly Tokens[], hypotheses: readonly Tokens[]): number {
  checkListPairs(references, hypotheses, "references", "hypotheses");
  let [edits, tokens] = [0, 0];
  references.forEach((reference, i) => {
    edits += editDistance(reference, hypotheses[i]!);
    tokens += reference.length;
  });
  if (tokens) return edits / tokens;
  throw new UnrolledError("ERR_SHAPE", "all references are empty, expected at least 1 token");
}

/**
 * Returns the share of hypotheses that equal their reference, token by token.
 *
 * @throws ERR_SHAPE if `references` and `hypotheses` differ in length or are empty
 */
export function exactMatch(references: readonly Tokens[], hypotheses: readonly Tokens[]): number {
  checkListPairs(references, hypotheses, "references", "hypotheses");
  const equal = (a: Tokens, b: Tokens) => a.length === b.length && a.every((token, i) => token === b[i]);
  return references.filter((reference, i) => equal(reference, hypotheses[i]!)).length / references.length;
}
