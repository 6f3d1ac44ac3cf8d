import { type JsonObject, readObjects } from "../../data/json.ts";
import { numberedLines, type TextChunks, wrongLine } from "../../data/lines.ts";
import { shown, UnrolledError } from "../../errors.ts";
import { objectRows } from "../../tables/rows.ts";
import { separatorOf, splitCells } from "./csv.ts";
import { beginsWithError, type DecimalMark, isMissing, isNumber, type Survey, survey } from "./numbers.ts";
import { parseDate } from "./times.ts";

/** A table of cells. */
export interface Table {
  /** The separator of the cells; "" in a table of one column. */
  readonly separator: string;
  /** Names of the columns; "" for a column without a name. */
  readonly header: readonly string[];
  /** Where the header is, or the first row if there is no header, such as "line 1". */
  readonly headerPlace: string;
  /** The columns, in the order of the header. */
  readonly columns: readonly Column[];
  /** Where each row is, such as "line 3", or "entry 3" of a JSON array. */
  readonly rowPlaces: readonly string[];
  /** What was left out, for the user. */
  readonly notes: readonly string[];
}

/** A column of a table. */
export class Column {
  /** The cell of each row. */
  readonly cells: readonly string[];
  /** The decimal mark of the cells, if the format of the file says it. */
  readonly mark: DecimalMark | undefined;
  #survey: Survey | undefined;

  constructor(cells: readonly string[], mark?: DecimalMark) {
    this.cells = cells;
    this.mark = mark;
  }

  /** What the cells are. It is computed once, because it parses every cell. */
  get survey(): Survey {
    this.#survey ??= survey(this.cells);
    return this.#survey;
  }
}

type Line = readonly [number: number, content: string];

/** Name of the single column of a file without a header. */
const ONLY_COLUMN = "value";

const SEPARATORS = "commas, semicolons or tabs between them";
const YEAR = /^(?:1[89]|20|21)\d\d$/;
const UNIT = /^[^\d<>=~+.,-]\S{0,19}(?: \S{1,19})?$/;

/**
 * Reads the cells of a table. A line `sep=;` names the separator. Blank lines and lines that begin with `#` are left out, except those that begin with an error of a spreadsheet such as `#N/A`, and a row
 * of units below the header too.
 *
 * @param wanted names of columns; a first line with all of them is a header
 * @param mark the decimal mark of the numbers; undefined if it is not known
 * @param named whether the first line is a header; undefined if it has to be found out. Without a header, several columns are
 *   called "column 1", "column 2" and so on
 * @throws ERR_DATA if there is no row, a quote is not closed, a row has a different number of cells from the header, or several
 * columns have no header
 */
