import { type ErrorCode, UnrolledError } from "./errors.ts";
import { checkNames } from "./options.ts";
import { type Field, fraction, numberFrom, oneOf, show, whole } from "./schema.ts";

/** Returns the value. @throws `code` unless the value obeys the rule */
export function checkValue<T>(
  name: string,
  value: T,
  { expected, test }: Field<unknown>,
  code?: ErrorCode,
): T {
  return checkThat(name, value, test(value), expected, code);
}

/**
 * Returns the value. Allocates nothing if it is right, so streams can call it at every step.
 *
 * @param expected says in words what is right
 * @throws `code` unless `right` is true
 */
export function checkThat<T>(
  name: string,
  value: T,
  right: boolean,
  expected: string,
  code: ErrorCode = "ERR_VALUE",
): T {
  if (right) return value;
  throw new UnrolledError(code, `${name} is ${show(value)}, expected ${expected}`);
}

/** Returns the value. @throws ERR_VALUE unless it is a text */
export function checkText(name: string, value: string): string {
  return checkThat(name, value, typeof value === "string", "a text");
}

/** Returns the value. @throws ERR_VALUE unless it is an array or a typed array */
export function checkList<T extends ArrayLike<unknown>>(name: string, value: T): T {
  return checkThat(name, value, Array.isArray(value) || ArrayBuffer.isView(value), "a list");
}

/** Checks that each entry of a list is a number. A typed array of numbers is not read. @throws ERR_VALUE unless it is so */
export function checkNumbers(name: string, list: ArrayLike<unknown>): void {
  if (ArrayBuffer.isView(list) && typeof list[0] !== "bigint") return;
  for (let i = 0; i < list.length; i++) {
    checkThat(`${name}[${i}]`, list[i], typeof list[i] === "number", "a number");
  }
}

/** Returns the value. @throws ERR_VALUE unless it is a list whose entries pass `test` @param entry says in words what passes */
export function checkEntries<T extends ArrayLike<unknown>>(
  name: string,
  value: T,
  test: (entry: unknown) => boolean,
  entry: string,
): T {
  const list: readonly unknown[] = Array.from(checkList(name, value));
  const wrong = list.findIndex((one) => !test(one));
  if (wrong >= 0) checkThat(`${name}[${wrong}]`, list[wrong], false, entry);
  return value;
}

/** Returns the value. @throws ERR_VALUE unless it is a list of objects */
export function checkObjects<T extends ArrayLike<unknown>>(name: string, value: T): T {
  return checkEntries(name, value, (entry) => typeof entry === "object" && entry !== null, "an object");
}

/** Returns the value. @throws ERR_VALUE unless it is a list of texts */
export function checkTexts<T extends ArrayLike<unknown>>(name: string, value: T): T {
  return checkEntries(name, value, (entry) => typeof entry === "string", "a text");
}

/** Returns the value. @throws ERR_VALUE unless it is iterable, at once or asynchronously */
export function checkIterable<T>(name: string, value: T): T {
  const iterable = [Symbol.iterator, Symbol.asyncIterator].some((name) => name in Object(value));
  return checkThat(name, value, iterable, "something iterable, such as a list");
}

/** Returns the value. @throws ERR_VALUE unless it is a function */
export function checkFunction<T>(name: string, value: T): T {
  return checkThat(name, value, typeof value === "function", "a function");
}

/** Returns the value. @throws ERR_VALUE unless it is an object of the class @param expected says in words what it is */
export function checkInstance<T>(
  name: string,
  value: T,
  // biome-ignore lint/suspicious/noExplicitAny: a class of any parameters
  type: abstract new (...parameters: any) => unknown,
  expected: string,
): T {
  return checkThat(name, value, value instanceof type, expected);
}

/** Returns the value. @throws `code` unless the value is a whole number >= `least` */
export function checkWhole(name: string, value: number, least = 0, code: ErrorCode = "ERR_VALUE"): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  return checkValue(name, value, whole(least), code);
}

/** Returns the value. Infinity is allowed. @throws ERR_VALUE unless the value is at least `least` */
export function checkAtLeast(name: string, value: number, least = 0): number {
  if (typeof value === "number" && value >= least) return value;
  return checkThat(name, value, false, `at least ${least}`);
}

/** Checks an index, without allocating memory. @throws ERR_VALUE unless `index` is a whole number from 0 to `count` - 1 */
export function checkIndex(name: string, index: number, count: number): void {
  if (Number.isInteger(index) && index >= 0 && index < count) return;
  throw new UnrolledError("ERR_VALUE", `${name} is ${show(index)}, expected 0 to ${count - 1}`);
}

/** Returns the value. @throws ERR_VALUE unless 0 <= value < 1 */
export function checkDropout(name: string, value: number): number {
  return checkValue(name, value, { ...fraction(), expected: "0 <= p < 1" });
}

/** Returns `eps`. @throws ERR_VALUE unless `eps` is a finite number >= 0 */
export function checkEps(name: string, eps: number): number {
  return checkValue(`${name}: eps`, eps, numberFrom(0));
}

/** Returns `given`. @throws ERR_VALUE if it is not an object, or if it is an array */
export function checkObject<T>(name: string, given: T, what = "options are"): T {
  if (given && typeof given === "object" && !Array.isArray(given)) return given;
  const shown = Array.isArray(given) ? "an array" : show(given);
  throw new UnrolledError("ERR_VALUE", `${name}: ${what} ${shown}, expected an object`);
}

/**
 * Fills in the defaults of options. Only options with a name in `defaults` are allowed.
 *
 * @throws ERR_VALUE if a name is unknown, or if `options` is not an object
 */
export function completeOptions<T extends object>(what: string, options: Partial<T>, defaults: T): T {
  checkNames(what, checkObject(what, options), Object.keys(defaults));
  return { ...defaults, ...options };
}

/** The words of a string type, as a union: "a b" becomes "a" | "b". */
type Words<S extends string> = S extends ""
  ? never
  : S extends `${infer First} ${infer Rest}`
    ? First | Words<Rest>
    : S;

/** Names that are in A or in B but not in both. It is `never` if A and B are equal. */
type Differing<A extends string, B extends string> = Exclude<A, B> | Exclude<B, A>;

/**
 * Checks the names of options, so that a misspelt option is an error.
 *
 * @param what prefix of error messages, such as "nn.LSTM"
 * @param names all names of the type T, separated by spaces. If a name is missing or not in T, the call does not compile.
 * @throws ERR_VALUE if a name is unknown, or if `options` is not an object
 */
export function checkOptions<T, const Names extends string>(
  what: string,
  options: T,
  names: Names & ([Differing<keyof T & string, Words<Names>>] extends [never] ? unknown : never),
): T {
  checkNames(what, checkObject(what, options) as T & object, names ? names.split(" ") : []);
  return options;
}

/** Returns the value. @throws ERR_VALUE unless the value is one of `allowed` */
export function checkChoice<T extends string>(name: string, value: T, allowed: readonly T[]): T {
  return checkValue(name, value, oneOf(allowed));
}
