import { shown, UnrolledError } from "../errors.ts";
import { parseExactly, stringifyExactly } from "./exact-json.ts";
import { numberedLines, type TextChunks, wrongLine } from "./lines.ts";

/** An object of a JSON file. */
export interface JsonObject {
  /** Where it is, such as "line 3" or "entry 3", for errors. */
  readonly place: string;
  /** Its fields; undefined if the line is blank. */
  readonly fields: Readonly<Record<string, unknown>> | undefined;
  /** Its text. Numbers have the digits of the file, also those that `fields` cannot hold. */
  readonly content: string;
}

/**
 * Reads objects from JSON lines (an object in each line) or from JSON (an array of objects). JSON lines are also read as JSON, since
 * many programs write them into files that end in .json.
 *
 * @param chunks the text in pieces; for a whole text, use `[text]`
 * @param source name of the file, for errors
 * @throws ERR_DATA naming the file and the line or entry if something else is found
 */
export async function* readObjects(
  chunks: TextChunks,
  source: string,
  format: "jsonl" | "json",
): AsyncGenerator<JsonObject> {
  if (format === "json") return yield* readArray(chunks, source);
  for await (const [line, content] of numberedLines(chunks)) yield lineObject(source, line, content);
}

function lineObject(source: string, line: number, content: string): JsonObject {
  const advice = line === 1 && /^\s*\[/.test(content) ? "; for an array of objects, use --format json" : "";
  const wrong = (problem: string) => wrongLine(source, line, `${problem}${advice}: ${shown(content)}`);
  const fields = content.trim() ? objectOf(parse(content, wrong), wrong) : undefined;
  return { place: `line ${line}`, fields, content };
}

async function* readArray(chunks: TextChunks, source: string): AsyncGenerator<JsonObject> {
  const pieces: string[] = [];
  for await (const [, line] of numberedLines(chunks)) pieces.push(line);
  if (areLines(pieces)) {
    for (const [i, content] of pieces.entries()) yield lineObject(source, i + 1, content);
    return;
  }
  const wrong = (problem: string): never => {
    throw new UnrolledError("ERR_DATA", `${source}: ${problem}`);
  };
  const text = pieces.join("\n");
  const given = parse(text, (problem, cause) => wrong(`${problem}: ${cause?.message.replace(/\s+/g, " ")}`));
  if (!Array.isArray(given)) {
    const what = isObject(given)
      ? `an object with the fields ${shown(Object.keys(given).join(", "))}`
      : shown(String(given));
    return wrong(
      `${what}, expected an array of objects, as pandas writes it with orient="records"; for an object in each line, use --format jsonl`,
    );
  }
  // Made only if it is asked for: it takes ten times as long as the fields, 2 s for 24 MB.
  let written: readonly unknown[] | undefined;
  const contentOf = (i: number) => {
    written ??= parseExactly(text) as readonly unknown[];
    return stringifyExactly(written[i]);
  };
  for (const [i, entry] of given.entries()) {
    const place = `entry ${i + 1}`;
    yield {
      place,
      fields: objectOf(entry, (problem) => wrong(`${place}: ${problem}: ${shown(contentOf(i))}`)),
      get content() {
        return contentOf(i);
      },
    };
  }
}

/** Returns whether the first line that is not blank is a JSON object, and other lines follow. */
function areLines(lines: readonly string[]): boolean {
  const [first, ...others] = lines.filter((line) => line.trim()).slice(0, 2);
  if (!others.length || !first!.trimStart().startsWith("{")) return false;
  try {
    return isObject(JSON.parse(first!));
  } catch {
    return false;
  }
}

const isObject = (given: unknown): given is Record<string, unknown> =>
  typeof given === "object" && given !== null && !Array.isArray(given);

type Wrong = (problem: string, cause?: Error) => never;

function parse(text: string, wrong: Wrong): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const hint = /(?<=[:[,]\s*)-?(?:NaN|Infinity)\b/.test(text) ? " (which has no NaN)" : "";
    return wrong(`not JSON${hint}`, error as Error);
  }
}

function objectOf(given: unknown, wrong: Wrong): Record<string, unknown> {
  return isObject(given) ? given : wrong("not a JSON object");
}
