import { checkIterable } from "../checks.ts";
import { UnrolledError } from "../errors.ts";

/** A text in chunks of any size, as files and responses provide it. For a whole text, use `[text]`. */
export type TextChunks = Iterable<string> | AsyncIterable<string>;

/**
 * Yields the lines with their numbers, counted from 1. A line ends with a line feed, but the last line may end without a line
 * feed. A carriage return at the end of a line and a byte order mark are left out.
 *
 * @param chunks the text in pieces; for a whole text, use `[text]`
 * @throws ERR_DATA if a piece is not a string
 */
export async function* numberedLines(
  chunks: TextChunks,
): AsyncGenerator<readonly [number: number, line: string]> {
  let number = 0;
  let open: string[] = [];
  const close = (end: string) => {
    const line = open.length ? open.join("") + end : end;
    open = [];
    const from = ++number === 1 && line.startsWith("\ufeff") ? 1 : 0;
    return [number, line.slice(from, line.endsWith("\r") ? -1 : undefined)] as const;
  };
  for await (const chunk of checkIterable("the text", chunks)) {
    if (typeof chunk !== "string") notText(chunk);
    let start = 0;
    for (let end = chunk.indexOf("\n"); end >= 0; end = chunk.indexOf("\n", start)) {
      yield close(chunk.slice(start, end));
      start = end + 1;
    }
    if (start < chunk.length) open.push(chunk.slice(start));
  }
  if (open.length) yield close("");
}

function notText(chunk: unknown): never {
  const type = Object.prototype.toString.call(chunk).slice(8, -1);
  throw new UnrolledError(
    "ERR_DATA",
    `a piece of the text is of type ${type}, expected a string; decode bytes with new TextDecoder().decode(bytes)`,
  );
}

/** Reports a problem in a line of a file. @throws ERR_DATA naming file and line */
export function wrongLine(source: string, line: number, problem: string): never {
  throw new UnrolledError("ERR_DATA", `${source}, line ${line}: ${problem}`);
}

/** Quotes the beginning of a text for an error message. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);
}
