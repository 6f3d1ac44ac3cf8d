import { wrongPlace } from "../../data/lines.ts";
import { counted, shown } from "../../errors.ts";
import { type Fill, fillGaps } from "./gaps.ts";
import { type FarNumber, farFromTraining, farNumbers } from "./missing-marks.ts";
import { type DecimalMark, isMissing, otherMark, parseNumber, type Survey } from "./numbers.ts";
import type { Column, Table } from "./table.ts";
import { checkDates, checkTimes, timeColumns } from "./time-axis.ts";

/** The columns to read. */
interface Chosen {
  /** Indices of the columns. */
  readonly places: number[];
  /** The other columns, each with the reason. */
  readonly leftOut: string[];
  /** Notes about the time axis. */
  readonly notes: string[];
  /** The first and the last date in seconds; undefined if the table has no dates. */
  readonly span?: readonly [first: number, last: number];
}

/**
 * Chooses the columns of a table to read, and checks the time axis.
 *
 * @param wanted names of the columns to read; default: all of numbers
 * @param asked names of columns that are read whatever they look like
 * @param lenient whether columns of numbers with some texts are left out, unless they are asked for; if not, they are read, and their
 * texts are errors
 * @throws ERR_DATA if a name is unknown, there is no column of numbers, or time runs backwards
 */
export function chooseColumns(
  table: Table,
  source: string,
  wanted: readonly string[] | undefined,
  asked: readonly string[],
  lenient: boolean,
): Chosen {
  const { header, headerPlace, columns, rowPlaces } = table;
  for (const name of asked) {
    if (name && header.includes(name)) continue;
    const known = header.filter(Boolean).slice(0, 20).map(shown).join(", ");
    wrongPlace(source, headerPlace, `there is no column ${shown(name)}, only ${known}`);
  }
  const free = [...header.keys()].filter((place) => !asked.includes(header[place]!));
  checkDates(table, source, free);
  const times = timeColumns(table, free);
  const axis = checkTimes(table, source, times);
  if (wanted) return { places: wanted.map((name) => header.indexOf(name)), leftOut: [], ...axis };

  const reasons = new Map<number, string>();
  for (const place of free) {
    const kind = times.find((column) => column.place === place)?.kind;
    const reason =
      kind && kind !== "label"
        ? kind === "row"
          ? "row numbers"
          : "time"
        : reasonAgainst(columns[place]!.survey, header[place]!, lenient, (row) => rowPlaces[row]!);
    if (reason) reasons.set(place, reason);
  }
  const read = () => [...header.keys()].filter((place) => !reasons.has(place));
  // Row numbers are read if there is nothing else.
  if (!read().length) for (const { place, kind } of times) if (kind === "row") reasons.delete(place);
  // A column alone is read, so that its first gap or text is named.
  const places = header.length === 1 && reasons.get(0) === "empty" ? [0] : read();
  if (!places.length) {
    const [cell = ""] = columns[0]!.cells;
    const isAlone = columns.length === 1 && /^\D{0,3}\d[\d.,]*\D{0,3}$/.test(cell);
    wrongPlace(
      source,
      rowPlaces[0]!,
      isAlone
        ? `column ${shown(header[0]!)} ${textProblem(cell, undefined)}`
        : `no number in a column that has a name, expected cells with commas, semicolons or tabs between them: ${shown(columns.map(({ cells }) => cells[0]).join(table.separator))}`,
    );
  }
  const series = free.flatMap((place) =>
    reasons.get(place) === "text" ? (seriesNote(table, place) ?? []) : [],
  );
  const leftOut = [...reasons].map(
    ([place, reason]) => `${header[place] || `column ${place + 1}`} (${reason})`,
  );
  return { places, leftOut, ...axis, notes: [...axis.notes, ...series] };
}

/** Rows that a value of a column of names has at least, if each value is a series of its own. */
const LEAST_ROWS = 5;

/**
 * Returns a note if the rows of a table seem to be several series, one below the other: a column of names has each of its values in one
 * block of rows.
 */
function seriesNote({ columns, header, rowPlaces }: Table, place: number): string | undefined {
  const { cells } = columns[place]!;
  const starts = [...cells.keys()].filter((row) => cells[row] !== cells[row - 1]);
  const values = new Set(starts.map((row) => cells[row]));
  if (starts.length < 2 || values.size < starts.length || values.has("")) return undefined;
  const isShort = (start: number, i: number) => (starts[i + 1] ?? cells.length) - start < LEAST_ROWS;
  if (starts.some(isShort)) return undefined;
  const [before, after] = [cells[starts[0]!]!, cells[starts[1]!]!];
  return `the rows are read as one series, but column ${shown(header[place]!)} changes from ${shown(before)} to ${shown(after)} in ${rowPlaces[starts[1]!]}; if these are ${starts.length} series, give the rows of one`;
}

