import Papa from "papaparse";
import { UnrolledError } from "../errors.ts";
import type { Recorded } from "./data-files.ts";

// What `predict --out` writes: the rows of the input with the answers beside them, in the format of the input.

/** What a model answers to an input: values by the name of a column. A tagger answers to each token. */
export type Answer = Readonly<Record<string, unknown>> | readonly Readonly<Record<string, unknown>>[];

const FORMATS = {
  csv: /\.csv$/i,
  tsv: /\.(tsv|tab|txt|conll|conllu|iob2?|bio)$/i,
  jsonl: /\.(jsonl|ndjson)$/i,
};

/** The format of a table. */
export type TableFormat = keyof typeof FORMATS;

const formatOf = (name: string): TableFormat | undefined =>
  (Object.keys(FORMATS) as TableFormat[]).find((format) => FORMATS[format].test(name));

/** A row of the input: the cells of a line, or a JSON object. null is an empty line, which stays empty. */
type Row = readonly string[] | Readonly<Record<string, unknown>> | null;

interface Given {
  readonly rows: readonly Row[];
  /** Names of the columns; undefined if the input has no header. */
  readonly columns?: readonly string[];
  readonly format: TableFormat;
}

/** Reads the rows that `predict` has answered. */
function rowsOf({ name, chunks }: Recorded, options: { format?: string }, perToken: boolean): Given {
  const lines = chunks
    .join("")
    .replace(/^\ufeff/, "")
    .split(/\r\n|\n/);
  if (lines.at(-1) === "") lines.pop();
  const json = options.format ? options.format === "jsonl" : formatOf(name) === "jsonl";
  if (json) {
    return { format: "jsonl", rows: lines.filter((line) => line.trim()).map((line) => JSON.parse(line)) };
  }
  const cells = (line: string) => (line.trim() ? line.split("\t") : null);
  return { format: "tsv", rows: lines.map(cells).filter((row) => perToken || row) };
}

/** Puts the answers beside the rows. If a column of an answer has the name of a column of the input, it is "predicted_" and the name. */
function beside(given: Given, answers: readonly Readonly<Record<string, unknown>>[]): Row[] {
  const { rows, columns, format } = given;
  const filled = rows.filter((row) => row !== null).length;
  if (filled !== answers.length) {
    throw new UnrolledError(
      "ERR_DATA",
      `--out: the data have ${filled} rows, but there are ${answers.length} answers; print them without --out`,
    );
  }
  let next = 0;
  return rows.map((row) => {
    if (row === null) return null;
    const answer = answers[next++]!;
    const taken = (name: string) => (Array.isArray(row) ? columns?.includes(name) : Object.hasOwn(row, name));
    const named = Object.entries(answer).map(
      ([name, value]) => [taken(name) ? `predicted_${name}` : name, value] as const,
    );
    if (format === "jsonl") return { ...row, ...Object.fromEntries(named) };
    return [...(row as readonly string[]), ...named.map(([, value]) => cellOf(value))];
  });
}

/** Returns a value as the text of a cell. Lists and objects become JSON. */
function cellOf(value: unknown): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value ?? "");
}

function written(rows: readonly Row[], format: TableFormat): string {
  if (format === "jsonl") return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  if (format === "csv") {
    const cells = rows.map((row) => (row === null ? [""] : Object.values(row).map(cellOf)));
    return `${Papa.unparse(cells, { newline: "\n" })}\n`;
  }
  // Readers of tab-separated lines know no quotes, so a cell cannot have tabs or line ends.
  const plain = (cell: unknown) => cellOf(cell).replace(/[\t\r\n]+/g, " ");
  return rows.map((row) => `${row === null ? "" : Object.values(row).map(plain).join("\t")}\n`).join("");
}

/**
 * Makes the table that `predict --out` writes. Its format is that of the input, unless the name of the file says another one.
 *
 * @param out the name of the file
 * @param recorded the texts that were read; none if the inputs were given as arguments
 * @param answers one for each input
 * @param alone whether the answers are rows of their own, such as the steps of a forecast
 * @throws ERR_DATA if there is not one answer for each row
 */
export function answerTable(
  out: string,
  recorded: readonly Recorded[],
  answers: readonly Answer[],
  options: { format?: string },
  alone: boolean,
): string {
  const perToken = answers.some((answer) => Array.isArray(answer));
  const flat = answers.flat() as Readonly<Record<string, unknown>>[];
  if (alone || !recorded.length) {
    const format = formatOf(out) ?? "csv";
    const header = flat.length ? [Object.keys(flat[0]!)] : [];
    const rows = flat.map((answer) => (format === "jsonl" ? answer : Object.values(answer).map(cellOf)));
    return written(format === "jsonl" ? rows : [...header, ...rows], format);
  }
  const parts = recorded.map((one) => rowsOf(one, options, perToken));
  const format = formatOf(out) ?? parts[0]!.format;
  let start = 0;
  const rows = parts.flatMap((part) => {
    const count = part.rows.filter((row) => row !== null).length;
    const own = part.format === "jsonl" && perToken ? asTags(answers.slice(start, start + count)) : undefined;
    const some = own ?? flat.slice(start, start + count);
    start += count;
    return beside(part, some);
  });
  if (start !== (parts.every((part) => part.format === "jsonl") ? answers : flat).length) {
    throw new UnrolledError(
      "ERR_DATA",
      "--out: the data have fewer rows than there are answers; print them without --out",
    );
  }
  return written(rows, format);
}

/** Turns the answers to the tokens of each sequence into one answer for the sequence: lists of values. */
function asTags(answers: readonly Answer[]): Readonly<Record<string, unknown>>[] {
  return answers.map((answer) => {
    const tokens = answer as readonly Readonly<Record<string, unknown>>[];
    const names = Object.keys(tokens[0] ?? {});
    return Object.fromEntries(names.map((name) => [`${name}s`, tokens.map((token) => token[name])]));
  });
}
