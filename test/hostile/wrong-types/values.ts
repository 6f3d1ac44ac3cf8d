import { UnrolledError } from "../../../src/errors.ts";

// biome-ignore lint/suspicious/noExplicitAny: values that no type allows
export type Any = any;

/** A public call: its name, arguments that are right, and the call. A name may have a suffix such as ": field". */
export type Row = readonly [name: string, args: () => readonly unknown[], call: (...args: Any[]) => unknown];

/** Makes the row of a method. @param name such as "Runtime.tensor" @param of returns the object */
export const method = (name: string, of: () => object, args: () => readonly unknown[]): Row => [
  name,
  args,
  (...given) => (of() as Any)[name.replace(/.*\./, "")](...given),
];

/** Makes the row of a property that can be set. */
export const setter = (name: string, of: () => object, value: () => unknown): Row => [
  name,
  () => [value()],
  (given) => {
    (of() as Any)[name.replace(/.*\./, "")] = given;
  },
];

/** The error of a getter of the caller's own. A call may pass it on. */
class OwnError extends Error {}

function throwing(): never {
  throw new OwnError("of a getter");
}

function circle(): unknown {
  const list: unknown[] = [];
  list.push(list);
  return list;
}

function circularObject(): unknown {
  const object: Record<string, unknown> = {};
  object.a = object;
  return object;
}

/** Values of all types. */
const VALUES: Readonly<Record<string, () => unknown>> = {
  undefined: () => undefined,
  null: () => null,
  true: () => true,
  0: () => 0,
  "-1": () => -1,
  0.5: () => 0.5,
  "2^31": () => 2 ** 31,
  "2^53": () => 2 ** 53,
  "1e308": () => 1e308,
  NaN: () => Number.NaN,
  Infinity: () => Number.POSITIVE_INFINITY,
  "5n": () => 5n,
  symbol: () => Symbol("s"),
  '""': () => "",
  '"text"': () => "text",
  "[]": () => [],
  "[1]": () => [1],
  "[null]": () => [null],
  "[symbol]": () => [Symbol("s")],
  "[5n]": () => [5n],
  "[2^53]": () => [2 ** 53],
  '["text"]': () => ["text"],
  "list of itself": circle,
  "{}": () => ({}),
  "{ a: null }": () => ({ a: null }),
  "object of itself": circularObject,
  "no prototype": () => Object.create(null),
  "throwing getter": () => Object.defineProperty({}, "a", { get: throwing, enumerable: true }),
  "list of a throwing getter": () => Object.defineProperty([], 0, { get: throwing, enumerable: true }),
  function: () => () => 1,
  class: () => class {},
  proxy: () => new Proxy({}, {}),
  "throwing proxy": () => new Proxy({}, { get: throwing, has: throwing, ownKeys: throwing }),
  "proxy of a function": () => new Proxy(() => 1, {}),
  Date: () => new Date(0),
  Map: () => new Map(),
  Uint8Array: () => new Uint8Array(2),
  Float64Array: () => new Float64Array(2),
  Int32Array: () => new Int32Array(2),
  BigInt64Array: () => new BigInt64Array(2),
  ArrayBuffer: () => new ArrayBuffer(2),
  Promise: () => Promise.resolve(1),
};

/**
 * Calls with each argument replaced by each value.
 *
 * @param others more values
 * @returns the errors that are neither an UnrolledError with a code nor one of the caller's own
 */
export async function wrongAnswers(
  [, args, call]: Row,
  others: Readonly<Record<string, () => unknown>>,
): Promise<string[]> {
  const found: string[] = [];
  const valid = args();
  for (let place = 0; place < valid.length; place++) {
    for (const [what, make] of Object.entries({ ...VALUES, ...others })) {
      if (typeof valid[place] === "function" && typeof make() === "function") continue; // of the right type
      const given = [...args()];
      given[place] = make();
      try {
        await call(...given);
      } catch (error) {
        if (error instanceof OwnError || (error instanceof UnrolledError && error.code)) continue;
        found.push(`argument ${place + 1}, ${what}: ${error}`);
      }
    }
  }
  return found;
}
