import { checkText } from "../checks.ts";
import { type ErrorCode, UnrolledError } from "../errors.ts";

/**
 * A number as it is written, because JavaScript would change its digits: a whole number beyond 2^53 that a float64 does not hold, or
 * one that is too large, such as 1e400.
 */
export class WrittenNumber {
  /** The number as the text has it. */
  readonly digits: string;

  /** Keeps a number. @param digits as the text has it */
  constructor(digits: string) {
    this.digits = digits;
  }

  /** Returns the digits. */
  toString(): string {
    return this.digits;
  }
}

/** Calls `JSON.parse` or `JSON.stringify`. @throws `code` if it throws */
function attempt<T>(code: ErrorCode, call: () => T): T {
  try {
    return call();
  } catch (cause) {
    throw new UnrolledError(code, `JSON: ${(cause as Error).message}`, { cause });
  }
}

/** A string or a number of JSON. */
const LITERAL = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

function isChanged(literal: string): boolean {
  const value = Number(literal);
  return !Number.isFinite(value) || (/^-?\d+$/.test(literal) && BigInt(literal) !== BigInt(value));
}

/** Returns a text that begins no string of a JSON text, also if they are written with escapes. */
const markFor = (json: string): string => "\ue000".repeat((json.match(/\ue000|\\ue000/gi)?.length ?? 0) + 1);

/**
 * Parses JSON like `JSON.parse`, but gives a `WrittenNumber` for a number that would change.
 *
 * @throws ERR_FORMAT if it is not JSON, ERR_VALUE if it is not a text
 *
 * @example
 * ```js
 * const row = parseExactly('{"id":12345678901234567890,"n":2}');
 * console.log(String(row.id), row.n); // 12345678901234567890 2
 * console.log(stringifyExactly(row)); // {"id":12345678901234567890,"n":2}
 * ```
 */
export function parseExactly(json: string): unknown {
  checkText("json", json);
  if (!/\d{16}|e\+?\d{3}/i.test(json)) return attempt("ERR_FORMAT", () => JSON.parse(json));
  const mark = markFor(json);
  const marked = json.replace(LITERAL, (literal) =>
    !literal.startsWith('"') && isChanged(literal) ? `"${mark}${literal}"` : literal,
  );
  return attempt("ERR_FORMAT", () =>
    JSON.parse(marked, (_, value) =>
      typeof value === "string" && value.startsWith(mark)
        ? new WrittenNumber(value.slice(mark.length))
        : value,
    ),
  );
}

/**
 * Writes JSON like `JSON.stringify`, but with the digits of a `WrittenNumber`. `JSON.rawJSON` does so from Node 22 on.
 *
 * @throws ERR_VALUE if JSON lacks such a value, such as a BigInt or an object that contains itself
 */
export function stringifyExactly(value: unknown): string {
  let found = false;
  const write = (mark: string) =>
    JSON.stringify(value, (_, part) => {
      if (!(part instanceof WrittenNumber)) return part;
      found = true;
      return mark + part.digits;
    });
  const plain = attempt("ERR_VALUE", () => write(""));
  if (!found) return plain;
  const mark = markFor(plain);
  return write(mark).replaceAll(new RegExp(`"${mark}([^"]*)"`, "g"), "$1");
}
