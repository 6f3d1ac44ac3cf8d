import { shown, UnrolledError } from "../errors.ts";

/** A row of a table. A blank line is a row without cells. */
export interface Row {
  /** Where the row begins, such as "line 3", for errors. */
  readonly place: string;
  /** The cells, in the order of the columns. */
  readonly cells: readonly string[];
  /** Whether the row is a blank line; default: it has no cells. */
  readonly blank?: boolean;
  /** The values of the cells, if the format has more than texts, as JSON has. */
  readonly values?: readonly unknown[];
  /** The text of the row, for errors, and for formats that divide it in their own way. */
  readonly content: string;
}

/** Divides a line into cells. */
export type Split = (content: string) => readonly string[];

/**
 * A line of a text as a row. Place and cells are made again each time: most rows are asked for neither or once, and keeping them
 * for 10^6 lines took half the time of reading.
 */
export class LineRow implements Row {
  readonly number: number;
  readonly content: string;
  readonly #split: Split;

  /**
   * Makes a row of a line.
   *
   * @param split divides a line that is not blank into cells
   */
  constructor(number: number, content: string, split: Split) {
    this.number = number;
    this.content = content;
    this.#split = split;
  }

  get place(): string {
    return `line ${this.number}`;
  }

  get blank(): boolean {
    return !this.content.trim();
  }

  get cells(): readonly string[] {
    return this.blank ? [] : this.#split(this.content);
  }

  /** Returns the row with other cells. */
  divided(split: Split): LineRow {
    return new LineRow(this.number, this.content, split);
  }
}

/** The rows of a file. */
export interface Rows {
  /** Names of the columns, if the format has a name for each cell, as JSON has. */
  readonly names?: readonly string[];
  /** All rows, with blank ones. */
  readonly rows: readonly Row[];
}

/** Returns whether a row is a blank line. */
export const isBlank = (row: Row): boolean => row.blank ?? row.cells.length === 0;

/** Reports a problem in a row of a file. @throws ERR_DATA naming file and place */
export function wrongRow(
  source: string,
  { place, content }: Pick<Row, "place" | "content">,
  problem: string,
): never {
  throw new UnrolledError("ERR_DATA", `${source}, ${place}: ${problem}: ${shown(content)}`);
}
