import { type Column, type ColumnOption, indexOfName, type TableField } from "../data/form.ts";
import { listed, shown, UnrolledError } from "../errors.ts";

/** Maximum number of columns that an error names. */
const NAMED = 20;

/** Gives every column a name of its own: adds a number to names that occur before, and names columns without a name. */
function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name, i) => {
    const stem = name || `column ${i + 1}`;
    let own = stem;
    for (let n = 2; taken.has(own.normalize()); n++) own = `${stem} ${n}`;
    taken.add(own.normalize());
    return own;
  });
}

/**
 * Returns a name for every column of a table. Columns without a name are "column 1", "column 2" and so on. Cells past the last name
 * have a column if one of them is not empty.
 *
 * @param names the names in the header; undefined if there is none
 */
export function columnNames(
  rows: readonly (readonly unknown[])[],
  names: readonly string[] | undefined,
): string[] {
  const widthOf = (cells: readonly unknown[]) =>
    names ? cells.findLastIndex((cell) => cell !== undefined && cell !== "") + 1 : cells.length;
  const width = rows.reduce((most, cells) => Math.max(most, widthOf(cells)), names?.length ?? 0);
  return uniqueNames(Array.from({ length: width }, (_, i) => names?.[i] ?? ""));
}

/** Options that choose columns. */
export const COLUMN_OPTIONS: readonly ColumnOption[] = [
  "textColumn",
  "labelColumn",
  "tokenColumn",
  "tagColumn",
];

/** The columns that options choose. */
export type Columns = { readonly [Option in ColumnOption]?: Column | undefined };

/** Returns an option as the command line spells it, such as `--text-column`. */
export const flagOf = (option: string): string =>
  `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** Returns whether a column is chosen by its number. */
export const isNumber = (column: Column): boolean => /^[1-9]\d*$/.test(String(column));

/**
 * Returns the index of a column. A name may differ in the case of its letters if no other one does. A number of type number is never a
 * name, as in a table whose names are numbers.
 *
 * @param names the names of the columns; undefined if the table has no header
 * @returns undefined if there is no such column
 */
export function placeOf(column: Column, names: readonly string[] | undefined): number | undefined {
  const found = names && typeof column === "string" ? indexOfName(names, String(column)) : -1;
  if (found >= 0) return found;
  const lower = String(column).toLowerCase();
  const alike = names?.flatMap((name, i) => (name.toLowerCase() === lower ? [i] : [])) ?? [];
  if (alike.length === 1) return alike[0];
  const number = Number(column);
  return isNumber(column) && number <= (names?.length ?? number) ? number - 1 : undefined;
}

/** Names the columns of a table in an error. A table may have thousands. */
export const columnsIn = (names: readonly string[]): string =>
  `the columns are ${listed(names.map(shown), NAMED)}`;

/** Reports that a table does not have a column. @throws ERR_DATA naming the option and the columns that exist */
export function noColumn(
  source: string,
  column: Column,
  option: ColumnOption,
  { names, width }: { readonly names: readonly string[] | undefined; readonly width: number },
): never {
  const advice = names ? columnsIn(names) : `there is no header with names; give a number from 1 to ${width}`;
  throw new UnrolledError(
    "ERR_DATA",
    `${source}: no column ${JSON.stringify(column)} for ${flagOf(option)}; ${advice}`,
  );
}

/** Returns the words of a name in lower case: `reviewText`, `review_text` and `Review text` all give review, text. */
export function wordsOf(name: string): string[] {
  const apart = name
    .normalize()
    .replace(/(\p{Ll})(?=\p{Lu})/gu, "$1 ")
    .toLowerCase();
  return apart.match(/[\p{L}\p{M}]+|\p{N}+/gu) ?? [];
}

/** Words of columns that number or name the rows. No field is read from them unless an option says so. */
const ROW_NAMES = new Set(["id", "ids", "index", "idx", "no", "number", "row", "unnamed", "uid", "guid"]);

/** Words of columns whose numbers stand for labels, as in `Class Index` and `label_id`. */
const CLASS_NAMES = new Set(["class", "label", "category", "target", "tag"]);

/** Returns whether a column may have a field of an example: it has a name, and does not number the rows. */
export const mayHaveField = (name: string): boolean => {
  const words = wordsOf(name);
  const numbers = words.some((word) => ROW_NAMES.has(word)) && !words.some((word) => CLASS_NAMES.has(word));
  return words.length > 0 && !numbers;
};

/** Returns the index of the column whose name fits a field best; -1 if none fits. @param free whether a column may be chosen */
export function likelyColumn(
  { names }: Pick<TableField, "names">,
  columns: readonly string[],
  free: (place: number) => boolean,
): number {
  const words = columns.map((name) => wordsOf(name));
  const first = (fits: (column: readonly string[], name: string) => boolean) => {
    for (const name of names) {
      const place = words.findIndex((column, i) => free(i) && fits(column, name));
      if (place >= 0) return place;
    }
    return -1;
  };
  const exact = first((column, name) => column.join(" ") === name);
  return exact >= 0 ? exact : first((column, name) => column.includes(name));
}
