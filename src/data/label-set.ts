import { checkText, checkTexts } from "../checks.ts";
import { shown, UnrolledError } from "../errors.ts";

/**
 * Reads a set of labels from a cell. A JSON array, such as `["red", "big, round"]`, has a label in each entry. Any other text is split
 * at its commas. Spaces around labels, empty labels and repetitions are left out, so "" and `[]` are the empty set. A label may be in
 * brackets, such as `[CLS]`.
 *
 * @throws ERR_DATA if the cell looks like a list in another notation, such as `['red']` or `[red, blue]`
 *
 * @example
 * ```js
 * console.log(labelSet("red, round,red")); // [ 'red', 'round' ]
 * console.log(labelSet('["big, round"]'), labelSet("[]")); // [ 'big, round' ] []
 * ```
 */
export function labelSet(cell: string): string[] {
  const names = entriesOf(checkText("labelSet: cell", cell)) ?? cell.split(",");
  return [...new Set(names.map((name) => name.trim()))].filter((name) => name);
}

/**
 * Writes a set of labels as a cell that `labelSet` reads back: labels with commas between them, or a JSON array if a label has a comma
 * or the set is empty.
 *
 * @example
 * ```js
 * console.log(labelCell(["red", "round"])); // red,round
 * console.log(labelCell(["big, round"]), labelCell([])); // ["big, round"] []
 * ```
 */
export function labelCell(labels: readonly string[]): string {
  const plain = checkTexts("labelCell: labels", labels).join(",");
  const isPlain = labels.length && !labels.some((label) => label.includes(",")) && !/^\s*"?\[/.test(plain);
  return isPlain ? plain : JSON.stringify(labels);
}

/** Returns the entries of a JSON array as texts; undefined if the cell is something else. */
function entriesOf(cell: string): string[] | undefined {
  const given = cell.trim();
  // Programs that write columns with tabs put a cell with quotes into quotes, as in CSV: "[""a"",""b""]"
  const text = /^"\[.*\]"$/.test(given) ? given.slice(1, -1).replaceAll('""', '"') : given;
  if (!text.startsWith("[")) return undefined;
  try {
    const list = JSON.parse(text) as unknown[];
    if (list.every(isLabel)) return list.map(String);
  } catch {
    // A label may be in brackets.
  }
  if (/^\[[^,\]]*\]/.test(text) && !(/^\[\s*["'[{]/.test(text) && text.endsWith("]"))) return undefined;
  const problem = `${shown(text)} is not a JSON array of labels`;
  throw new UnrolledError("ERR_DATA", `${problem}, expected labels with commas between them or ["a", "b"]`);
}

/** Returns whether a JSON value may be a label: a text, a finite number, or a boolean. */
export const isLabel = (value: unknown): boolean =>
  typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
