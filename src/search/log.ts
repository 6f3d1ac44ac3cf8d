import { checkObject, checkObjects, checkText, checkThat } from "../checks.ts";
import { stringifyExactly } from "../data/exact-json.ts";
import { UnrolledError } from "../errors.ts";
import { numberFrom, object, oneOf, rule, whole } from "../schema.ts";
import type { Trial } from "./trial.ts";

const isObject = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
const isReport = (value: unknown) =>
  Array.isArray(value) && value.length === 2 && value.every((number) => Number.isFinite(number));

const trialSchema = () =>
  object({
    number: whole(1),
    candidate: rule<Trial["candidate"]>("an object", isObject),
    losses: rule<Trial["losses"]>(
      "a list of [iteration, loss]",
      (value) => Array.isArray(value) && value.every(isReport),
    ),
    best: rule<number | null>("a number or null", (value) => value === null || Number.isFinite(value)),
    seconds: numberFrom(0),
    status: oneOf(["done", "stopped", "failed"]),
    error: rule<string | undefined>("a text", (value) => value === undefined || typeof value === "string"),
  } satisfies Record<keyof Trial, unknown>);

/**
 * Writes the log of a search as lines of JSON. The first line is the header, and each other line is a trial.
 *
 * @param header everything that the losses depend on, such as the search's space, method, seed and data
 */
export function serializeSearchLog(header: object, trials: readonly Trial[]): string {
  checkObjects("trials", trials);
  checkThat("serializeSearchLog: header", header, !ArrayBuffer.isView(header), "an object");
  return [{ search: checkObject("serializeSearchLog", header, "header is") }, ...trials]
    .map((line) => `${stringifyExactly(line)}\n`)
    .join("");
}

/** Says in which field a stored header differs from that of this search: "seed is 1, not 2"; undefined if they agree. */
export function differenceOf(stored: object, header: object): string | undefined {
  const was: Readonly<Record<string, unknown>> = { ...stored };
  const is: Readonly<Record<string, unknown>> = JSON.parse(stringifyExactly(header));
  const textOf = (value: unknown) => JSON.stringify(value) ?? "missing";
  for (const field of new Set([...Object.keys(was), ...Object.keys(is)])) {
    const [one, other] = [textOf(was[field]), textOf(is[field])];
    if (one !== other) return `${field} is ${one}, not ${other}`;
  }
  return undefined;
}

/**
 * Reads the trials of a log.
 *
 * @param header the header that the log must have
 * @throws ERR_FORMAT naming the line if the text is not a log, ERR_STATE if the log belongs to a different search
 */
export function parseSearchLog(text: string, header: object): Trial[] {
  checkObject("parseSearchLog", header, "header is");
  const lines = checkText("the log", text).replace(/\n$/, "").split("\n");
  const [first, ...trials] = lines.map((line, i) => {
    try {
      return JSON.parse(line);
    } catch (cause) {
      throw new UnrolledError("ERR_FORMAT", `line ${i + 1}: not JSON, so this is not the log of a search`, {
        cause,
      });
    }
  });
  if (!isObject(first) || !isObject(first.search)) {
    throw new UnrolledError("ERR_FORMAT", "line 1: not the first line of a search log");
  }
  const difference = differenceOf(first.search, header);
  if (difference) {
    throw new UnrolledError(
      "ERR_STATE",
      `the log of another search: its ${difference}; use another file for this search`,
    );
  }
  return trials.map((trial, i) => {
    try {
      const checked = trialSchema().check(trial, "trial");
      if (checked.number === i + 1 && (checked.best !== null || checked.status === "failed")) return checked;
    } catch (cause) {
      throw new UnrolledError("ERR_FORMAT", `line ${i + 2}: ${(cause as Error).message}`, { cause });
    }
    throw new UnrolledError("ERR_FORMAT", `line ${i + 2}: expected trial number ${i + 1} with its best loss`);
  });
}
