import { dsvFormat } from "d3-dsv";
import { numberedLines, type TextChunks } from "../data/lines.ts";
import { type Row, wrongRow } from "./row.ts";

/** Number of records that are parsed together. A call of the parser costs as much as about twenty short records. */
const BATCH = 1000;

/** Number of lines from which the separator is found out. */
const SAMPLE = 20;

/** The lines of a row. A cell in quotes may have several lines. */
interface Lines {
  /** Number of the first line. */
  readonly number: number;
  readonly lines: string[];
}

type NumberedLine = readonly [number: number, line: string];

/** Returns the separator of lines: the tab, semicolon, comma or bar that every line has equally often outside quotes, else a comma. */
function separatorOf(lines: readonly NumberedLine[]): string {
  const text = lines.map(([, line]) => line).join("\n");
  const bare = text.replace(/"[^"]*("|$)/g, "").split("\n");
  const counts = (separator: string) => bare.filter(Boolean).map((line) => line.split(separator).length);
  const found = ["\t", ";", ",", "|"].filter((separator) => bare[0]!.includes(separator));
  return found.find((separator) => new Set(counts(separator)).size === 1) ?? found[0] ?? ",";
}

/**
 * Reads the rows of a CSV file (RFC 4180), with commas, semicolons, tabs or bars between cells. A line `sep=;` names the separator.
 * Comments above the first row, such as `# from a survey`, are left out.
 *
 * @param chunks the text in pieces; for a whole text, use `[text]`
 * @param source name of the file, for errors
 * @throws ERR_DATA naming file and line if a quote is not closed, if something other than a separator follows a closed quote, or if
 *   a row has more cells than the first one
 */
export async function* readCsv(chunks: TextChunks, source: string): AsyncGenerator<Row> {
  const { separator, lines } = await begin(numberedLines(chunks));
  let batch: Lines[] = [];
  let open = false;
  let width: number | undefined;
  const wrong = ({ number, lines: [content] }: Lines) =>
    wrongRow(
      source,
      { place: `line ${number}`, content: content! },
      "a quote is not closed where its cell ends",
    );
  function* parsed() {
    for (const row of parse(batch, separator)) {
      if (row.cells.length) width ??= row.cells.length;
      if (row.cells.length > width!) checkWidth(row, width!, source);
      yield row;
    }
    batch = [];
  }
  for await (const [number, content] of lines) {
    if (!open && batch.length >= BATCH) yield* parsed();
    if (!open) batch.push({ number, lines: [] });
    const last = batch.at(-1)!;
    const line = open || !/[^ ] +"/.test(content) ? content : withoutSpaces(content, separator);
    last.lines.push(line);
    open = endsInQuotes(line, separator, open, () => wrong(last));
  }
  if (open) wrong(batch.at(-1)!);
  yield* parsed();
}

/** Reads the lines from which the separator is found out. @returns the lines from the first row on */
async function begin(
  lines: AsyncGenerator<NumberedLine>,
): Promise<{ separator: string; lines: AsyncIterable<NumberedLine> }> {
  const sample: NumberedLine[] = [];
  let named: string | undefined;
  while (sample.length < SAMPLE) {
    const { value, done } = await lines.next();
    if (done) break;
    const above = sample.length === 0;
    const separator = above ? /^"?sep=(.)"?\s*$/i.exec(value[1])?.[1] : undefined;
    named ??= separator;
    if (separator === undefined && !(above && (/^#+(\s|$)/.test(value[1]) || !value[1].trim()))) {
      sample.push(value);
    }
  }
  async function* all() {
    yield* sample;
    yield* lines;
  }
  return { separator: named ?? (sample.length ? separatorOf(sample) : ","), lines: all() };
}

/** Removes spaces between a separator and a quote. */
function withoutSpaces(line: string, separator: string): string {
  return line
    .split('"')
    .map((piece, i) => {
      let end = piece.length;
      while (i % 2 === 0 && piece[end - 1] === " ") end--;
      return piece[end - 1] === separator ? piece.slice(0, end) : piece;
    })
    .join('"');
}

/** Checks that a row has no more cells than the first one. @throws ERR_DATA naming file and line if a cell past the end is not empty */
function checkWidth(row: Row, width: number, source: string): void {
  if (!row.cells.slice(width).some(Boolean)) return;
  const advice = "put quotes around a cell that has a separator in it";
  wrongRow(source, row, `${row.cells.length} cells, but the first row has ${width}; ${advice}`);
}

/**
 * Returns whether a quote is open at the end of a line.
 *
 * @param open whether it is open at the beginning of the line
 * @throws the error of `wrong` if something other than the separator follows a closed quote
 */
function endsInQuotes(line: string, separator: string, open: boolean, wrong: () => never): boolean {
  for (let at = 0; ; at++) {
    if (!open && line[at] === '"') {
      open = true;
      at++;
    }
    if (open) {
      at = line.indexOf('"', at);
      while (at >= 0 && line[at + 1] === '"') at = line.indexOf('"', at + 2);
      if (at < 0) return true;
      open = false;
      at++;
      if (at < line.length && line[at] !== separator) wrong();
    }
    at = line.indexOf(separator, at);
    if (at < 0) return false;
  }
}

function* parse(batch: readonly Lines[], separator: string): Iterable<Row> {
  const contents = batch.map(({ lines }) => lines.join("\n"));
  // The parser leaves out the last end of a line: without it, a blank line at the end would be lost.
  const text = contents.map((content) => `${content}\n`).join("");
  for (const [i, cells] of batch.length ? dsvFormat(separator).parseRows(text).entries() : []) {
    yield {
      place: `line ${batch[i]!.number}`,
      cells: cells.some((cell) => cell.trim()) ? cells.map((cell) => cell.trim()) : [],
      content: contents[i]!,
    };
  }
}
