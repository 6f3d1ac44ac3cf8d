import { UnrolledError } from "./errors.ts";

/**
 * Returns the least number of edits that turn `a` into `b` (Damerau 1964). An edit inserts, deletes or replaces a character, or
 * swaps two neighbours.
 */
function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = rows[i - 1]![j - 1]! + Number(a[i - 1] !== b[j - 1]);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? rows[i - 2]![j - 2]! + 1 : replaced;
      row.push(Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, replaced, swapped));
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}

/**
 * Checks that an object has only known names, so that a misspelt name is an error.
 *
 * @param what prefix of error messages, such as "nn.LSTM"
 * @param given the object as the caller gave it
 * @param known the allowed names
 * @param noun what error messages call a name; default "option"
 * @throws ERR_VALUE if a name is unknown. The message suggests the most similar known name. If no name is similar, it lists all.
 *   Also if the object is of a built-in type whose values have no names, such as a Map or a Date
 */
export function checkNames(what: string, given: object, known: readonly string[], noun = "option"): void {
  const type = Object.prototype.toString.call(given).slice(8, -1);
  if (type !== "Object" && type !== "Module") {
    throw new UnrolledError(
      "ERR_VALUE",
      `${what}: the ${noun}s are of type ${type}, expected a plain object`,
    );
  }
  for (const full of Object.keys(given)) {
    if (known.includes(full)) continue;
    const name = full.slice(0, 40); // comparing takes time and memory for each letter
    const near = known
      .map((other) => [distance(name.toLowerCase(), other.toLowerCase()), other] as const)
      .sort(([one], [other]) => one - other)
      .find(([edits, other]) => edits <= Math.max(name.length, other.length) / 3);
    const advice = near ? `did you mean ${near[1]}?` : `expected ${known.join(", ") || "none"}`;
    throw new UnrolledError("ERR_VALUE", `${what}: unknown ${noun} ${name}; ${advice}`);
  }
}
