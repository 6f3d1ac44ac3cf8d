import { indexOfName } from "../data/form.ts";
import { listed, shown } from "../errors.ts";
import { isKnownName, isMissing, mayBeNames } from "./header-words.ts";
import { isBlank, type Row } from "./row.ts";

/** What is known about the header of a table. */
export interface HeaderRule {
  /** Whether the first row is a header; undefined if it has to be found out. */
  readonly header: boolean | undefined;
  /** Names of the columns of the training data. A first row that has one of them is a header. */
  readonly trained: readonly string[];
  /** Whether most files of the format have a header. If not, one of its names must be a usual one. */
  readonly common: boolean;
  /** Whether a single cell may be a header. */
  readonly single: boolean;
  /** Returns the index of the column whose name must not occur again in it, such as that of the tag. Default: all columns. */
  key?: ((cells: readonly string[]) => number) | undefined;
  /** Returns whether the model knows a label, so that its row is an example. */
  known?: ((label: string) => boolean) | undefined;
}

/**
 * Finds the header of a table. Without an option, the first row is a header if it has a name of the training data's columns, or if
 * its cells may be names of columns, and neither they nor other usual names occur again in their columns. So is a row that has a text
 * above numbers, and one that counts the columns from 0.
 *
 * @returns the index of the header's row; -1 if there is no header
 */
export function findHeader(rows: readonly Row[], rule: HeaderRule): number {
  const first = rows.findIndex((row) => !isBlank(row));
  if (first < 0 || rule.header === false) return -1;
  return rule.header || isHeader(rows[first]!, rows.slice(first + 1), rule) ? first : -1;
}

function isHeader({ cells }: Row, others: readonly Row[], rule: HeaderRule): boolean {
  const { trained, common, single, key, known } = rule;
  const [only] = cells;
  if (cells.length === 1) {
    if (known?.(only!)) return false;
    if (trained.some((name) => name.toLowerCase() === only!.toLowerCase())) return true;
    if (!single) return false;
  }
  // A whole number is a name only if the first row counts its columns. As a label, it may begin any row.
  if (trained.some((name) => !isWhole(name) && indexOfName(cells, name) >= 0)) return true;
  const filled = others.filter((row) => !isBlank(row));
  if (countsColumns(cells, filled)) return true;
  if (cells.some((cell) => known?.(cell))) return false;
  const deciding = key ? [key(cells)] : [...cells.keys()];
  if (cells.length > 1 && deciding.some((i) => isAboveNumbers(cells[i], filled, i))) return true;
  if (!mayBeNames(cells) || !(common || cells.some(isKnownName))) return false;
  const numberless = (cell: string) => cell.replace(/\p{N}+/gu, "");
  // Other cells that differ only in a number are values too, such as "label 0" and "label 1".
  const isLike = (cell: string | undefined, i: number) =>
    cell &&
    cells[i] &&
    (cell === cells[i] || (/\p{N}/u.test(cell) && numberless(cell) === numberless(cells[i]!)));
  return filled.length > 0 && !filled.some(({ cells }) => deciding.some((i) => isLike(cells[i], i)));
}

const isWhole = (cell: string): boolean => /^\d+$/.test(cell);
const isNumeric = (cell: string | undefined): boolean => /^[+-]?\d+(?:[.,]\d+)?$/.test(cell ?? "");

/** Minimum number of cells that show that a column has numbers. */
const ENOUGH_NUMBERS = 3;

/** Returns whether a cell is a text above numbers only, such as a question above its answers from 1 to 5. */
const isAboveNumbers = (cell = "", rows: readonly Row[], column: number): boolean =>
  rows.length >= ENOUGH_NUMBERS &&
  /\p{L}/u.test(cell) &&
  !isMissing(cell) &&
  rows.every(({ cells }) => isNumeric(cells[column]));

