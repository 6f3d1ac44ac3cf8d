import { indexOfName } from "../data/form.ts";
import { type DataFormat, formatOf } from "../tables/format.ts";
import type { TextSource } from "./source.ts";
import type { FormatOptions, Reading } from "./task.ts";

/**
 * Finds the format of a file whose name does not tell it: written as the training data if it looks like them, else as plain text. So a model
 * that was trained on CSV also reads a text with a sentence in each line. Training data without the end of a file's name, such as
 * standard input, are JSON if they look like it.
 *
 * @returns the source and its options; the source can be read once, as before
 */
export async function withOwnFormat<O extends FormatOptions>(
  source: TextSource,
  options: O,
  trained: Reading | undefined,
): Promise<readonly [source: TextSource, options: O]> {
  const unsure = options.format === undefined && formatOf(source.name) === "text";
  const nameless = !trained && !/\.\w+$/.test(source.name);
  if (!unsure || !(nameless || trained?.format) || trained?.format === "text") return [source, options];
  const [start, chunks] = await peek(source.chunks);
  const format = trained ? (looksLike(trained, start) ? trained.format : "text") : jsonIn(start);
  if (!trained && format) options.note?.(`read as ${format} (--format text reads it as plain lines)`);
  return [
    { ...source, chunks },
    { ...options, ...(format && { format }) },
  ];
}

/** Returns the kind of JSON in a text; undefined if it is none. @param start its first lines */
function jsonIn(start: string): "json" | "jsonl" | undefined {
  if (/^\[\s*\{\s*"/.test(start)) return "json";
  return /^\{\s*"[^"\r\n]*"\s*:.*\}\s*$/.test(start.split(/[\r\n]/, 1)[0]!) ? "jsonl" : undefined;
}

/** Returns whether a text may have the format of the training data. @param start its first lines */
function looksLike(trained: Reading & { readonly format?: DataFormat }, start: string): boolean {
  const [first = ""] = start.split(/[\r\n]/, 1);
  switch (trained.format) {
    case "json":
    case "jsonl":
      return /^[[{]/.test(first);
    case "csv": {
      const { textColumn, labelColumn, tokenColumn, tagColumn } = trained;
      const cells = first.split(/[\t;,|]/).map((cell) => cell.trim().replace(/^"|"$/g, ""));
      const columns = [textColumn, labelColumn, tokenColumn, tagColumn];
      return (
        !trained.header || columns.some((name) => typeof name === "string" && indexOfName(cells, name) >= 0)
      );
    }
    case "conllu":
      return start.startsWith("#") || first.includes("\t");
    default:
      return true;
  }
}

/** Maximum number of characters that are read to find the first line. */
const LONGEST = 2 ** 16;

/** Reads chunks until there is a whole line. @returns what was read from the first character on, and all chunks */
async function peek(chunks: AsyncIterable<string>): Promise<[start: string, chunks: AsyncIterable<string>]> {
  const iterator = chunks[Symbol.asyncIterator]();
  const read: string[] = [];
  let start = "";
  while (start.length < LONGEST && !/\S.*[\r\n]/.test(start)) {
    const { value, done } = await iterator.next();
    if (done) break;
    read.push(value);
    start += value;
  }
  async function* all() {
    yield* read;
    yield* { [Symbol.asyncIterator]: () => iterator };
  }
  return [start.replace(/^\ufeff/, "").trimStart(), all()];
}
