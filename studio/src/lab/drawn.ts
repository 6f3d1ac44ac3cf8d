import type { SamplingOptions } from "unrolled";

/**
 * Computes the probabilities that sampling draws from: exp(log ŷ / temperature), of the `topK` largest, and of these the fewest whose sum
 * is at least `topP` (docs/course-notes.md, "Language model").
 *
 * @param probabilities ŷ, with a sum of 1
 */
export function drawnProbabilities(
  probabilities: readonly number[],
  { temperature = 1, topK = 0, topP = 1 }: SamplingOptions,
): number[] {
  const order = probabilities.map((_, i) => i).sort((a, b) => probabilities[b]! - probabilities[a]!);
  const best = probabilities[order[0]!]!;
  const weight = (i: number) =>
    temperature === 0 ? Number(i === order[0]) : (probabilities[i]! / best) ** (1 / temperature);
  let kept = topK ? order.slice(0, topK) : order;
  const sumOf = (ids: readonly number[]) => ids.reduce((sum, i) => sum + weight(i), 0);
  const total = sumOf(kept);
  let sum = 0;
  const enough = kept.findIndex((i) => {
    sum += weight(i);
    return sum >= topP * total;
  });
  if (topP < 1 && enough >= 0) kept = kept.slice(0, enough + 1);
  const among = sumOf(kept);
  const drawn = new Array<number>(probabilities.length).fill(0);
  for (const i of kept) drawn[i] = weight(i) / among;
  return drawn;
}
