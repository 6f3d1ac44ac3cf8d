import { dsvFormat } from "d3-dsv";
import { numberedLines, type TextChunks } from "../data/lines.ts";
import { type Row, wrongRow } from "./row.ts";

/** Number of records that are parsed together. A call of the parser costs as much as about twenty short records. */
const BATCH = 1000;

/** The lines of a row. A cell in quotes may have several lines. */
interface Lines {
  /** Number of the first line. */
  readonly number: number;
  readonly lines: string[];
}

/** Returns the separator of a line: the tab, semicolon or comma that is in it outside quotes. Default: a comma. */
function separatorOf(line: string): string {
  const bare = line.replace(/"[^"]*"/g, "");
  return ["\t", ";"].find((separator) => bare.includes(separator)) ?? ",";
}

/**
 * Reads the rows of a CSV file (RFC 4180), with commas, semicolons or tabs between cells. A line `sep=;` names the separator. Lines
 * above the first row that begin with `#` are left out.
 *
 * @param chunks the text in pieces; for a whole text, use `[text]`
 * @param source name of the file, for errors
 * @throws ERR_DATA naming file and line if a quote is not closed, or if something other than a separator follows a closed quote
 */
export async function* readCsv(chunks: TextChunks, source: string): AsyncGenerator<Row> {
  let separator: string | undefined;
  let batch: Lines[] = [];
  let quoted = false;
  let begun = false;
  const wrong = ({ number, lines: [content] }: Lines) =>
    wrongRow(
      source,
      { place: `line ${number}`, content: content! },
      "a quote is not closed where its cell ends",
    );
  for await (const [number, content] of numberedLines(chunks)) {
    if (!begun) {
      const named = /^"?sep=(.)"?\s*$/i.exec(content);
      if (named) separator = named[1]!;
      if (named || content.startsWith("#") || !content.trim()) continue;
      separator ??= separatorOf(content);
      begun = true;
    }
    if (quoted) batch.at(-1)!.lines.push(content);
    else {
      if (batch.length >= BATCH) {
        yield* parse(batch, separator!);
        batch = [];
      }
      batch.push({ number, lines: [content] });
    }
    quoted = endsInQuotes(content, separator!, quoted, () => wrong(batch.at(-1)!));
  }
  if (quoted) wrong(batch.at(-1)!);
  if (begun) yield* parse(batch, separator!);
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
  for (const [i, cells] of dsvFormat(separator).parseRows(contents.join("\n")).entries()) {
    yield {
      place: `line ${batch[i]!.number}`,
      cells: cells.some((cell) => cell.trim()) ? cells.map((cell) => cell.trim()) : [],
      content: contents[i]!,
    };
  }
}
