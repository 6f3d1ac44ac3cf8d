import { UnrolledError } from "../errors.ts";
import { checkNames } from "../options.ts";
import { checkFields, type Field, finite, flag, oneOf } from "../schema.ts";

/** What a field of a spec or a recipe may hold, as JSON. */
export type Value = string | number | boolean | null | readonly (string | number)[];

/** Numbers from `min` to `max`, both included; not whole ones have three significant digits. */
export interface Range {
  readonly min: number;
  readonly max: number;
  /** `log`: every factor is as likely as its like, 1 to 10 as 10 to 100; then `min` is above 0. Default `linear`. */
  readonly scale?: "linear" | "log";
  /** Whole numbers only. Default false. */
  readonly whole?: boolean;
}

/** What is searched, as plain JSON: for each field the values to choose from, or a range. */
export type SearchSpace = Readonly<Record<string, readonly Value[] | Range>>;

/** A value for each field of a space. */
export type Candidate = Readonly<Record<string, Value>>;

const RANGE_FIELDS: Record<keyof Range, Field> = {
  min: finite,
  max: finite,
  scale: oneOf("linear", "log"),
  whole: flag,
};

type Dimension = SearchSpace[string];
const isList = (dimension: Dimension): dimension is readonly Value[] => Array.isArray(dimension);
const refuse = (problem: string): never => {
  throw new UnrolledError("ERR_VALUE", `space: ${problem}`);
};

function checkDimension(field: string, given: unknown): Dimension {
  if (Array.isArray(given)) {
    if (given.length === 0) refuse(`${field} is an empty list, expected values to choose from`);
    const texts = given.map((value) => JSON.stringify(value));
    const twice = texts.find((text, i) => texts.indexOf(text) < i);
    return twice === undefined ? given : refuse(`${field} lists ${twice} twice`);
  }
  if (typeof given !== "object" || given === null) {
    refuse(`${field} is ${JSON.stringify(given)}, expected a list of values or {"min": .., "max": ..}`);
  }
  const range = checkFields<Required<Range>>(`space: ${field}`, given, RANGE_FIELDS, {
    scale: "linear",
    whole: false,
  });
  const { min, max, scale, whole } = range;
  if (min > max) refuse(`${field}: min ${min} is above max ${max}`);
  if (scale === "log" && min <= 0) refuse(`${field}: min is ${min}, expected above 0 on a log scale`);
  if (whole && !(Number.isSafeInteger(min) && Number.isSafeInteger(max))) {
    refuse(`${field}: min ${min} and max ${max}, expected whole numbers`);
  }
  return range;
}

/**
 * @param fields the fields that there are; default any
 * @returns the space, its ranges completed
 * @throws ERR_VALUE naming the field, what is wrong and what is expected
 */
export function checkSpace(given: unknown, fields?: readonly string[]): SearchSpace {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    return refuse(`${JSON.stringify(given)}, expected an object with a list or a range for each field`);
  }
  const all = Object.entries(given);
  if (all.length === 0) refuse("there is no field to search over");
  if (fields) checkNames("space", given, fields, "field");
  return Object.fromEntries(all.map(([field, dimension]) => [field, checkDimension(field, dimension)]));
}

/** How many candidates there are; infinite with a range of numbers that are not whole. */
export function countCandidates(space: SearchSpace): number {
  const sizes = Object.values(space).map((dimension) => {
    if (isList(dimension)) return dimension.length;
    return dimension.whole ? dimension.max - dimension.min + 1 : Number.POSITIVE_INFINITY;
  });
  return sizes.reduce((product, size) => product * size, 1);
}

/** base^u for u from 0 to below 1 with 32 bits, from square roots alone: the same bits in every engine. */
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

/** @param u from 0 to below 1 */
function valueAt(dimension: Dimension, u: number): Value {
  if (isList(dimension)) return dimension[Math.floor(u * dimension.length)]!;
  const { min, max, scale, whole } = dimension;
  const end = whole ? max + 1 : max;
  return inRange(dimension, scale === "log" ? min * power(end / min, u) : min + u * (end - min));
}

/** @param random numbers from 0 to below 1 */
export function drawCandidate(space: SearchSpace, random: () => number): Candidate {
  return Object.fromEntries(
    Object.entries(space).map(([field, dimension]) => [field, valueAt(dimension, random())]),
  );
}

/** How far a mutation goes at most, as a share of the range. */
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

/** One field, drawn at random, takes another value: a list's any other, a range's one near by. */
export function mutate(space: SearchSpace, candidate: Candidate, random: () => number): Candidate {
  const fields = Object.keys(space);
  const field = fields[Math.floor(random() * fields.length)]!;
  return { ...candidate, [field]: mutated(space[field]!, candidate[field]!, random()) };
}

/** Each field from one parent or the other. */
export function crossover(a: Candidate, b: Candidate, random: () => number): Candidate {
  return Object.fromEntries(
    Object.entries(a).map(([field, value]) => [field, random() < 0.5 ? value : b[field]!]),
  );
}
