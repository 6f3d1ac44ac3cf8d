import { numberedLines, shown, type TextChunks, wrongLine } from "../../data/lines.ts";
import { UnrolledError } from "../../errors.ts";
import { isMissing, parseNumber, separatorOf, splitCells } from "./csv.ts";

/** A time series. */
export interface Series {
  /** Names of the columns. */
  readonly columns: readonly string[];
  /** Number of rows, one for each time step. */
  readonly rows: number;
  /** The numbers, [rows, columns]. */
  readonly values: Float64Array;
}

/** A series from a file. */
export interface SeriesFile extends Series {
  /** Columns that were skipped, such as dates. */
  readonly others: readonly string[];
}

/** Name of the single column of a file without a header. */
const ONLY_COLUMN = "value";

/**
 * Reads a table of numbers with one time step per line. Blank lines are skipped. Cells are separated by commas, semicolons or
 * tabs, and may be quoted. The first line is a header with the names of the columns. A file with a single column may have no
 * header. Numbers may have decimal commas, unless commas separate the cells.
 *
 * @param chunks the text in pieces; for a whole text, use `[text]`
 * @param source name of the file, for errors
 * @param wanted names of the columns to read, in this order; default: all named columns with a number in the first row
 * @throws ERR_DATA naming file and line if a cell is empty or not a number, a row has a different number of cells from the
 * header, or several columns have no header
 * @throws ERR_DATA if a wanted column does not exist, the file has no row, or a piece is not a string
 */
export async function readSeries(
  chunks: TextChunks,
  source: string,
  wanted?: readonly string[],
): Promise<SeriesFile> {
  let table: Table | undefined;
  const values: number[] = [];
  for await (const [line, content] of numberedLines(chunks)) {
    if (!content.trim()) continue;
    if (!table) {
      table = new Table(source, line, content, wanted);
      if (table.hasHeader) continue;
    }
    table.read(line, content, values);
  }
  if (!table || values.length === 0) throw new UnrolledError("ERR_DATA", `${source} has no rows of numbers`);
  return {
    ...table.chosen,
    rows: values.length / table.chosen.columns.length,
    values: new Float64Array(values),
  };
}

/** Parses the lines of a file. The first two lines decide how the others are parsed. */
class Table {
  readonly hasHeader: boolean;
  readonly #source: string;
  readonly #separator: string;
  readonly #header: readonly string[];
  /** Indices of the columns to read; undefined until the first row shows which columns have numbers. */
  #places: readonly number[] | undefined;
  /** The decimal mark of the numbers so far; undefined until a number has a decimal mark. */
  #mark: "." | "," | undefined;

