import { type ErrorCode, UnrolledError } from "./errors.ts";
import { type Field, fraction, numberFrom, oneOf, whole } from "./schema.ts";

/** @throws `code` unless the value is what the rule says; `name` says which */
export function checkValue<T>(
  name: string,
  value: T,
  { expected, test }: Field<unknown>,
  code: ErrorCode = "ERR_VALUE",
): T {
  if (test(value)) return value;
  throw new UnrolledError(code, `${name} is ${String(value)}, expected ${expected}`);
}

/** @throws `code` unless a whole number of at least `least`; `name` says which */
export function checkWhole(name: string, value: number, least = 0, code: ErrorCode = "ERR_VALUE"): number {
  return checkValue(name, value, whole(least), code);
}

/** @throws ERR_VALUE unless 0 <= value < 1 */
export function checkDropout(name: string, value: number): number {
  return checkValue(name, value, { ...fraction(), expected: "0 <= p < 1" });
}

/** @throws ERR_VALUE unless a number from 0 on */
export function checkEps(name: string, eps: number): number {
  return checkValue(`${name}: eps`, eps, numberFrom(0));
}

/** @throws ERR_VALUE where options that have no default are missing */
export function checkOptions<T>(name: string, options: T): T {
  if (options && typeof options === "object") return options;
  throw new UnrolledError("ERR_VALUE", `${name}: options are ${String(options)}, expected an object`);
}

/** @throws ERR_VALUE unless one of `allowed` */
export function checkChoice<T extends string>(name: string, value: T, allowed: readonly T[]): T {
  return checkValue(name, value, oneOf(allowed));
}