/** Returns why a column is left out, or undefined if it is read. */
function reasonAgainst(
  { numbers, missing, texts }: Survey,
  name: string,
  lenient: boolean,
  placeOf: (row: number) => string,
): string | undefined {
  if (!name) return "no name";
  if (!numbers) return missing.length && !texts.length ? "empty" : "text";
  if (numbers < texts.length) return "text";
  return lenient && texts.length ? `text in ${placeOf(texts[0]!)}` : undefined;
}

/** What is known of the training data of a model when other data are read. */
export interface TrainedSeries {
  /** The decimal mark. It decides where the numbers themselves do not. */
  readonly decimal?: DecimalMark | undefined;
  /** Numbers that stood for missing ones. */
  readonly missing?: readonly number[] | undefined;
  /** Mean and standard deviation of each column, by its name. Numbers that are far from them are told to the user, or are gaps. */
  readonly scales?: Readonly<Record<string, { readonly mean: number; readonly deviation: number }>>;
}

/** How the numbers of columns are read. */
interface Reading {
  readonly decimal: DecimalMark | undefined;
  readonly fill: Fill | undefined;
  /** Numbers that stand for missing ones; undefined if they have to be found out. */
  readonly missing: readonly number[] | undefined;
  /** What is known of the training data of a model, for other data. */
  readonly trained: TrainedSeries | undefined;
  /** Receives what was guessed and filled. */
  note(text: string): void;
}

/** The numbers of a column. */
interface Numbers {
  readonly values: Float64Array;
  /** The numbers that were found to stand for missing ones. */
  readonly marks: readonly FarNumber[];
}

/**
 * Returns the numbers of a column.
 *
 * @throws ERR_DATA naming file and line if a cell is not a number, or its decimal mark is not clear
 */
export function readNumbers(
  table: Table,
  source: string,
  place: number,
  { decimal, fill, missing, trained, note }: Reading,
): Numbers {
  const { rowPlaces, header } = table;
  const { cells, survey: found, mark: known } = table.columns[place]!;
  const column = `column ${shown(header[place]!)}`;
  const say = (text: string) => note(`${column}: ${text}`);
  const wrong = (row: number, problem: string) => wrongPlace(source, rowPlaces[row]!, `${column} ${problem}`);
  const mark = known ?? decimal ?? markOf(table, cells, found, wrong, say, trained?.decimal);
  const values = Float64Array.from(cells, (cell) => parseNumber(cell, mark) ?? Number.NaN);
  const scale = trained?.scales?.[header[place]!];
  const beyond = scale ? farFromTraining(values, scale) : [];
  const unclear = beyond.find(({ first }) => twoMeanings(cells[first]!));
  if (unclear && !known && !decimal) wrong(unclear.first, twoMeanings(cells[unclear.first]!)!);
  const others = farNumbers(values).filter(({ value }) => !beyond.some((one) => one.value === value));
  const far = missing ? [] : [...beyond, ...others].filter(({ value }) => !trained?.missing?.includes(value));
  const newMarks = far.filter(({ mark }) => mark);
  const marks = missing ?? [...(trained?.missing ?? []), ...newMarks.map(({ value }) => value)];
  const isGap = (row: number) => isMissing(cells[row]!) || marks.includes(values[row]!);
  const gaps = [...cells.keys()].filter(isGap);
  const canFill = fill && gaps.length < cells.length;
  const bad = cells.findIndex((_, row) => (isGap(row) ? !canFill : Number.isNaN(values[row])));
  if (bad >= 0) {
    const found = far.find(({ value }) => value === values[bad]);
    wrong(bad, isGap(bad) ? gapProblem(cells[bad]!, found) : textProblem(cells[bad]!, decimal));
  }
  for (const number of far.filter(({ mark }) => !mark).slice(0, NAMED)) {
    const { value, first } = number;
    say(
      `${value} may stand for missing numbers; if so, say --missing ${value}: ${farFrom(number)}, the first in ${rowPlaces[first]}`,
    );
  }
  if (gaps.length) {
    for (const row of gaps) values[row] = Number.NaN;
    fillGaps(values, fill!);
    const how = fill === "previous" ? "with the previous number" : "along straight lines";
    const count = counted(gaps.length, "gap", "gaps");
    const start = gaps.findIndex((row, i) => row !== i);
    const first = start < 0 ? gaps.length : start;
    const before = first ? `; those before the first number take it: ${first}` : "";
    say(`${count} filled ${how}, the first in ${rowPlaces[gaps[0]!]}${before}`);
  }
  return { values, marks: newMarks };
}

