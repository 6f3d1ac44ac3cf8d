import { wrongPlace } from "../../data/lines.ts";
import { counted, shown } from "../../errors.ts";
import { isMissing, parseNumber } from "./numbers.ts";
import type { Table } from "./table.ts";
import { parseClock, parseDate } from "./times.ts";

/** A column that tells when or in which order the rows were. */
export interface TimeColumn {
  /** Index of the column. */
  readonly place: number;
  /**
   * `date`, `clock` (a time of day), `time` (a number that rises), `row` (a row number), `label` (a text with a number that rises or
   * falls, such as `week 12`), or the name of a part of a date.
   */
  readonly kind: string;
  /** The number of each row: seconds, or a part of a date; NaN if it is missing. */
  readonly values: readonly number[];
}

const PARTS = ["year", "month", "day", "hour", "minute", "second"];
const LARGEST = [3000, 12, 31, 24, 59, 60];
const TIME_NAME =
  /^(?:time|date|date[_ ]?time|time[_ ]?stamp|unix|epoch|seconds|ts|year|decimal[_ ]?(?:date|year|time)|(?:date|year)[_ ]?fraction)$/;
const ROW_NAME = /^(?:#|no\.?|nr\.?|number|id|idx|index|row|t|step|)$/;

/** Share of the steps that have to go one way in a column of numbers whose name says that it is a time, or of times of day. */
const ONE_WAY = 0.8;

/** Finds the columns of times and row numbers among the given columns. */
export function timeColumns({ header, columns }: Table, places: readonly number[]): TimeColumn[] {
  if (header.length === 1) return [];
  const found = places.flatMap((place): TimeColumn[] => {
    const { cells } = columns[place]!;
    const times = textTimes(cells) ?? numberTimes(header[place]!.toLowerCase(), cells, !place);
    return times ? [{ place, kind: times[0], values: times[1] }] : [];
  });
  // A month or an hour alone may be an input. Beside a year it is a part of the date.
  if (found.some(({ kind }) => kind === "year")) return found;
  return found.flatMap((column) => {
    if (!PARTS.includes(column.kind)) return [column];
    return isCounted(column.values, !column.place) ? [{ ...column, kind: "row" }] : [];
  });
}

type Times = readonly [kind: string, values: number[]];

/** Reads cells with `parse`. Returns undefined if a cell is neither missing nor a time, or all are missing. */
function readAll(
  cells: readonly string[],
  parse: (cell: string) => number | undefined,
): number[] | undefined {
  const values: number[] = [];
  for (const cell of cells) {
    const value = isMissing(cell) ? Number.NaN : parse(cell);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values.every(Number.isNaN) ? undefined : values;
}

/** Numbers are dates only if they are like 20240131. */
const isText = (cell: string): boolean =>
  parseNumber(cell, ".") === undefined || /^(?:1[89]|20|21)\d{6}$/.test(cell);

const isDate = (cell: string): boolean =>
  isText(cell) && (parseDate(cell) ?? parseDate(cell, true)) !== undefined;

/**
 * Checks that columns whose cells are nearly all dates have no others, such as the sum at the end of a table.
 *
 * @param places the columns that are not asked for
 * @throws ERR_DATA naming the first cell that is no date
 */
export function checkDates(
  { header, columns, rowPlaces }: Table,
  source: string,
  places: readonly number[],
): void {
  if (header.length === 1) return;
  for (const place of places) {
    const { cells } = columns[place]!;
    let [filled, odd, row] = [0, 0, -1];
    for (const [i, cell] of cells.entries()) {
      if (isMissing(cell)) continue;
      filled++;
      if (isDate(cell)) continue;
      if (!odd) row = i;
      odd++;
      if (odd > MOST_ODD * cells.length) break; // a column of other things, as most are
    }
    if (!odd || odd > MOST_ODD * filled) continue;
    wrongPlace(
      source,
      rowPlaces[row]!,
      `column ${shown(header[place]!)} is ${shown(cells[row]!)}, but the other cells are dates; correct it, or leave out the row`,
    );
  }
}

/** Share of the cells of a column of dates that may be others, and are then errors. */
const MOST_ODD = 0.1;

function textTimes(cells: readonly string[]): Times | undefined {
  const dates = [false, true].flatMap((monthFirst) => {
    const values = readAll(cells, (cell) => (isText(cell) ? parseDate(cell, monthFirst) : undefined));
    return values ? [values] : [];
  });
  // If both orders of day and month are possible, times that rise decide.
  const [values] = dates.sort((a, b) => stepsOf(a).falls.length - stepsOf(b).falls.length);
  if (values) return ["date", values];
  const clocks = readAll(cells, (cell) => (isText(cell) ? parseClock(cell) : undefined));
  if (clocks) return ["clock", clocks];
  const labels = readAll(cells, (cell) => {
    const text = isText(cell) ? cell : "";
    const [, last, of] = /^\D*(\d\d?)\D+(\d{4})$/.exec(text) ?? [];
    const [, year = of, number = last] = /^\D*(?:(\d{4})\D+)?(\d+)[年月日号]?$/.exec(of ? "" : text) ?? [];
    return number === undefined ? undefined : Number(year ?? 0) * 1000 + Number(number);
  });
  return labels && isOneWay(labels) ? ["label", labels] : undefined;
}

/** Tells whether each number is larger than the one before, or each smaller. */
function isOneWay(values: readonly number[]): boolean {
  const { rises, falls } = stepsOf(values);
  return values.length > 2 && Math.max(rises, falls.length) === values.length - 1;
}

/** Tells whether nearly all steps go one way. @param steps the number of these steps */
const isMostly = (steps: number, values: readonly number[]): boolean =>
  values.length > 2 && steps >= ONE_WAY * (values.length - 1);

/** Tells whether numbers in the first column count the rows. */
function isCounted(values: readonly number[], first: boolean): boolean {
  return first && isOneWay(values) && stepsOf(values).ones === values.length - 1;
}

function numberTimes(name: string, cells: readonly string[], first: boolean): Times | undefined {
  const values = readAll(cells, (cell) => parseNumber(cell, "."));
  if (!values) return undefined;
  const part = PARTS.indexOf(name);
  const least = part ? 0 : 1000;
  if (part >= 0 && !values.some((value) => value > LARGEST[part]! || value < least || value % 1))
    return [name, values];
  const { rises, falls } = stepsOf(values);
  if (TIME_NAME.test(name) && isMostly(Math.max(rises, falls.length), values)) return ["time", values];
  const numbered = ROW_NAME.test(name) && isOneWay(values) && values.every(Number.isInteger);
  return numbered || isCounted(values, first) ? ["row", values] : undefined;
}

/** How a column goes from row to row. */
interface Steps {
  /** How many rows have a larger number than the row before. */
  readonly rises: number;
  /** The rows with a smaller number than the row before. */
  readonly falls: readonly number[];
  /** How many rows have the number of the row before plus one. */
  readonly ones: number;
}

function stepsOf(values: readonly number[]): Steps {
  let [rises, ones] = [0, 0];
  const falls: number[] = [];
  for (let row = 1; row < values.length; row++) {
    const step = values[row]! - values[row - 1]!;
    if (step > 0) rises++;
    if (step < 0) falls.push(row);
    if (step === 1) ones++;
  }
  return { rises, falls, ones };
}

/** Returns the time of each row, and the columns that it is made of. */
function axisOf(
  columns: readonly TimeColumn[],
): { used: TimeColumn[]; values: readonly number[] } | undefined {
  const of = (kind: string) => columns.find((column) => column.kind === kind);
  const [date, clock, year] = [of("date"), of("clock"), of("year")];
  if (date && clock && !date.values.some((value) => value % 86_400)) {
    return { used: [date, clock], values: date.values.map((value, row) => value + clock.values[row]!) };
  }
  if (!date && year) {
    const parts = PARTS.map(of);
    const values = year.values.map((value, row) => {
      const [month = 1, ...others] = parts.slice(1).map((part) => part?.values[row]);
      const [day = 1, hour = 0, minute = 0, second = 0] = others;
      return Date.UTC(value, month - 1, day, hour, minute, second) / 1000;
    });
    return { used: parts.filter((part) => part !== undefined), values };
  }
  // Times of day alone begin again at midnight, so they only show that the newest row is the first.
  const falling = clock && isMostly(stepsOf(clock.values).falls.length, clock.values) ? clock : undefined;
  const one = date ?? of("time") ?? of("row") ?? of("label") ?? falling;
  return one && { used: [one], values: one.values };
}

/**
 * Checks that time runs forwards. Equal and missing times are allowed and named in notes.
 *
 * @param times the columns of times
 * @returns notes for the user, and the first and the last date in seconds if there are dates
 * @throws ERR_DATA naming the line if a time is before that of the row before
 */
export function checkTimes(
  { header, columns, rowPlaces }: Table,
  source: string,
  times: readonly TimeColumn[],
): { notes: string[]; span?: readonly [first: number, last: number] } {
  const axis = axisOf(times);
  if (!axis) return { notes: [] };
  const name = axis.used.map(({ place }) => shown(header[place]!)).join(" and ");
  // Rows without a time are left out, so that each row is compared with the last time before it.
  const timed = [...rowPlaces.keys()].filter((row) => !Number.isNaN(axis.values[row]));
  const values = timed.map((row) => axis.values[row]!);
  const at = (i: number) => shown(axis.used.map(({ place }) => columns[place]!.cells[timed[i]!]).join(" "));
  const place = (i: number) => rowPlaces[timed[i]!]!;
  const { rises, falls } = stepsOf(values);
  // When clocks are set back, an hour of times comes twice.
  const seen = new Set<number>();
  const twice = values.flatMap((value, i) => {
    const again = seen.has(value) && values[i - 1]! - value <= 3600;
    seen.add(value);
    return again ? [i] : [];
  });
  const back = falls.find((i) => !twice.includes(i));
  if (back !== undefined) {
    const all = rises ? "" : ", and so on: the newest row is the first";
    wrongPlace(
      source,
      place(back),
      `time runs backwards: ${name} is ${at(back)} after ${at(back - 1)}${all}; sort the rows from old to new`,
    );
  }
  const notes: string[] = [];
  if (twice.length) notes.push(`equal times: ${twice.length} in ${name}, the first in ${place(twice[0]!)}`);
  const untimed = rowPlaces.length - timed.length;
  if (untimed) notes.push(`${counted(untimed, "row has", "rows have")} no time in ${name}`);
  const gaps = axis.used[0]!.kind === "label" ? [] : gapsOf(values);
  if (gaps.length) {
    const count = gaps.reduce((sum, [, missing]) => sum + missing, 0);
    const [i] = gaps[0]!;
    notes.push(`missing times: ${count} in ${name}, the first between ${at(i - 1)} and ${at(i)}`);
  }
  const dated = values.length > 0 && ["date", "year"].includes(axis.used[0]!.kind);
  return { notes, ...(dated && { span: [values[0]!, values.at(-1)!] as const }) };
}

/** Returns where how many times are missing, if most steps are equally long. */
function gapsOf(values: readonly number[]): (readonly [row: number, missing: number])[] {
  const steps = values.slice(1).map((value, i) => value - values[i]!);
  const rising = steps.filter((step) => step > 0).sort((a, b) => a - b);
  const usual = rising[rising.length >> 1]!;
  if (rising.filter((step) => step === usual).length * 2 <= steps.length) return [];
  return steps.flatMap((step, i) => {
    const missing = Math.round(step / usual) - 1;
    return missing > 0 ? [[i + 1, missing] as const] : [];
  });
}
