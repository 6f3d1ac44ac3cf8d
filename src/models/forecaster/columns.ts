import { wrongLine } from "../../data/lines.ts";
import { shown } from "../../errors.ts";
import { type Fill, fillGaps } from "./gaps.ts";
import { type DecimalMark, isMissing, otherMark, parseNumber, type Survey } from "./numbers.ts";
import type { Table } from "./table.ts";
import { checkTimes, timeColumns } from "./time-axis.ts";

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
  const { header, headerLine, columns, lines } = table;
  for (const name of asked) {
    if (name && header.includes(name)) continue;
    const known = header.filter(Boolean).slice(0, 20).map(shown).join(", ");
    wrongLine(source, headerLine, `there is no column ${shown(name)}, only ${known}`);
  }
  const free = [...header.keys()].filter((place) => !asked.includes(header[place]!));
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
        : reasonAgainst(columns[place]!.survey, header[place]!, lenient, (row) => lines[row]!);
    if (reason) reasons.set(place, reason);
  }
  const read = () => [...header.keys()].filter((place) => !reasons.has(place));
  // Row numbers are read if there is nothing else.
  if (!read().length) for (const { place, kind } of times) if (kind === "row") reasons.delete(place);
  // A column alone is read, so that its first gap or text is named.
  const places = header.length === 1 && reasons.get(0) === "empty" ? [0] : read();
  if (!places.length) {
    wrongLine(
      source,
      lines[0]!,
      `no number in a column that has a name, expected cells with commas, semicolons or tabs between them: ${shown(columns.map(({ cells }) => cells[0]).join(table.separator))}`,
    );
  }
  const leftOut = [...reasons].map(
    ([place, reason]) => `${header[place] || `column ${place + 1}`} (${reason})`,
  );
  return { places, leftOut, ...axis };
}

/** Returns why a column is left out, or undefined if it is read. */
function reasonAgainst(
  { numbers, missing, texts }: Survey,
  name: string,
  lenient: boolean,
  lineOf: (row: number) => number,
): string | undefined {
  if (!name) return "no name";
  if (!numbers) return missing.length && !texts.length ? "empty" : "text";
  if (numbers < texts.length) return "text";
  return lenient && texts.length ? `text in line ${lineOf(texts[0]!)}` : undefined;
}

/** How the numbers of columns are read. */
interface Reading {
  readonly decimal: DecimalMark | undefined;
  readonly fill: Fill | undefined;
  /** Receives what was guessed and filled. */
  note(text: string): void;
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
  { decimal, fill, note }: Reading,
): Float64Array {
  const { lines, header } = table;
  const { cells, survey: found } = table.columns[place]!;
  const column = `column ${shown(header[place]!)}`;
  const wrong = (row: number, problem: string) => wrongLine(source, lines[row]!, `${column} ${problem}`);
  const mark = decimal ?? markOf(table, cells, found, wrong, (text) => note(`${column}: ${text}`));
  const values = Float64Array.from(cells, (cell) => parseNumber(cell, mark) ?? Number.NaN);
  const canFill = fill && found.numbers > 0;
  cells.forEach((cell, row) => {
    const missing = isMissing(cell);
    if (!Number.isNaN(values[row]) || (canFill && missing)) return;
    const advice = missing
      ? "; fill the gap with --fill previous or --fill linear, or leave out the row"
      : `, expected a number${decimal ? ` with the decimal mark "${decimal}"` : ""}; leave out the column by naming others with --column, or correct it`;
    wrong(row, (cell ? `is ${shown(cell)}` : "is empty") + advice);
  });
  if (found.missing.length) {
    const gaps = fillGaps(values, fill!);
    const how = fill === "previous" ? "with the previous number" : "along straight lines";
    const first = lines[found.missing[0]!];
    note(`${column}: ${gaps} ${gaps === 1 ? "gap" : "gaps"} filled ${how}, the first in line ${first}`);
  }
  return values;
}

/** Finds out the decimal mark of a column. */
function markOf(
  table: Table,
  cells: readonly string[],
  { proofs, open, thousands }: Survey,
  wrong: (row: number, problem: string) => never,
  note: (text: string) => void,
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
  const guess = thousands ? otherMark(unclear) : (commonMark(table) ?? (separated ? "." : undefined));
  if (marks.length > 1 || !guess || (thousands && separated)) {
    const [large, small] = [parseNumber(cell, otherMark(unclear)), parseNumber(cell, unclear)];
    return wrong(
      row!,
      `is ${shown(cell)}, which may be ${large} (--decimal ${otherMark(unclear)}) or ${small} (--decimal ${unclear}); decide with that option`,
    );
  }
  if (guess !== unclear)
    note(`${shown(cell)} is read as ${parseNumber(cell, guess)}; --decimal decides otherwise`);
  return guess;
}

const marksIn = (rows: Survey["open"]) => Object.entries(rows) as [DecimalMark, number][];

/** Returns the decimal mark that the columns of numbers show, if they agree. */
function commonMark({ columns }: Table): DecimalMark | undefined {
  const proven = columns.flatMap(({ survey: { proofs, texts, numbers } }) =>
    texts.length > numbers ? [] : marksIn(proofs).map(([mark]) => mark),
  );
  return proven.every((mark) => mark === proven[0]) ? proven[0] : undefined;
}
