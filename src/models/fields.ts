import { UnrolledError } from "../errors.ts";

/** What a field must be, in words and as a test. */
export type Field = readonly [expected: string, test: (value: unknown) => boolean];

function number(expected: string, test: (value: number) => boolean): Field {
  return [expected, (value) => Number.isFinite(value) && test(value as number)];
}

export const wholeFrom = (least: number): Field =>
  number(`a whole number from ${least} on`, (value) => Number.isSafeInteger(value) && value >= least);
export const numberFrom = (least: number): Field =>
  number(`a number from ${least} on`, (value) => value >= least);
export const positive: Field = number("a number above 0", (value) => value > 0);
export const fraction: Field = number("a number from 0 to below 1", (value) => value >= 0 && value < 1);
export const oneOf = (...allowed: readonly string[]): Field => [
  allowed.join(" or "),
  (value) => allowed.includes(value as string),
];

/**
 * Checks plain JSON that came from outside, field by field.
 *
 * @param defaults of fields that may be missing
 * @returns all fields, in a new object
 * @throws ERR_VALUE naming the field, what was given and what is expected
 */
export function checkFields<T>(
  what: string,
  given: unknown,
  fields: Readonly<Record<keyof T, Field>>,
  defaults: Partial<T> = {},
): T {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new UnrolledError("ERR_VALUE", `${what}: ${JSON.stringify(given)}, expected an object`);
  }
  const all = { ...defaults, ...given } as Record<string, unknown>;
  for (const [field, [expected, test]] of Object.entries<Field>(fields)) {
    const value = all[field];
    if (!test(value)) {
      throw new UnrolledError(
        "ERR_VALUE",
        `${what}: ${field} is ${JSON.stringify(value)}, expected ${expected}`,
      );
    }
  }
  const unknown = Object.keys(given).find((field) => !Object.hasOwn(fields, field));
  if (unknown !== undefined) throw new UnrolledError("ERR_VALUE", `${what}: unknown field ${unknown}`);
  return all as T;
}
