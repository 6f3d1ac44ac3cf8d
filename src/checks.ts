import { type ErrorCode, UnrolledError } from "./errors.ts";

/** @throws `code` unless a whole number of at least `least`; `name` says which */
export function checkWhole(name: string, value: number, least = 0, code: ErrorCode = "ERR_VALUE"): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new UnrolledError(code, `${name} is ${value}, expected a whole number from ${least} on`);
}

/** @throws ERR_VALUE unless 0 <= value < 1 */
export function checkDropout(name: string, value: number): number {
  if (value >= 0 && value < 1) return value;
  throw new UnrolledError("ERR_VALUE", `${name} is ${value}, expected 0 <= p < 1`);
}

/** @throws ERR_VALUE unless a number from 0 on */
export function checkEps(name: string, eps: number): number {
  if (eps >= 0 && eps < Number.POSITIVE_INFINITY) return eps;
  throw new UnrolledError("ERR_VALUE", `${name}: eps is ${eps}, expected a number from 0 on`);
}

/** @throws ERR_VALUE where options that have no default are missing */
export function checkOptions<T>(name: string, options: T): T {
  if (options && typeof options === "object") return options;
  throw new UnrolledError("ERR_VALUE", `${name}: options are ${String(options)}, expected an object`);
}
