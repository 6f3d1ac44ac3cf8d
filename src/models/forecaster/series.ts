import {
  checkInstance,
  checkList,
  checkObject,
  checkOptions,
  checkTexts,
  checkValue,
  checkWhole,
} from "../../checks.ts";
import type { TextChunks } from "../../data/lines.ts";
import { counted, UnrolledError } from "../../errors.ts";
import { flag, listOf, number, show } from "../../schema.ts";
import type { DataFormat } from "../../tables/format.ts";
import { chooseColumns, commonMark, markNotes, readNumbers, type TrainedSeries } from "./columns.ts";
import { FILLS, type Fill } from "./gaps.ts";
import { DECIMAL_MARKS, type DecimalMark } from "./numbers.ts";
import { readObjectTable, readTable } from "./table.ts";

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
  /** What was read, left out and guessed, in sentences for the user. The first one names the columns. */
  readonly notes: readonly string[];
  /** The first and the last date, in seconds; undefined if the file has no dates. */
  readonly span?: readonly [first: number, last: number];
  /** The decimal mark that the numbers were found to have; undefined if they have none, or columns differ. */
  readonly decimal: DecimalMark | undefined;
  /** The numbers that stand for missing ones: those of the options, else those that were found. */
  readonly missing: readonly number[];
}

/** How a file of numbers is read. */
export interface SeriesOptions {
  /** How the file is written: `text` and `csv` are tables, `json` and `jsonl` have an object for each row. Default `text`. */
  readonly format?: Exclude<DataFormat, "conllu"> | undefined;
  /** The decimal mark. The other mark separates thousands. Default: found out from each column. */
  readonly decimal?: DecimalMark | undefined;
  /** How gaps are filled. Default: a gap is an error. */
  readonly fill?: Fill | undefined;
  /**
   * Numbers that stand for missing ones, such as -200 or 9999, in every column. Default: found out from each column of at least nine
   * numbers, and named in the notes.
   */
  readonly missing?: readonly number[] | undefined;
  /** What is known of the training data, if the file is for a model that exists. Default: nothing. */
  readonly trained?: TrainedSeries | undefined;
  /** Whether the first line is a header with the names of the columns. Default: found out. */
  readonly header?: boolean | undefined;
  /** Columns that are read even if they look like times. Only columns that are named here or in `wanted` have to be numbers. */
  readonly targets?: readonly string[] | undefined;
}

/**
 * Reads a table of numbers with one time step per line, or per object in JSON. Blank lines and lines that begin with `#` are skipped. Cells are separated by
 * commas, semicolons or tabs, and may be quoted. The first line is a header with the names of the columns. A file with a single
 * column may have no header. Numbers may have decimal points or commas, and marks of thousands.
 *
 * @param chunks the text in pieces; for a whole text, use `[text]`
 * @param source name of the file, for errors
 * @param wanted names of the columns to read, in this order; default: all named columns of numbers, except times and row numbers
 * @param options how numbers and gaps are read
 * @throws ERR_DATA naming file and line if a cell is empty or not a number, a number has two meanings, a row has a different number
 * of cells from the header, time runs backwards, or several columns have no header
 * @throws ERR_DATA if a wanted column does not exist, the file has no row, or a piece is not a string
 * @throws ERR_VALUE if an option is invalid
 */
