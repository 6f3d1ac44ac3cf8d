import { checkTexts } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import { checkNames } from "../options.ts";
import { flag, number, object, oneOf, show } from "../schema.ts";

/** A value to try for a setting of a model or its training, as JSON. */
export type Value = string | number | boolean | null | readonly (string | number)[];

/** A range of numbers from `min` to `max`, both included. If `whole` is false, numbers have three significant digits. */
export interface Range {
  /** The smallest number. */
  readonly min: number;
  /** The largest number, at least `min`. */
  readonly max: number;
  /**
   * `linear` (default) draws uniform numbers. `log` draws numbers with uniform logarithms, so 1 to 10 is as likely as 10 to 100.
   * For `log`, `min` must be above 0.
   */
  readonly scale?: "linear" | "log";
  /** Whether to draw whole numbers only. Default false. */
  readonly whole?: boolean;
}

/** The space to search, as plain JSON. Each field has a list of values to choose from, or a range. */
export type SearchSpace = Readonly<Record<string, readonly Value[] | Range>>;

/** One value for each field of a space. */
export type Candidate = Readonly<Record<string, Value>>;

const rangeSchema = () =>
  object({
    min: number(),
    max: number(),
    scale: oneOf(["linear", "log"]).default("linear"),
    whole: flag().default(false),
  } satisfies Record<keyof Range, unknown>);

const isPlain = (value: unknown) => value === null || ["string", "number", "boolean"].includes(typeof value);
const isValue = (value: unknown) => isPlain(value) || (Array.isArray(value) && value.every(isPlain));

type Dimension = SearchSpace[string];
const isList = (dimension: Dimension): dimension is readonly Value[] => Array.isArray(dimension);
const refuse = (problem: string): never => {
  throw new UnrolledError("ERR_VALUE", `space: ${problem}`);
};

function checkDimension(field: string, given: unknown): Dimension {
  if (Array.isArray(given)) {
    if (given.length === 0) refuse(`${field} is an empty list, expected values to choose from`);
    const strange = given.find((value) => !isValue(value));
    if (strange !== undefined) {
      refuse(`${field} lists ${show(strange)}, expected texts, numbers, true, false, null or lists of them`);
    }
    const seen = new Set<string>();
    const texts = given.map((value) => JSON.stringify(value));
    const twice = texts.find((text) => seen.size === seen.add(text).size);
    return twice === undefined ? given : refuse(`${field} lists ${twice} twice`);
  }
  if (typeof given !== "object" || given === null) {
    refuse(`${field} is ${show(given)}, expected a list of values or {"min": .., "max": ..}`);
  }
  const range = rangeSchema().check(given, `space: ${field}`);
  const { min, max, scale, whole } = range;
  if (min > max) refuse(`${field}: min ${min} is above max ${max}`);
  if (scale === "log" && min <= 0) refuse(`${field}: min is ${min}, expected above 0 on a log scale`);
  if (whole && !(Number.isSafeInteger(min) && Number.isSafeInteger(max))) {
    refuse(`${field}: min ${min} and max ${max}, expected whole numbers`);
  }
  return range;
}

/**
 * Checks a space.
 *
 * @param given the space
 * @param fields names that fields may have; by default, any name is allowed
 * @returns the space, with defaults filled in for its ranges
 * @throws ERR_VALUE naming the field, what is wrong and what is expected
 */
export function checkSpace(given: unknown, fields?: readonly string[]): SearchSpace {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    return refuse(`${show(given)}, expected an object with a list or a range for each field`);
  }
  const all = Object.entries(given);
  if (all.length === 0) refuse("there is no field to search over");
  if (fields) checkTexts("checkSpace: fields", fields);
  if (fields) checkNames("space", given, fields, "field");
  return Object.fromEntries(all.map(([field, dimension]) => [field, checkDimension(field, dimension)]));
}

/** Counts the candidates. The count is infinite if a range is not limited to whole numbers. */
export function countCandidates(space: SearchSpace): number {
  const sizes = Object.values(checkSpace(space)).map((dimension) => {
    if (isList(dimension)) return dimension.length;
    return dimension.whole ? dimension.max - dimension.min + 1 : Number.POSITIVE_INFINITY;
  });
  return sizes.reduce((product, size) => product * size, 1);
}

/**
 * Computes base^u, where u is in [0, 1) and has 32 bits. Uses only products and square roots: unlike `Math.pow`, these operations
 * give the same bits in every JavaScript engine.
 */
function power(base: number, u: number): number {
  let result = 1;
  for (let rest = u * 2, root = Math.sqrt(base); rest > 0; rest *= 2, root = Math.sqrt(root)) {
    if (rest < 1) continue;
    result *= root;
    rest -= 1;
  }
  return result;
}

function inRange({ min, max, whole }: Range, value: number): number {
  return Math.min(max, Math.max(min, whole ? Math.floor(value) : Number(value.toPrecision(3))));
}

/** Returns a value of a list or range. @param u position of the value, from 0 (the first value) to just below 1 (the last) */
function valueAt(dimension: Dimension, u: number): Value {
  if (isList(dimension)) return dimension[Math.floor(u * dimension.length)]!;
  const { min, max, scale, whole } = dimension;
  const end = whole ? max + 1 : max;
  return inRange(dimension, scale === "log" ? min * power(end / min, u) : min + u * (end - min));
}

/** Draws a value for each field. @param random returns numbers in [0, 1) */
export function drawCandidate(space: SearchSpace, random: () => number): Candidate {
  return Object.fromEntries(
    Object.entries(space).map(([field, dimension]) => [field, valueAt(dimension, random())]),
  );
}

/**
 * Maximum change of a number by a mutation, as a fraction of max - min. With the scale `log`, it is the maximum change of the
 * logarithm, as a fraction of log(max) - log(min).
 */
const REACH = 0.25;

function mutated(dimension: Dimension, value: Value, u: number): Value {
  if (isList(dimension)) {
    const others = dimension.filter((other) => JSON.stringify(other) !== JSON.stringify(value));
    return others.length ? valueAt(others, u) : value;
  }
  const { min, max, scale, whole } = dimension;
  const [from, up, far] = [value as number, u >= 0.5, Math.abs(2 * u - 1) * REACH];
  const factor = power(max / min, far);
  const step = far * (max - min);
  const there = scale === "log" ? (up ? from * factor : from / factor) : from + (up ? step : -step);
  if (!whole) return inRange(dimension, there);
  return inRange(dimension, up ? Math.max(from + 1, there + 0.5) : Math.min(from - 1, there + 0.5));
}

/** Changes one random field. The new value is another value of the field's list, or a nearby value in its range. */
export function mutate(space: SearchSpace, candidate: Candidate, random: () => number): Candidate {
  const fields = Object.keys(space);
  const field = fields[Math.floor(random() * fields.length)]!;
  return { ...candidate, [field]: mutated(space[field]!, candidate[field]!, random()) };
}

/** Makes a child that takes each field from parent `a` or `b`, with equal probability. */
export function crossover(a: Candidate, b: Candidate, random: () => number): Candidate {
  return Object.fromEntries(
    Object.entries(a).map(([field, value]) => [field, random() < 0.5 ? value : b[field]!]),
  );
}
