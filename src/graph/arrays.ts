import { UnrolledError } from "../errors.ts";
import { sizeOf } from "../runtime/shapes.ts";
import { show } from "../schema.ts";
import { type ElementType, isFloat, type Value, type ValueInfo } from "./graph.ts";
import { emptyValue } from "./values.ts";

/** Arrays that hold the numbers of an input: typed arrays or lists. */
export type Numbers = ArrayLike<number> | ArrayLike<bigint> | ArrayLike<boolean>;

/**
 * The numbers of an input in C order, with their shape if it does not follow from their count: an input `[batch, 2, 3]` with 12 numbers is
 * `[2, 2, 3]`. If several lengths are open, the last one gets what is left and the others are 1: one sequence. Inputs of floats take numbers, which become float32. Inputs of integers take whole
 * numbers of 32 bits, also as bigint. Inputs of bool take 0, 1, true and false.
 */
export type GraphInput =
  | Numbers
  | {
      /** The numbers in C order. */
      readonly data: Numbers;
      /** The length of each axis. */
      readonly shape: readonly number[];
    };

/** The numbers of an output in C order, and their shape. int64 is a BigInt64Array, bool a Uint8Array, float16 a Float32Array. */
export interface GraphOutput {
  /** A new array in each call. */
  readonly data:
    | Float32Array
    | Float64Array
    | Int8Array
    | Uint8Array
    | Int16Array
    | Uint16Array
    | Int32Array
    | Uint32Array
    | BigInt64Array
    | BigUint64Array;
  /** The length of each axis. */
  readonly shape: readonly number[];
}

/** Options of readers that fix what a file leaves open. */
export interface GraphOptions {
  /** Lengths of axes that the file only names, such as `{ batch: 1 }`. Default: each call may have others. */
  dims?: Readonly<Record<string, number>>;
  /**
   * Inputs that are the same in every call, such as `{ sr: 16000 }`: they are no longer in `inputs`. What depends on them alone is computed
   * once, and of an `If` that they decide only one branch is left. Default none.
   */
  constants?: Readonly<Record<string, GraphInput | number | bigint>>;
}

/** Makes the array of an output. */
const ARRAYS: Readonly<Record<ElementType, (data: Value["data"]) => GraphOutput["data"]>> = {
  float32: (data) => data.slice() as Float32Array,
  float16: (data) => Float32Array.from(data),
  bfloat16: (data) => Float32Array.from(data),
  float64: (data) => Float64Array.from(data),
  int8: (data) => Int8Array.from(data),
  uint8: (data) => Uint8Array.from(data),
  int16: (data) => Int16Array.from(data),
  uint16: (data) => Uint16Array.from(data),
  int32: (data) => data.slice() as Int32Array,
  uint32: (data) => Uint32Array.from(data),
  int64: (data) => BigInt64Array.from(Array.from(data, BigInt)),
  uint64: (data) => BigUint64Array.from(Array.from(data, BigInt)),
  bool: (data) => Uint8Array.from(data),
};

/** Turns a value into an output. */
export function outputOf({ dtype, shape, data }: Value): GraphOutput {
  return { data: ARRAYS[dtype](data), shape: [...shape] };
}

function fail(code: "ERR_SHAPE" | "ERR_VALUE" | "ERR_DTYPE", problem: string): never {
  throw new UnrolledError(code, problem);
}

/** Returns a shape as text: `[batch, ?, 3]`. */
export function shapeText(shape: ValueInfo["shape"]): string {
  return shape ? `[${shape.map((n) => n ?? "?").join(", ")}]` : "of any shape";
}

/** Returns the shape of `count` numbers for an input: the last open axis has what is left, others have 1. @throws ERR_SHAPE if they do not fit */
function shapeFor({ name, shape }: ValueInfo, count: number): number[] {
  const isOpen = (n: unknown) => typeof n !== "number";
  const known =
    shape?.reduce<number>((product, n) => (typeof n === "number" ? product * n : product), 1) ?? 1;
  const last = shape?.findLastIndex(isOpen) ?? -1;
  if (!shape || (last < 0 ? known !== count : known ? count % known : count)) {
    return fail(
      "ERR_SHAPE",
      `input ${show(name)}: ${count} numbers for ${shapeText(shape)}; give { data, shape }`,
    );
  }
  return shape.map((n, i) => (typeof n === "number" ? n : i === last ? count / (known || 1) : 1));
}

/** Returns the smallest and the largest integer of a type that are kept, which are those of 32 bits at most. */
export function rangeOf(dtype: ElementType): readonly [low: number, high: number] {
  const bits = dtype === "bool" ? 8 : Number(dtype.replace(/\D+/, ""));
  const unsigned = dtype === "bool" || dtype.startsWith("u");
  const end = 2 ** Math.min(unsigned ? bits : bits - 1, 31);
  return [unsigned ? 0 : -end, end - 1];
}

/** Returns a number, bigint or boolean as a number; NaN for others. */
const toNumber = (element: unknown): number =>
  typeof element === "number" || typeof element === "bigint" || typeof element === "boolean"
    ? Number(element)
    : Number.NaN;

/** Checks the numbers of an input, and returns them as a value. */
export function inputOf(info: ValueInfo, given: GraphInput | number | bigint): Value {
  const { name, dtype, shape: declared } = info;
  const single = typeof given === "number" || typeof given === "bigint";
  const labelled = typeof given === "object" && given !== null && "data" in given ? given : undefined;
  const data = single ? [given] : (labelled?.data ?? (given as Numbers));
  const length = (data as ArrayLike<unknown> | undefined)?.length;
  if (typeof data !== "object" || typeof length !== "number") {
    return fail(
      "ERR_VALUE",
      `input ${show(name)} is ${show(given)}, expected a typed array, or { data, shape }`,
    );
  }
  const shape: readonly number[] = labelled?.shape ?? (single ? [] : shapeFor(info, length));
  if (
    !Array.isArray(shape) ||
    !shape.every((n) => Number.isSafeInteger(n) && n >= 0) ||
    sizeOf(shape) !== length
  ) {
    return fail("ERR_SHAPE", `input ${show(name)}: ${length} numbers are not of shape ${show(shape)}`);
  }
  const fits =
    !declared ||
    (declared.length === shape.length && declared.every((n, i) => typeof n !== "number" || n === shape[i]));
  if (!fits && !(single && sizeOf(declared.map((n) => (typeof n === "number" ? n : 1))) === 1)) {
    return fail("ERR_SHAPE", `input ${show(name)} is [${shape}], expected ${shapeText(declared)}`);
  }
  if (dtype === "float32" && data instanceof Float32Array) return { dtype, shape, data };
  const value = emptyValue(dtype, single && declared ? declared.map(() => 1) : shape);
  if (isFloat(dtype)) {
    for (let i = 0; i < length; i++) {
      const number = data[i];
      if (typeof number !== "number")
        return fail("ERR_DTYPE", `input ${show(name)}: expected numbers of ${dtype}`);
      value.data[i] = number;
    }
    return value;
  }
  const [low, high] = rangeOf(dtype);
  for (let i = 0; i < length; i++) {
    const element = data[i];
    const number = toNumber(element);
    if (!Number.isInteger(number) || (dtype !== "bool" && (number < low || number > high))) {
      return fail(
        "ERR_VALUE",
        `input ${show(name)}: ${show(element)} at ${i}, expected whole numbers from ${low} to ${high} (${dtype})`,
      );
    }
    value.data[i] = dtype === "bool" ? Number(number !== 0) : number;
  }
  return value;
}
