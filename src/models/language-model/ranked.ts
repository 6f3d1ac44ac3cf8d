/**
 * Inserts an entry into a list of entries in descending order of their scores, after those of the same score. If the list then has
 * more than `limit` entries, the last one is removed.
 */
export function insertRanked<T extends { readonly score: number }>(list: T[], entry: T, limit: number): void {
  if (list.length >= limit && !(entry.score > list[limit - 1]!.score)) return;
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]!.score < entry.score) high = middle;
    else low = middle + 1;
  }
  list.splice(low, 0, entry);
  if (list.length > limit) list.pop();
}
