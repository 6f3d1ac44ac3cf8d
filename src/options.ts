import { UnrolledError } from "./errors.ts";

/** Number of edits (insert, delete, replace, swap neighbours) between two words (Damerau 1964, optimal string alignment). */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      row[j] = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) row[j] = Math.min(row[j]!, rows[i - 2]![j - 2]! + 1);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}

/**
 * Refuses names that an object must not have, so that a misspelt one is not ignored.
 *
 * @param what begins the message, such as "nn.LSTM"
 * @param given the object as the caller gave it
 * @param known its possible names
 * @param noun what the names are called
 * @throws ERR_VALUE that names the unknown one and the known one that is most like it, or all known ones
 */
export function checkNames(what: string, given: object, known: readonly string[], noun = "option"): void {
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    const near = known
      .map((other) => [distance(name.toLowerCase(), other.toLowerCase()), other] as const)
      .sort(([one], [other]) => one - other)
      .find(([edits, other]) => edits <= Math.max(2, Math.min(name.length, other.length) / 3));
    const advice = near ? `did you mean ${near[1]}?` : `expected ${known.join(", ") || "none"}`;
    throw new UnrolledError("ERR_VALUE", `${what}: unknown ${noun} ${name}; ${advice}`);
  }
}