  constructor(source: string, line: number, content: string, wanted?: readonly string[]) {
    this.#source = source;
    this.#separator = separatorOf(content);
    const cells = this.#cells(line, content);
    const numbers = cells.filter(
      (cell) => parseNumber(this.#pointed(cell)) !== undefined || (isMissing(cell) && cell),
    );
    const named = wanted?.every((name) => cells.includes(name));
    this.hasHeader = named || numbers.length === 0;
    if (!this.hasHeader && cells.length > 1) {
      wrongLine(
        source,
        line,
        `${shown(numbers[0]!)} is no name of a column; expected a header with a name for each of ${cells.length} columns`,
      );
    }
    this.#header = this.hasHeader ? cells : [(wanted?.length === 1 && wanted[0]) || ONLY_COLUMN];
    const twice = this.#header.find((name, i) => name && this.#header.indexOf(name) < i);
    if (twice !== undefined)
      wrongLine(source, line, `there are two columns ${shown(twice)}, expected names that differ`);
    if (wanted) this.#places = wanted.map((name) => this.#place(name, line));
  }

  get chosen(): { columns: string[]; others: string[] } {
    const places = this.#places ?? [];
    const others = this.#header.filter((_, i) => !places.includes(i));
    return { columns: places.map((place) => this.#header[place]!), others };
  }

  /** Adds a row to `values`. */
  read(line: number, content: string, values: number[]): void {
    const cells = this.#cells(line, content);
    const count = this.#header.length;
    if (cells.length !== count) {
      const separators = "commas, semicolons or tabs between them";
      this.#wrong(line, `${cells.length} cells, expected ${count} with ${separators}: ${shown(content)}`);
    }
    this.#places ??= this.#numeric(line, content, cells);
    for (const place of this.#places) values.push(this.#number(line, place, cells[place]!));
  }

  #cells(line: number, content: string): string[] {
    return (
      splitCells(content, this.#separator) ??
      this.#wrong(line, `a quote is not closed where its cell ends: ${shown(content)}`)
    );
  }

  #place(name: string, line: number): number {
    const place = this.#header.indexOf(name);
    if (place >= 0 && name) return place;
    const known = this.#header.filter(Boolean).slice(0, 20).map(shown).join(", ");
    return this.#wrong(line, `there is no column ${shown(name)}, only ${known}`);
  }

  #numeric(line: number, content: string, cells: readonly string[]): number[] {
    const places = [...cells.keys()].filter((place) => {
      const cell = cells[place]!;
      return this.#header[place] && (isMissing(cell) || parseNumber(this.#pointed(cell)) !== undefined);
    });
    if (places.length) return places;
    return this.#wrong(
      line,
      `no number in a column that has a name, expected cells with commas, semicolons or tabs between them: ${shown(content)}`,
    );
  }

  #number(line: number, place: number, cell: string): number {
    const pointed = this.#pointed(cell);
    const value = parseNumber(pointed);
    const column = `column ${shown(this.#header[place]!)}`;
    if (value === undefined) {
      const empty = cell ? `is ${shown(cell)}` : "is empty";
      this.#wrong(
        line,
        isMissing(cell)
          ? `${column} ${empty}; fill the gap, such as with the previous value, or leave out the row`
          : `${column} ${empty}, expected a number; leave out the column by naming others, or correct it`,
      );
    }
    const mark = pointed !== cell ? "," : cell.includes(".") ? "." : this.#mark;
    if (this.#mark && mark !== this.#mark) {
      this.#wrong(
        line,
        `${column} is ${shown(cell)}, but earlier numbers have the decimal mark "${this.#mark}"`,
      );
    }
    this.#mark = mark;
    return value;
  }

  /** Replaces a decimal comma by a point, unless commas separate the cells. */
  #pointed(cell: string): string {
    return this.#separator === "," || cell.includes(".") ? cell : cell.replace(",", ".");
  }

  #wrong(line: number, problem: string): never {
    return wrongLine(this.#source, line, problem);
  }
}

/**
 * Makes a series from lists, one per column.
 *
 * @throws ERR_DATA if the lists differ in length, or a number is not finite
 */
export function seriesOf(lists: Readonly<Record<string, ArrayLike<number>>>): Series {
  const columns = Object.keys(lists);
  const rows = lists[columns[0]!]?.length ?? 0;
  const values = new Float64Array(rows * columns.length);
  columns.forEach((name, column) => {
    const list = lists[name]!;
    if (list.length !== rows) {
      throw new UnrolledError(
        "ERR_DATA",
        `column ${name} has ${list.length} rows, expected ${rows} as ${columns[0]}`,
      );
    }
    for (let row = 0; row < rows; row++) {
      if (!Number.isFinite(list[row])) {
        throw new UnrolledError(
          "ERR_DATA",
          `column ${name}, row ${row + 1} is ${list[row]}, expected a number`,
        );
      }
      values[row * columns.length + column] = list[row]!;
    }
  });
  return { columns, rows, values };
}

/**
 * Holds out the end of a series for validation. This part has a tenth of the rows, but at least `least` rows.
 *
 * @throws ERR_DATA if no row would remain for training
 */
export function holdOutEnd(series: Series, least = 1): { train: Series; validation: Series } {
  const held = Math.max(least, Math.floor(series.rows / 10));
  if (series.rows <= held) {
    throw new UnrolledError(
      "ERR_DATA",
      `${series.rows} rows, of which the last ${held} would be held out: nothing is left for training`,
    );
  }
  const end = series.rows - held;
  return { train: sliceSeries(series, 0, end), validation: sliceSeries(series, end) };
}

/** Returns the rows from `start` up to `end` (exclusive) of a series. The values are not copied. */
export function sliceSeries({ columns, rows, values }: Series, start: number, end = rows): Series {
  const width = columns.length;
  return { columns, rows: end - start, values: values.subarray(start * width, end * width) };
}

/** Returns a series that has the rows of `past`, then the rows of `next`. Both series must have the same columns. */
export function joinSeries(past: Series, next: Series): Series {
  const values = new Float64Array(past.values.length + next.values.length);
  values.set(past.values);
  values.set(next.values, past.values.length);
  return { columns: past.columns, rows: past.rows + next.rows, values };
}
