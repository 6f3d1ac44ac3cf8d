import { shown, wrongLine } from "../../data/lines.ts";
import { type Fill, fillGaps } from "./gaps.ts";
import { type DecimalMark, otherMark, parseNumber, type Survey, survey } from "./numbers.ts";
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
  const { header, headerLine, rows, lines } = table;
  for (const name of asked) {
    if (name && header.includes(name)) continue;
    const known = header.filter(Boolean).slice(0, 20).map(shown).join(", ");
    wrongLine(source, headerLine, `there is no column ${shown(name)}, only ${known}`);
  }
  const free = [...header.keys()].filter((place) => !asked.includes(header[place]!));
  const times = timeColumns(table, free);
  const notes = checkTimes(table, source, times);
  if (wanted) return { places: wanted.map((name) => header.indexOf(name)), leftOut: [], notes };

  const reasons = new Map<number, string>();
  for (const place of free) {
    const reason = times.some((column) => column.place === place)
      ? timeReason(times.find((column) => column.place === place)!.kind)
      : reasonAgainst(survey(rows.map((row) => row[place]!)), header[place]!, lenient, (row) => lines[row]!);
    if (reason) reasons.set(place, reason);
  }
  const read = () => [...header.keys()].filter((place) => !reasons.has(place));
  // Row numbers are read if there is nothing else.
  if (!read().length) for (const { place, kind } of times) if (kind === "row") reasons.delete(place);
  const places = read();
  if (!places.length) {
    const gap = header.findIndex(
      (name, place) => name && survey(rows.map((row) => row[place]!)).missing.length === rows.length,
    );
    if (gap >= 0 && header.length === 1) return { places: [gap], leftOut: [], notes };
    wrongLine(
      source,
      lines[0]!,
      `no number in a column that has a name, expected cells with commas, semicolons or tabs between them: ${shown(rows[0]!.join(table.separator))}`,
    );
  }
  const leftOut = [...reasons].map(
    ([place, reason]) => `${header[place] || `column ${place + 1}`} (${reason})`,
  );
  return { places, leftOut, notes };
}

const timeReason = (kind: string) => (kind === "row" ? "row numbers" : "time");

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

/** Reads the numbers of columns. */
export class NumberReader {
  /** What was guessed and filled, for the user. */
  readonly notes: string[] = [];
  readonly #table: Table;
  readonly #source: string;
  readonly #decimal: DecimalMark | undefined;
  readonly #fill: Fill | undefined;
  /** The decimal mark of the columns in which only one is possible; undefined if there are none, or they differ. */
  #common: DecimalMark | undefined | null = null;

  constructor(table: Table, source: string, decimal: DecimalMark | undefined, fill: Fill | undefined) {
    this.#table = table;
    this.#source = source;
    this.#decimal = decimal;
    this.#fill = fill;
  }

  /**
   * Returns the numbers of a column.
   *
   * @throws ERR_DATA naming file and line if a cell is not a number, or its decimal mark is not clear
   */
  read(place: number): Float64Array {
    const { rows, lines, header } = this.#table;
    const cells = rows.map((row) => row[place]!);
    const found = survey(cells);
    const mark = this.#markOf(place, cells, found);
    const column = `column ${shown(header[place]!)}`;
    const values = Float64Array.from(cells, (cell) => parseNumber(cell, mark) ?? Number.NaN);
    const missing = new Set(found.missing);
    const canFill = this.#fill && found.numbers > 0;
    cells.forEach((cell, row) => {
      if (!Number.isNaN(values[row]) || (canFill && missing.has(row))) return;
      const is = cell ? `is ${shown(cell)}` : "is empty";
      const advice = missing.has(row)
        ? "; fill the gap with --fill previous or --fill linear, or leave out the row"
        : `, expected a number${this.#decimal ? ` with the decimal mark "${this.#decimal}"` : ""}; leave out the column by naming others with --column, or correct it`;
      wrongLine(this.#source, lines[row]!, `${column} ${is}${advice}`);
    });
    if (missing.size) {
      const gaps = fillGaps(values, this.#fill!);
      const how = this.#fill === "previous" ? "with the previous number" : "along straight lines";
      this.notes.push(
        `${column}: ${gaps} ${gaps === 1 ? "gap" : "gaps"} filled ${how}, the first in line ${lines[found.missing[0]!]}`,
      );
    }
    return values;
  }

  /** Returns the decimal mark of a column. */
  #markOf(place: number, cells: readonly string[], { proofs, open, thousands }: Survey): DecimalMark {
    if (this.#decimal) return this.#decimal;
    const { lines, header, separator } = this.#table;
    const column = `column ${shown(header[place]!)}`;
    const [point, comma] = [proofs["."], proofs[","]];
    if (point !== undefined && comma !== undefined) {
      const [first, later] = point < comma ? ([".", comma] as const) : ([",", point] as const);
      return wrongLine(
        this.#source,
        lines[later]!,
        `${column} is ${shown(cells[later]!)}, but earlier numbers have the decimal mark "${first}"; correct it, or decide with --decimal . or --decimal ,`,
      );
    }
    if (point !== undefined) return ".";
    if (comma !== undefined) return ",";
    const marks = ([".", ","] as const).filter((mark) => open[mark] !== undefined);
    const [mark] = marks;
    if (!mark) return ".";
    const row = Math.min(...marks.map((mark) => open[mark]!));
    const cell = cells[row]!;
    const separated = separator === "," && mark === ".";
    const guess = thousands ? otherMark(mark) : this.#commonMark();
    if (marks.length === 1 && guess && !(thousands && separated)) {
      if (guess !== mark)
        this.notes.push(
          `${column}: ${shown(cell)} is read as ${parseNumber(cell, guess)}; --decimal decides otherwise`,
        );
      return guess;
    }
    if (marks.length === 1 && separated && !thousands) return ".";
    return wrongLine(
      this.#source,
      lines[row]!,
      `${column} is ${shown(cell)}, which may be ${parseNumber(cell, ".")} or ${parseNumber(cell, ",")}; decide with --decimal . (a decimal point) or --decimal , (a decimal comma)`,
    );
  }

  /** Returns the decimal mark that the other columns show. */
  #commonMark(): DecimalMark | undefined {
    if (this.#common !== null) return this.#common;
    const { header, rows } = this.#table;
    const proven = [...header.keys()].flatMap((place) => {
      const { proofs, texts, numbers } = survey(rows.map((row) => row[place]!));
      return texts.length > numbers ? [] : (Object.keys(proofs) as DecimalMark[]);
    });
    const marks = [...new Set(proven)];
    this.#common = marks.length === 1 ? marks[0] : undefined;
    return this.#common;
  }
}
