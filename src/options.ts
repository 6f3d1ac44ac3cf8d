import { UnrolledError } from "./errors.ts";

/** Returns the number of letters to insert, delete or replace to turn one word into the other (Levenshtein 1966). */
function distance(a: string, b: string): number {
  const row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    let above = row[0]!;
    row[0] = i;
    for (let j = 1; j <= b.length; j++) {
      const edits = Math.min(row[j]! + 1, row[j - 1]! + 1, above + Number(a[i - 1] !== b[j - 1]));
      above = row[j]!;
      row[j] = edits;
    }
  }
  return row[b.length]!;
}

/**
 * Refuses unknown names, so that a misspelt one is not ignored.
 *
 * @param what begins the message, such as "nn.LSTM"
 * @param given the object as the caller gave it
 * @param known its allowed names
 * @param noun what the names are called
 * @throws ERR_VALUE with the unknown name and the known name most like it, or all known names
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
