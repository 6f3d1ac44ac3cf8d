import { InvalidArgumentError, type Option } from "commander";
import { UnrolledError } from "../errors.ts";
import type { Candidate, Value } from "../search/space.ts";
import type { Given } from "./given.ts";

const named = (options: readonly Option[], name: string) =>
  options.find((option) => option.attributeName() === name)!;

/** Returns an option value as a person would type it. If there is no value, returns an empty text. */
export function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(",");
  if (typeof value !== "object" || value === null) return String(value ?? "");
  return Object.values(value).map(textOf).join(":"); // the value is an activation with its parameters
}

/**
 * Parses a value of a search space in the way in which the command line parses the option `name`. If the text of the value is
 * empty, returns undefined.
 *
 * @throws ERR_VALUE if `train` would refuse the value
 */
export function optionValue(options: readonly Option[], name: string, value: Value): unknown {
  const option = named(options, name);
  const text = textOf(value);
  if (text === "") return undefined;
  const takesValue = option.required || option.optional;
  if (takesValue === (typeof value === "boolean")) {
    const expected = takesValue ? "a value" : "true or false";
    throw new UnrolledError("ERR_VALUE", `option '${option.flags}' is ${text}, expected ${expected}`);
  }
  try {
    return takesValue && option.parseArg ? option.parseArg(text, undefined) : value;
  } catch (cause) {
    if (!(cause instanceof InvalidArgumentError)) throw cause;
    throw new UnrolledError(
      "ERR_VALUE",
      `option '${option.flags}' argument '${text}' is invalid. ${cause.message}`,
      { cause },
    );
  }
}

/** Returns the option values of a candidate. @throws the errors of `optionValue` */
export function candidateValues(options: readonly Option[], candidate: Candidate): Given {
  const values = Object.entries(candidate).map(
    ([name, value]) => [name, optionValue(options, name, value)] as const,
  );
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

/** Checks a field of a search space. @throws ERR_VALUE if its option conflicts with an option that the user set */
export function checkConflicts(options: readonly Option[], field: string, given: Given): void {
  const conflicts = (name: string) =>
    (named(options, name) as { conflictsWith?: string[] }).conflictsWith ?? [];
  for (const name of Object.keys(given)) {
    if (!named(options, name)) continue;
    if (!conflicts(name).includes(field) && !conflicts(field).includes(name)) continue;
    const [one, other] = [name, field].map((name) => named(options, name).flags);
    throw new UnrolledError("ERR_VALUE", `option '${one}' cannot be used with option '${other}'`);
  }
}
