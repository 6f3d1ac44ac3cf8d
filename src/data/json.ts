import { shown, UnrolledError } from "../errors.ts";
import { numberedLines, type TextChunks, wrongLine } from "./lines.ts";

/** An object of a JSON file. */
export interface JsonObject {
  /** Where it is, such as "line 3" or "entry 3", for errors. */
  readonly place: string;
  /** Its fields; undefined if the line is blank. */
  readonly fields: Readonly<Record<string, unknown>> | undefined;
  /** Its text, for errors. */
  readonly content: string;
}

/**
 * Reads objects from JSON lines (an object in each line) or from JSON (an array of objects).
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
  for await (const [line, content] of numberedLines(chunks)) {
    const wrong = (problem: string) => wrongLine(source, line, `${problem}: ${shown(content)}`);
    const fields = content.trim() ? objectOf(parse(content, wrong), wrong) : undefined;
    yield { place: `line ${line}`, fields, content };
  }
}

async function* readArray(chunks: TextChunks, source: string): AsyncGenerator<JsonObject> {
  const pieces: string[] = [];
  for await (const [, line] of numberedLines(chunks)) pieces.push(line);
  const wrong = (problem: string): never => {
    throw new UnrolledError("ERR_DATA", `${source}: ${problem}`);
  };
  const given = parse(pieces.join("\n"), wrong);
  if (!Array.isArray(given)) {
    return wrong("expected an array of JSON objects; for an object in each line, use --format jsonl");
  }
  for (const [i, entry] of given.entries()) {
    const place = `entry ${i + 1}`;
    const content = JSON.stringify(entry);
    yield { place, fields: objectOf(entry, (problem) => wrong(`${place}: ${problem}`)), content };
  }
}

type Wrong = (problem: string) => never;

function parse(text: string, wrong: Wrong): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return wrong("not JSON (which has no NaN)");
  }
}

function objectOf(given: unknown, wrong: Wrong): Record<string, unknown> {
  if (typeof given === "object" && given !== null && !Array.isArray(given)) {
    return given as Record<string, unknown>;
  }
  return wrong("not a JSON object");
}
