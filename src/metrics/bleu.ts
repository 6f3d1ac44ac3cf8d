import { checkEntries } from "../checks.ts";
import type { Tokens } from "./edit-distance.ts";
import { checkListPairs } from "./pairs.ts";

const ORDERS = [1, 2, 3, 4];

/** Counts how often each n-gram of `order` tokens occurs. */
function grams(tokens: Tokens, order: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i + order <= tokens.length; i++) {
    const key = JSON.stringify(tokens.slice(i, i + order));
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/**
 * Computes the BLEU of a corpus (Papineni et al. 2002), from 0 to 1, with one reference per hypothesis. BLEU is the geometric
 * mean of the precisions of n-grams of 1 to 4 tokens. If all hypotheses together have fewer tokens (h) than the references (r),
 * the mean is multiplied by the brevity penalty exp(1 - r / h).
 *
 * A precision of 0 is replaced (smoothing). For each n without a match, the precision of n-grams becomes 1 / (2^k * number of
 * n-grams in the hypotheses). k is 1 for the smallest n without a match, 2 for the next, and so on. BLEU is 0 if no token
 * matches or no hypothesis has 4 tokens. BLEU equals a hundredth of sacrebleu's corpus_bleu with tokenize="none" and the
 * default smoothing "exp".
 *
 * @throws ERR_SHAPE if `references` and `hypotheses` differ in length or are empty
 *
 * @example
 * ```js
 * const references = ["the cat sat on the mat", "he went home"].map((text) => text.split(" "));
 * const hypotheses = ["the cat sat on a mat", "he went home"].map((text) => text.split(" "));
 * console.log(bleu(references, hypotheses).toFixed(2)); // 0.60
 * ```
 */
export function bleu(references: readonly Tokens[], hypotheses: readonly Tokens[]): number {
  checkListPairs(references, hypotheses, "references", "hypotheses");
  const isToken = (token: unknown) => typeof token === "string" || typeof token === "number";
  for (const tokens of [...references, ...hypotheses])
    checkEntries("tokens", tokens, isToken, "a text or a number");
  const length = (all: readonly Tokens[]) => all.reduce((sum, tokens) => sum + tokens.length, 0);
  let [log, unmatched] = [0, 0];
  for (const order of ORDERS) {
    let [hits, all] = [0, 0];
    references.forEach((reference, i) => {
      const expected = grams(reference, order);
      for (const [key, count] of grams(hypotheses[i]!, order)) {
        hits += Math.min(count, expected.get(key) ?? 0);
        all += count;
      }
    });
    if (all === 0 || (order === 1 && hits === 0)) return 0;
    log += Math.log((hits || 1 / 2 ** ++unmatched) / all) / ORDERS.length;
  }
  return Math.exp(log + Math.min(0, 1 - length(references) / length(hypotheses)));
}
