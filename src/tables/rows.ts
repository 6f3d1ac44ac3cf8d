import { type JsonObject, readObjects } from "../data/json.ts";
import { numberedLines, type TextChunks } from "../data/lines.ts";
import { readCsv } from "./csv.ts";
import type { DataFormat } from "./format.ts";
import type { Row, Rows } from "./row.ts";

/**
 * Reads all rows of a table. In plain text, tabs separate the cells. In JSON, each object is a row.
 *
 * @param chunks the text in pieces; for a whole text, use `[text]`
 * @param source name of the file, for errors
 * @throws ERR_DATA naming file and place if a row is invalid
 */
export async function readRows(chunks: TextChunks, source: string, format: DataFormat): Promise<Rows> {
  if (format === "json" || format === "jsonl") return readObjectRows(chunks, source, format);
  const rows: Row[] = [];
  for await (const row of format === "csv" ? readCsv(chunks, source) : readTabs(chunks)) rows.push(row);
  return { rows };
}

/** Reads the lines of a text as rows of a single cell. */
export async function readLineRows(chunks: TextChunks): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const [line, content] of numberedLines(chunks)) {
    rows.push({ place: `line ${line}`, cells: content.trim() ? [content] : [], content });
  }
  return rows;
}

async function* readTabs(chunks: TextChunks): AsyncGenerator<Row> {
  for await (const [line, content] of numberedLines(chunks)) {
    const cells = content.trim() ? content.split("\t").map((cell) => cell.trim()) : [];
    yield { place: `line ${line}`, cells, content };
  }
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

/** Returns objects as rows. Every name that an object has is a column. Cells of other names are left out, also in the middle. */
export function objectRows(objects: readonly JsonObject[]): Required<Rows> {
  const places = new Map<string, number>();
  const rows = objects.map(({ place, fields, content }): Row => {
    const values: unknown[] = [];
    for (const [name, value] of Object.entries(fields ?? {})) {
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
      : typeof value === "object"
        ? JSON.stringify(value)
        : String(value);
