import { shown, UnrolledError } from "../errors.ts";

/** A row of a table. A blank line is a row without cells. */
export interface Row {
  /** Where the row begins, such as "line 3", for errors. */
  readonly place: string;
  /** The cells, in the order of the columns. */
  readonly cells: readonly string[];
  /** The values of the cells, if the format has more than texts, as JSON has. */
  readonly values?: readonly unknown[];
  /** The text of the row, for errors, and for formats that divide it in their own way. */
  readonly content: string;
}

/** The rows of a file. */
export interface Rows {
  /** Names of the columns, if the format has a name for each cell, as JSON has. */
  readonly names?: readonly string[];
  /** All rows, with blank ones. */
  readonly rows: readonly Row[];
}

/** Returns whether a row is a blank line. */
export const isBlank = ({ cells }: Row): boolean => cells.length === 0;

/** Reports a problem in a row of a file. @throws ERR_DATA naming file and place */
export function wrongRow(
  source: string,
  { place, content }: Pick<Row, "place" | "content">,
  problem: string,
): never {
  throw new UnrolledError("ERR_DATA", `${source}, ${place}: ${problem}: ${shown(content)}`);
}