export async function readTable(
  chunks: TextChunks,
  source: string,
  wanted: readonly string[],
  mark: DecimalMark | undefined,
  named?: boolean,
): Promise<Table> {
  const lines: Line[] = [];
  let separator: string | undefined;
  let comment: Line | undefined;
  let comments = 0;
  for await (const [number, content] of numberedLines(chunks)) {
    const named = number === 1 ? /^"?sep=(.)"?\s*$/i.exec(content) : null;
    if (named) separator = named[1]!;
    else if (/^\s*#/.test(content) && !beginsWithError(content)) {
      if (lines.length) comments++;
      else comment = [number, content];
    } else if (content.trim()) lines.push([number, content]);
  }
  const [first] = lines;
  if (!first) throw noRows(source);
  const series =
    lines.length === 1 && named === undefined && wanted.length < 2 && numbersOf(first[1], separator);
  if (series) return seriesTable(series, first[0], wanted[0]);
  const spaced = separator === undefined && hasColumnsBetweenSpaces(lines, source, mark);
  separator ??= spaced ? " " : isOneColumn(lines, mark) ? "\0" : separatorOf(first[1]);
  const cellsOf = (content: string) =>
    spaced ? cellsBetweenSpaces(content) : splitCells(content, separator!);
  const split = ([line, content]: Line) =>
    cellsOf(content) ??
    wrongLine(source, line, `a quote is not closed where its cell ends: ${shown(content)}`);

  let top: Line | undefined = first;
  let header = split(first).map((name) => name.normalize());
  const second = lines[1] && cellsOf(lines[1][1]);
  if (header.length === 1 && separator !== "\0") separator = separatorOf(lines[1]?.[1] ?? "");
  if (!(named ?? isHeader(header, second, wanted))) {
    const above = comment && splitCells(comment[1], separator);
    if (above && above.length > 1 && above.length === header.length && !above.some(isNumber)) {
      const name = above[0]!.replace(/^#\s*/, "") || "#";
      header = wanted.includes(above[0]!) ? above : [name, ...above.slice(1)];
    } else if (header.length > 1 && named === false) {
      header = header.map((_, place) => `column ${place + 1}`);
    } else if (header.length > 1) {
      const number = header.find(isNumber) ?? header[0]!;
      const hint = isNumber(first[1].trim())
        ? `, or --decimal if ${shown(first[1].trim())} is one number`
        : "";
      wrongLine(
        source,
        first[0],
        `${shown(number)} is no name of a column; expected a header with a name for each of ${header.length} columns${hint}, or --no-header`,
      );
    } else {
      header = [(wanted.length === 1 && wanted[0]) || ONLY_COLUMN];
    }
    top = undefined;
  }
  const twice = header.find((name, i) => name && header.indexOf(name) < i);
  if (twice !== undefined) {
    wrongLine(
      source,
      first[0],
      `there are two columns ${shown(twice)}, expected names that differ; rename one, or delete a second header`,
    );
  }

  const body = top ? lines.slice(1) : lines;
  const rows = body.map((line) => {
    const whole = line[1].trim();
    const cells = header.length === 1 && isNumber(whole) ? [whole] : split(line);
    if (cells.length === header.length) return cells;
    return wrongLine(
      source,
      line[0],
      `${cells.length} cells, expected ${header.length} with ${SEPARATORS}: ${shown(line[1])}`,
    );
  });
  while (rows.at(-1)?.every((cell) => !cell)) rows.pop();
  const numbers = body.slice(0, rows.length).map(([number]) => number);
  const notes: string[] = [];
  if (comments)
    notes.push(`lines that begin with # are left out as comments: ${comments} below the first row`);
  if (top && isUnits(rows)) {
    notes.push(`line ${numbers[0]} is left out, a row of units: ${rows[0]!.filter(Boolean).join(", ")}`);
    rows.shift();
    numbers.shift();
  }
  if (!rows.length) throw noRows(source);
  if (header.length === 1) separator = "";
  const columns = header.map((_, place) => new Column(rows.map((row) => row[place]!)));
  const rowPlaces = numbers.map((number) => `line ${number}`);
  return { separator, header, headerPlace: `line ${first[0]}`, columns, rowPlaces, notes };
}

/**
 * Reads objects as the rows of a table. Every field that an object has is a column.
 *
 * @throws ERR_DATA if there is no object, or something else is found
 */
export async function readObjectTable(
  chunks: TextChunks,
  source: string,
  format: "json" | "jsonl",
): Promise<Table> {
  const rows: JsonObject[] = [];
  for await (const object of readObjects(chunks, source, format)) if (object.fields) rows.push(object);
  const { names: given, rows: cells } = objectRows(rows);
  const names = given.map((name) => name.normalize());
  if (!names.length) throw noRows(source);
  const columns = names.map((name, place) => {
    const isText = rows.some(({ fields }) => typeof fields![name] === "string");
    return new Column(
      Array.from(cells, (row) => row.cells[place] ?? ""),
      isText ? undefined : ".",
    );
  });
  const rowPlaces = rows.map(({ place }) => place);
  return { separator: "", header: names, headerPlace: rowPlaces[0]!, columns, rowPlaces, notes: [] };
}

function noRows(source: string): UnrolledError {
  return new UnrolledError("ERR_DATA", `${source} has no rows of numbers`);
}

/** Returns the numbers of a line; undefined if it is a single number, or has something else. */
function numbersOf(content: string, separator: string | undefined): readonly string[] | undefined {
  const line = content.trim();
  if (isNumber(line)) return undefined;
  const cells =
    /[,;\t]\s*\S/.test(line) && !/\d \S/.test(line)
      ? splitCells(line, separator ?? separatorOf(line))
      : cellsBetweenSpaces(line);
  return cells && cells.length > 2 && cells.every(isNumber) ? cells : undefined;
}

const cellsBetweenSpaces = (line: string): string[] => line.trim().split(/ +/);

/**
 * Tells whether columns are between spaces: all lines have as many cells, and those below the first are numbers or dates.
 *
 * @throws ERR_DATA if each line could also be a single number with spaces between its thousands, and nothing says which
 */
function hasColumnsBetweenSpaces(
  lines: readonly Line[],
  source: string,
  mark: DecimalMark | undefined,
): boolean {
  const width = cellsBetweenSpaces(lines[0]![1]).length;
  if (width < 2) return false;
  const body = cellsBetweenSpaces(lines[0]![1]).some(isNumber) ? lines : lines.slice(1);
  const isCell = (cell: string) => isNumber(cell) || isMissing(cell) || parseDate(cell) !== undefined;
  const isRow = ([, content]: Line) => {
    const cells = cellsBetweenSpaces(content);
    return cells.length === width && cells.every(isCell);
  };
  if (!body.length || !body.every(isRow)) return false;
  if (body.some(([, content]) => !isNumber(cellsBetweenSpaces(content).join(" ")))) return true;
  if (mark !== undefined) return false;
  const [number, content] = body[0]!;
  const advice = `write commas between columns and a line for each row, or use --decimal if it is one number`;
  return wrongLine(
    source,
    number,
    `it is unclear whether ${shown(content)} is one number or ${width}; ${advice}`,
  );
}

/** Makes a table of one column of the numbers of a line. */
function seriesTable(cells: readonly string[], line: number, name = ONLY_COLUMN): Table {
  return {
    separator: "",
    header: [name],
    headerPlace: `line ${line}`,
    columns: [new Column(cells)],
    rowPlaces: cells.map((_, i) => `line ${line}, number ${i + 1}`),
    notes: [`the ${cells.length} numbers of line ${line} are read as one series`],
  };
}

/**
 * Tells whether lines without a header are numbers with commas, not cells that commas separate: the decimal mark is known, or lines
 * differ in the number of commas.
 */
function isOneColumn(lines: readonly Line[], mark: DecimalMark | undefined): boolean {
  const commas = (content: string) => content.split(",").length;
  if (!isNumber(lines[0]![1].trim())) return false;
  const differ = lines.some(([, content]) => commas(content) !== commas(lines[0]![1]));
  return (mark !== undefined || differ) && lines.every(([, content]) => isNumber(content.trim()));
}

/**
 * Tells whether the first line has the names of the columns. Numbers are no names, except years above numbers that are no years.
 * Words for missing numbers, such as Na, are names if there are others.
 */
function isHeader(
  cells: readonly string[],
  second: readonly string[] | undefined,
  wanted: readonly string[],
): boolean {
  if (wanted.length && wanted.every((name) => cells.includes(name))) return true;
  const numbers = [...cells.keys()].filter((i) => isNumber(cells[i]!));
  if (!numbers.length) {
    if (!cells.some((cell) => cell && isMissing(cell))) return true;
    return (
      cells.some((cell) => cell === "Na" || !isMissing(cell)) &&
      !cells.some((cell) => parseDate(cell) !== undefined)
    );
  }
  return (
    cells.length > 1 &&
    numbers.every((i) => YEAR.test(cells[i]!)) &&
    new Set(cells).size === cells.length &&
    !cells.some((cell) => !YEAR.test(cell) && parseDate(cell) !== undefined) &&
    second?.length === cells.length &&
    numbers.some((i) => !YEAR.test(second[i]!))
  );
}

/** Tells whether the first row has units: it has no number and no date, and a word above numbers. */
function isUnits([units, ...rows]: readonly (readonly string[])[]): boolean {
  if (
    !units ||
    !rows.length ||
    !units.every(
      (cell) => isMissing(cell) || (UNIT.test(cell) && !isNumber(cell) && parseDate(cell) === undefined),
    )
  )
    return false;
  return units.some((unit, i) => {
    if (isMissing(unit)) return false;
    const { numbers, texts } = survey(rows.map((row) => row[i]!));
    return numbers > 0 && texts.length === 0;
  });
}
