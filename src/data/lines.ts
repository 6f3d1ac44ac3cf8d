import { checkIterable } from "../checks.ts";
import { UnrolledError } from "../errors.ts";

/** A text in chunks of any size, as files and responses provide it. For a whole text, use `[text]`. */
export type TextChunks = Iterable<string> | AsyncIterable<string>;

/** Maximum length of a line. A string of V8 has at most 2^29 - 24 characters, and a chunk may follow. */
const LONGEST = 0x1000_0000; // 2^28

/**
 * Yields the lines with their numbers, counted from 1, as `lineBatches` finds them.
 *
 * @param chunks the text in pieces; for a whole text, use `[text]`
 * @throws ERR_DATA if a piece is not a string, or a line has over 2^28 characters
 */
export async function* numberedLines(
  chunks: TextChunks,
): AsyncGenerator<readonly [number: number, line: string]> {
  for await (const [first, lines] of lineBatches(chunks)) {
    for (let i = 0; i < lines.length; i++) yield [first + i, lines[i]!];
  }
}

/**
 * Yields the lines that end in each piece of a text, with the number of the first one, counted from 1. `numberedLines` waits for a
 * promise for each line, this function for one for each piece.
 *
 * A line ends with a line feed, a carriage return or both, also in the same text. The last line may end without them. A byte order
 * mark is left out.
 *
 * @param chunks the text in pieces; for a whole text, use `[text]`
 * @throws ERR_DATA if a piece is not a string, or a line has over 2^28 characters
 */
export async function* lineBatches(
  chunks: TextChunks,
): AsyncGenerator<readonly [first: number, lines: readonly string[]]> {
  let number = 0;
  let open: string[] = [];
  let length = 0;
  // A carriage return at the end of a piece. The next piece may begin with its line feed.
  let held = "";
  const close = (end: string) => {
    const line = open.length ? open.join("") + end : end;
    open = [];
    length = 0;
    return number === 0 && line.startsWith("\ufeff") ? line.slice(1) : line;
  };
  for await (const chunk of checkIterable("the text", chunks)) {
    if (typeof chunk !== "string") notText(chunk);
    const text = held + chunk;
    held = text.endsWith("\r") ? "\r" : "";
    const lines = text.slice(0, text.length - held.length).split(text.includes("\r") ? /\r\n?|\n/ : "\n");
    const rest = lines.pop()!;
    if (lines.length) {
      lines[0] = close(lines[0]!);
      yield [number + 1, lines];
      number += lines.length;
    }
    if (!rest) continue;
    open.push(rest);
    length += rest.length;
    if (length > LONGEST) {
      throw new UnrolledError(
        "ERR_DATA",
        `line ${number + 1} has over ${LONGEST} characters; cut it into lines`,
      );
    }
  }
  if (held || open.length) yield [number + 1, [close("")]];
}

function notText(chunk: unknown): never {
  const type = Object.prototype.toString.call(chunk).slice(8, -1);
  throw new UnrolledError(
    "ERR_DATA",
    `a piece of the text is of type ${type}, expected a string; decode bytes with a TextDecoder`,
  );
}

/** Reports a problem in a line of a file. @throws ERR_DATA naming file and line */
export function wrongLine(source: string, line: number, problem: string): never {
  return wrongPlace(source, `line ${line}`, problem);
}

/** Reports a problem at a place of a file, such as "line 3" or "entry 3". @throws ERR_DATA naming file and place */
export function wrongPlace(source: string, place: string, problem: string): never {
  throw new UnrolledError("ERR_DATA", `${source}, ${place}: ${problem}`);
}
