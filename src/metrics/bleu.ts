import type { Tokens } from "./edit-distance.ts";
import { checkPairs } from "./pairs.ts";

const ORDERS = [1, 2, 3, 4];

/** Counts each n-gram of `order` tokens. */
function grams(tokens: Tokens, order: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i + order <= tokens.length; i++) {
    const key = JSON.stringify(tokens.slice(i, i + order));
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/**
 * Computes the BLEU of a corpus (Papineni et al. 2002) with one reference per hypothesis, from 0 to 1: the geometric mean of
 * the precisions of n-grams of 1 to 4 tokens, times the brevity penalty exp(1 - r / h) if the hypotheses have fewer tokens (h)
 * than the references (r). The k-th order without a match, counted from 1, gets the precision 1 / (2^k * n-grams). BLEU is 0
 * if nothing matches or no hypothesis has 4 tokens. Equal to a hundredth of sacrebleu's corpus_bleu with its default
 * smoothing, "exp", and tokenize="none".
 *
 * @throws ERR_SHAPE if the two differ in length or are empty
 */
export function bleu(references: readonly Tokens[], hypotheses: readonly Tokens[]): number {
  checkPairs(references, hypotheses, "references", "hypotheses");
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