export async function readSeries(
  chunks: TextChunks,
  source: string,
  wanted?: readonly string[],
  options: SeriesOptions = {},
): Promise<SeriesFile> {
  const {
    format = "text",
    decimal,
    fill,
    missing,
    trained,
    targets,
    header: named,
  } = checkOptions("readSeries", options, "format decimal fill missing trained targets header");
  checkChoice("format", format, SERIES_FORMATS);
  if (missing !== undefined) checkValue("readSeries: missing", missing, listOf(number(), 100));
  if (named !== undefined) checkValue("readSeries: header", named, flag());
  checkChoice("decimal", decimal, DECIMAL_MARKS);
  checkChoice("fill", fill, FILLS);
  if (wanted !== undefined) checkTexts("readSeries: columns", wanted);
  if (trained !== undefined) checkObject("readSeries: trained", trained);
  if (targets !== undefined) checkTexts("readSeries: targets", targets);
  // The same name may be written with composed or decomposed characters.
  const names = wanted?.map((name) => name.normalize());
  const asked = names ?? targets?.map((name) => name.normalize()) ?? [];
  const table =
    format === "json" || format === "jsonl"
      ? await readObjectTable(chunks, source, format)
      : await readTable(chunks, source, asked, decimal, named);
  const { places, leftOut, notes, span } = chooseColumns(table, source, names, asked, targets !== undefined);
  const { header } = table;
  const rows = table.rowPlaces.length;
  const width = places.length;
  const values = new Float64Array(rows * width);
  const note = (text: string) => notes.push(text);
  const found = places.map((place, i) => {
    const column = readNumbers(table, source, place, { decimal, fill, missing, trained, note });
    for (let row = 0; row < rows; row++) values[row * width + i] = column.values[row]!;
    return [header[place]!, column.marks] as const;
  });
  const marks = new Set(found.flatMap(([, marks]) => marks.map(({ value }) => value)));
  notes.push(...markNotes(found));
  const columns = wanted ?? places.map((place) => header[place]!);
  const others = header.filter((_, place) => !places.includes(place));
  const first = `columns ${columns.join(", ")}${leftOut.length ? `; left out ${leftOut.join(", ")}` : ""}`;
  return {
    columns,
    others,
    rows,
    values,
    decimal: commonMark(places.map((place) => table.columns[place]!)),
    missing: missing ?? [...new Set([...(trained?.missing ?? []), ...marks])],
    notes: [first, ...table.notes, ...notes],
    ...(span && { span }),
  };
}

/** The formats of files of numbers. */
const SERIES_FORMATS = ["text", "csv", "json", "jsonl"] as const;

function checkChoice(name: string, given: string | undefined, choices: readonly string[]): void {
  if (given === undefined || choices.includes(given)) return;
  throw new UnrolledError(
    "ERR_VALUE",
    `${name} is ${show(given)}, expected ${choices.map((choice) => JSON.stringify(choice)).join(" or ")}`,
  );
}

/**
 * Makes a series from lists, one per column.
 *
 * @throws ERR_DATA if the lists differ in length, or a number is not finite
 */
export function seriesOf(lists: Readonly<Record<string, ArrayLike<number>>>): Series {
  const columns = Object.keys(checkObject("seriesOf", lists, "columns are"));
  for (const name of columns) checkList(`seriesOf: ${name}`, lists[name]!);
  const rows = lists[columns[0]!]?.length ?? 0;
  const values = new Float64Array(rows * columns.length);
  columns.forEach((name, column) => {
    const list = lists[name]!;
    if (list.length !== rows) {
      throw new UnrolledError(
        "ERR_DATA",
        `column ${name} has ${counted(list.length, "row", "rows")}, expected ${rows} as ${columns[0]}`,
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
  checkSeries("holdOutEnd", series);
  checkWhole("holdOutEnd: least", least);
  const held = Math.max(least, Math.floor(series.rows / 10));
  if (series.rows <= held) {
    throw new UnrolledError(
      "ERR_DATA",
      `${counted(series.rows, "row", "rows")}, of which the last ${held} would be held out: nothing is left for training`,
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

/** @throws ERR_VALUE if `series` is not a Series */
export function checkSeries(name: string, series: Series): void {
  const { columns, rows, values } = checkObject(name, series, "series is");
  checkTexts(`${name}: columns`, columns);
  checkWhole(`${name}: rows`, rows);
  checkInstance(`${name}: values`, values, Float64Array, "a Float64Array");
}
