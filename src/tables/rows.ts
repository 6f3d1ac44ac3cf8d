import { parseExactly, stringifyExactly, WrittenNumber } from "../data/exact-json.ts";
import { type JsonObject, readObjects } from "../data/json.ts";
import { lineBatches, type TextChunks } from "../data/lines.ts";
import { readCsv } from "./csv.ts";
import type { DataFormat } from "./format.ts";
import { LineRow, type Row, type Rows, type Split } from "./row.ts";

/**
 * Reads all rows of a table. In plain text, tabs separate the cells. In JSON, each object is a row.
 *
 * @param chunks the text in pieces; for a whole text, use `[text]`
 * @param source name of the file, for errors
 * @throws ERR_DATA naming file and place if a row is invalid
 */
export async function readRows(chunks: TextChunks, source: string, format: DataFormat): Promise<Rows> {
  if (format === "json" || format === "jsonl") return readObjectRows(chunks, source, format);
  if (format !== "csv") return { rows: await readLines(chunks, byTabs) };
  const rows: Row[] = [];
  for await (const row of readCsv(chunks, source)) rows.push(row);
  return { rows };
}

/** Reads the lines of a text as rows of a single cell. */
export const readLineRows = (chunks: TextChunks): Promise<LineRow[]> =>
  readLines(chunks, (content) => [content]);

const byTabs = (content: string) => content.split("\t").map((cell) => cell.trim());

async function readLines(chunks: TextChunks, split: Split): Promise<LineRow[]> {
  const rows: LineRow[] = [];
  for await (const [first, lines] of lineBatches(chunks)) {
    for (let i = 0; i < lines.length; i++) rows.push(new LineRow(first + i, lines[i]!, split));
  }
  return rows;
}

async function readObjectRows(
  chunks: TextChunks,
  source: string,
  format: "json" | "jsonl",
): Promise<Required<Rows>> {
  const objects: JsonObject[] = [];
  for await (const object of readObjects(chunks, source, format)) objects.push(object);
  return objectRows(objects);
}

/** Returns objects as rows, whose numbers keep their digits. Every name that an object has is a column. Cells of other names are left out, also in the middle. */
export function objectRows(objects: readonly JsonObject[]): Required<Rows> {
  const places = new Map<string, number>();
  const rows = objects.map(({ place, fields, content }): Row => {
    const values: unknown[] = [];
    for (const [name, value] of Object.entries(fields ? (parseExactly(content) as object) : {})) {
      if (!places.has(name)) places.set(name, places.size);
      values[places.get(name)!] = value;
    }
    return { place, cells: values.map(cellOf), values, content };
  });
  return { names: [...places.keys()], rows };
}

const cellOf = (value: unknown): string =>
  typeof value === "string"
    ? value.trim()
    : value === null
      ? ""
      : typeof value === "object" && !(value instanceof WrittenNumber)
        ? stringifyExactly(value)
        : String(value);
