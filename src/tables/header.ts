import { indexOfName } from "../data/form.ts";
import { isKnownName, mayBeNames } from "./header-words.ts";
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
 * its cells may be names of columns, and neither they nor other usual names occur again in their columns.
 *
 * @returns the index of the header's row; -1 if there is no header
 */
export function findHeader(rows: readonly Row[], rule: HeaderRule): number {
  const first = rows.findIndex((row) => !isBlank(row));
  if (first < 0 || rule.header === false) return -1;
  return rule.header || isHeader(rows[first]!, rows.slice(first + 1), rule) ? first : -1;
}

function isHeader({ cells }: Row, others: readonly Row[], rule: HeaderRule): boolean {
  const { trained, common, single, key } = rule;
  if (trained.some((name) => indexOfName(cells, name) >= 0)) return true;
  if (cells.length === 1 && !single) return false;
  if (!mayBeNames(cells) || !(common || cells.some(isKnownName)) || cells.some((cell) => rule.known?.(cell)))
    return false;
  const filled = others.filter((row) => !isBlank(row));
  const deciding = key ? [key(cells)] : [...cells.keys()];
  const numberless = (cell: string) => cell.replace(/\p{N}+/gu, "");
  // Other cells that differ only in a number are values too, such as "label 0" and "label 1".
  const isLike = (cell: string | undefined, i: number) =>
    cell &&
    cells[i] &&
    (cell === cells[i] || (/\p{N}/u.test(cell) && numberless(cell) === numberless(cells[i]!)));
  return filled.length > 0 && !filled.some(({ cells }) => deciding.some((i) => isLike(cells[i], i)));
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
