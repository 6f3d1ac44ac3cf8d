import { UnrolledError } from "./errors.ts";
import { checkNames } from "./options.ts";

/** What a field must be, in words and as a test. */
export type Field = readonly [expected: string, test: (value: unknown) => boolean];

function number(expected: string, test: (value: number) => boolean): Field {
  return [expected, (value) => Number.isFinite(value) && test(value as number)];
}

export const wholeFrom = (least: number): Field =>
  number(`a whole number from ${least} on`, (value) => Number.isSafeInteger(value) && value >= least);
export const wholeUpTo = (most: number): Field =>
  number(
    `a whole number from 1 to ${most}`,
    (value) => Number.isSafeInteger(value) && value >= 1 && value <= most,
  );
export const numberFrom = (least: number): Field =>
  number(`a number from ${least} on`, (value) => value >= least);
export const finite: Field = number("a number", () => true);
export const positive: Field = number("a number above 0", (value) => value > 0);
export const fraction: Field = number("a number from 0 to below 1", (value) => value >= 0 && value < 1);
export const share: Field = number("a number from 0 to 1", (value) => value >= 0 && value <= 1);
export const oneOf = (...allowed: readonly string[]): Field => [
  allowed.join(" or "),
  (value) => allowed.includes(value as string),
];
export const flag: Field = ["true or false", (value) => typeof value === "boolean"];
export const listOf = ([expected, test]: Field): Field => [
  `a list, each entry ${expected}`,
  (value) => Array.isArray(value) && value.every(test),
];

/** JSON has no NaN and no infinity. */
const show = (value: unknown) => (typeof value === "number" ? String(value) : JSON.stringify(value));

/**
 * Checks plain JSON that came from outside, field by field. Fields that are missing take their defaults, where there are.
 *
 * @returns what was given, completed
 * @throws ERR_VALUE naming the field, what was given and what is expected
 */
export function checkFields<T extends object>(
  what: string,
  given: unknown,
  fields: Readonly<Record<keyof T, Field>>,
  defaults: Partial<T> = {},
): T {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new UnrolledError("ERR_VALUE", `${what}: ${JSON.stringify(given)}, expected an object`);
  }
  const missing = Object.entries(defaults).filter(([field]) => !Object.hasOwn(given, field));
  const whole: Record<string, unknown> = { ...given, ...Object.fromEntries(missing) };
  for (const [field, [expected, test]] of Object.entries<Field>(fields)) {
    if (!test(whole[field])) {
      throw new UnrolledError(
        "ERR_VALUE",
        `${what}: ${field} is ${show(whole[field])}, expected ${expected}`,
      );
    }
  }
  checkNames(what, given, Object.keys(fields), "field");
  return whole as T;
}