/** Returns whether cells count the columns from 0, as pandas does, above a column without numbers. The first one may be empty. */
function countsColumns(cells: readonly string[], rows: readonly Row[]): boolean {
  const from = cells[0] === "" ? 1 : 0;
  if (cells.length < from + 2 || !rows.length) return false;
  if (!cells.slice(from).every((cell, i) => cell === String(i))) return false;
  return cells.some((_, i) => i >= from && rows.every(({ cells }) => cells[i] && !isNumeric(cells[i])));
}

/**
 * Returns whether the first row of a table that was read without a header looks like one: its cell is empty or has no digit, and all
 * other cells of its column have one.
 */
export function looksLikeHeader([first, ...others]: readonly Row[]): boolean {
  if (!first || others.length < 2) return false;
  return first.cells.some(
    (cell, i) => !/\p{N}/u.test(cell) && others.every(({ cells }) => /\p{N}/u.test(cells[i] ?? "")),
  );
}

/** Number of examples from which on it is telling that the first one has single words and no other one has. */
const ENOUGH_EXAMPLES = 10;

/**
 * Returns why an example may be a header, though it was not found to be one: its label is the only one that occurs once, or its fields
 * are single words and those of all other examples are not.
 *
 * @param first the fields of the first example
 * @param others the fields of the other examples
 * @param label index of the label; -1 if it is not known
 * @param what what the label is called
 * @returns undefined if the example looks like the others
 */
export function doubtOf(
  first: readonly string[],
  others: readonly (readonly string[])[],
  label: number,
  what: string,
): string | undefined {
  if (first.length < 2 || !mayBeNames(first)) return undefined;
  if (label >= 0) {
    const counts = new Map<string, number>();
    for (const fields of others) counts.set(fields[label]!, (counts.get(fields[label]!) ?? 0) + 1);
    const isRare = counts.size > 0 && !counts.has(first[label]!);
    if (isRare && [...counts.values()].every((count) => count > 1))
      return `its ${what} ${shown(first[label]!)} occurs in no other line`;
  }
  const areWords = first.every((field) => !/\s/.test(field));
  if (areWords && others.length >= ENOUGH_EXAMPLES && others.every((fields) => fields.every(hasSpace)))
    return `${listed(first.map(shown), first.length)} are single words, unlike all other lines`;
  return undefined;
}

const hasSpace = (field: string): boolean => /\S\s+\S/.test(field);

/** Tells the user why a row may be a header. */
export function noteDoubt(
  row: Pick<Row, "place"> | undefined,
  doubt: string | undefined,
  note: ((text: string) => void) | undefined,
): void {
  if (row && doubt) note?.(`${row.place} may be a header: ${doubt}; say --header or --no-header`);
}

/** Tells the user that the first row of new data is read, though it consists of usual names of columns. */
export function noteUsualNames(
  rows: readonly Row[],
  known: HeaderRule["known"],
  note: ((text: string) => void) | undefined,
): void {
  const usual = findHeader(rows, { header: undefined, trained: [], common: false, single: true, known });
  const row = rows[usual];
  if (!row?.cells.some(isKnownName)) return;
  note?.(`${row.place} is read as an example (--header leaves it out): ${row.cells.join(", ")}`);
}

/**
 * Returns whether a table has a header, as far as it is known before it is read: by the option, by columns that are chosen by name, or
 * because the training data had none.
 */
export const askedHeader = (
  given: boolean | undefined,
  named: boolean,
  trained: boolean | undefined,
): boolean | undefined => given ?? (named || (trained === false ? false : undefined));

/** Returns the part of a reading that says whether there is a header. That there is none is only known if an option said so. */
export const headerReading = (found: boolean, asked: boolean | undefined): { readonly header?: boolean } =>
  found || asked === false ? { header: found } : {};

/** Tells the user that a row was found to be a header. @param row undefined if there is none */
export function noteHeader(row: Row | undefined, note: ((text: string) => void) | undefined): void {
  if (row) note?.(`${row.place} is left out as a header (--no-header reads it): ${row.cells.join(", ")}`);
}