/** Maximum number of far numbers of a column that notes name. */
const NAMED = 3;

function textProblem(cell: string, decimal: DecimalMark | undefined): string {
  const mark = decimal ? ` with the decimal mark "${decimal}"` : "";
  const expected = `a number${mark}${/\d/.test(cell) ? ", without signs and units such as $ and kg" : ""}`;
  return `is ${shown(cell)}, expected ${expected}; leave out the column by naming others with --column, or correct it`;
}

/** @param far why the cell was taken for a mark for missing numbers, if it was found out */
function gapProblem(cell: string, far: FarNumber | undefined): string {
  const fill = "fill the gap with --fill previous or --fill linear";
  if (!cell) return `is empty; ${fill}, or leave out the row`;
  if (isMissing(cell)) return `is ${shown(cell)}; ${fill}, or leave out the row`;
  const why = far ? `, probably a mark for missing numbers: ${farFrom(far)}` : ", a mark for missing numbers";
  return `is ${shown(cell)}${why}; ${fill}, or say --missing none if it is a number`;
}

/** Says which numbers were found to stand for missing ones. @param found the marks of each column */
export function markNotes(
  found: readonly (readonly [column: string, marks: readonly FarNumber[]])[],
): string[] {
  const values = new Set(found.flatMap(([, marks]) => marks.map(({ value }) => value)));
  return [...values].map((value) => {
    const has = found.filter(([, marks]) => marks.some((mark) => mark.value === value));
    const [name, marks] = has[0]!;
    const where = `${has.length === 1 ? "column" : "columns"} ${has.map(([column]) => column).join(", ")}`;
    const example = farFrom(marks.find((mark) => mark.value === value)!);
    return `${value} is read as a mark for missing numbers in ${where}; if it is a number, say --missing none. In column ${shown(name)}, ${example}`;
  });
}

const farFrom = ({ value, count, from }: FarNumber): string =>
  `${counted(count, "number is", "numbers are")} ${value}, ${from}`;

/** Finds out the decimal mark of a column. */
function markOf(
  table: Table,
  cells: readonly string[],
  { proofs, open, thousands }: Survey,
  wrong: (row: number, problem: string) => never,
  note: (text: string) => void,
  trained: DecimalMark | undefined,
): DecimalMark {
  const [[mark, first] = [], [, later] = []] = marksIn(proofs);
  if (mark) {
    if (later === undefined) return mark;
    return wrong(
      Math.max(first!, later),
      `is ${shown(cells[Math.max(first!, later)]!)}, but earlier numbers have the decimal mark "${first! < later ? mark : otherMark(mark)}"; correct it, or decide with --decimal . or --decimal ,`,
    );
  }
  const marks = marksIn(open);
  const [[unclear, row] = []] = marks;
  if (!unclear) return ".";
  const cell = cells[row!]!;
  const separated = table.separator === "," && unclear === ".";
  const guess = thousands ? otherMark(unclear) : (commonMark(table.columns) ?? (separated ? "." : trained));
  if (marks.length > 1 || !guess || (thousands && separated)) {
    return wrong(row!, twoMeanings(cell)!);
  }
  if (guess !== unclear)
    note(`${shown(cell)} is read as ${parseNumber(cell, guess)}; --decimal decides otherwise`);
  return guess;
}

/** Returns the problem of a cell that is another number with the other decimal mark; undefined if it has one meaning. */
function twoMeanings(cell: string): string | undefined {
  const [point, comma] = [parseNumber(cell, "."), parseNumber(cell, ",")];
  if (point === undefined || comma === undefined || point === comma) return undefined;
  const meanings = [[point, "."] as const, [comma, ","] as const].sort(([a], [b]) => b - a);
  const [large, small] = meanings.map(([value, mark]) => `${value} (--decimal ${mark})`);
  return `is ${shown(cell)}, which may be ${large} or ${small}; decide with that option`;
}

const marksIn = (rows: Survey["open"]) => Object.entries(rows) as [DecimalMark, number][];

/** Returns the decimal mark that the columns of numbers show, if they agree. */
export function commonMark(columns: readonly Column[]): DecimalMark | undefined {
  const proven = columns.flatMap(({ survey: { proofs, texts, numbers } }) =>
    texts.length > numbers ? [] : marksIn(proofs).map(([mark]) => mark),
  );
  return proven.every((mark) => mark === proven[0]) ? proven[0] : undefined;
}
