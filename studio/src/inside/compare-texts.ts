/** Returns how many symbols two lists share at their beginnings. */
export function sharedBeginning(a: readonly string[], b: readonly string[]): number {
  let same = 0;
  while (same < a.length && same < b.length && a[same] === b[same]) same++;
  return same;
}

interface Changed {
  readonly symbol: string;
  readonly before: number;
  readonly after: number;
}

/**
 * Returns the symbols that were or are most probable, the most probable before first.
 *
 * @param before probabilities in the order of `vocabulary`
 */
export function mostProbable(
  vocabulary: readonly string[],
  before: ArrayLike<number>,
  after: ArrayLike<number>,
  count: number,
): Changed[] {
  return vocabulary
    .map((symbol, id): Changed => ({ symbol, before: before[id]!, after: after[id]! }))
    .sort((a, b) => Math.max(b.before, b.after) - Math.max(a.before, a.after))
    .slice(0, count)
    .sort((a, b) => b.before - a.before);
}

/** Returns half the sum of all differences: 0 if nothing changed, 1 if all of the probability went elsewhere. */
export function shift(before: ArrayLike<number>, after: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < before.length; i++) sum += Math.abs(before[i]! - after[i]!);
  return sum / 2;
}
