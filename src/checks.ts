import { type ErrorCode, UnrolledError } from "./errors.ts";
import { checkNames } from "./options.ts";
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

/** @throws ERR_VALUE unless an object that is not an array */
export function checkObject<T>(name: string, given: T, what = "options are"): T {
  if (given && typeof given === "object" && !Array.isArray(given)) return given;
  const shown = Array.isArray(given) ? "an array" : String(given);
  throw new UnrolledError("ERR_VALUE", `${name}: ${what} ${shown}, expected an object`);
}

/**
 * Completes options, whose names are those of their defaults.
 *
 * @throws ERR_VALUE for an unknown name, or what is not an object
 */
export function completeOptions<T extends object>(what: string, options: Partial<T>, defaults: T): T {
  checkNames(what, checkObject(what, options), Object.keys(defaults));
  return { ...defaults, ...options };
}

/** The words of a string. */
type Words<S extends string> = S extends ""
  ? never
  : S extends `${infer First} ${infer Rest}`
    ? First | Words<Rest>
    : S;

/** Names that are in one of two sets alone. */
type Differing<A extends string, B extends string> = Exclude<A, B> | Exclude<B, A>;

/**
 * Refuses options with unknown names, so that a misspelt one is not ignored.
 *
 * @param what begins the message, such as "nn.LSTM"
 * @param names all names that the options' type has, separated by spaces; does not compile if one is missing, or one too many
 * @throws ERR_VALUE for an unknown name, or what is not an object
 */
export function checkOptions<T, const Names extends string>(
  what: string,
  options: T,
  names: Names & ([Differing<keyof T & string, Words<Names>>] extends [never] ? unknown : never),
): T {
  checkNames(what, checkObject(what, options) as T & object, names ? names.split(" ") : []);
  return options;
}

/** @throws ERR_VALUE unless one of `allowed` */
export function checkChoice<T extends string>(name: string, value: T, allowed: readonly T[]): T {
  return checkValue(name, value, oneOf(allowed));
}
