import { shown } from "../../errors.ts";
import { ELEMENT_TYPES, type ElementType, isFloat, TYPE_CODES, type Value } from "../../graph/graph.ts";
import { copied, fromFloat16, viewed } from "../../io/dtypes.ts";
import { fail } from "./fail.ts";
import type { TensorProto } from "./messages.ts";

/** Returns the type of elements with a number in ONNX. @throws ERR_FORMAT if there is none, or none that is read */
export function elementType(code: number | undefined, what: string): ElementType {
  const name = TYPE_CODES[code ?? 0];
  const type = ELEMENT_TYPES.find((type) => type === name);
  return type ?? fail(`${what} has elements of type ${name ?? code}, expected ${ELEMENT_TYPES.join(", ")}`);
}

/** Returns the number of a type of elements in ONNX. */
export const typeCode = (type: ElementType): number => TYPE_CODES.indexOf(type);

const bitsOf = (type: ElementType) => (type === "bool" ? 8 : Number(type.replace(/\D+/, "")));

/** Reads words of 64 bits as numbers, which are rounded beyond 2^53. */
function wide(bytes: Uint8Array, signed: boolean): Float64Array {
  const words = copied(Int32Array, bytes);
  return new Float64Array(words.length / 2).map((_, i) => {
    const high = words[2 * i + 1]!;
    return (signed ? high : high >>> 0) * 2 ** 32 + (words[2 * i]! >>> 0);
  });
}

/** Arrays of elements as they lie in `rawData`. Others are read as their bits. */
const ARRAYS: Partial<Record<ElementType, unknown>> = {
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  bool: Uint8Array,
  uint8: Uint8Array,
};

function rawNumbers(type: ElementType, bytes: Uint8Array): ArrayLike<number> {
  if (type.endsWith("64") && type !== "float64") return wide(bytes, type === "int64");
  if (type === "float32") return viewed(bytes) ?? copied(Float32Array, bytes);
  return copied((ARRAYS[type] ?? Uint16Array) as Uint16ArrayConstructor, bytes);
}

/**
 * Keeps integers as int32. Those beyond 2^62, which mean "to the end", become the smallest and largest.
 *
 * @throws ERR_FORMAT if others do not fit
 */
export function keptIntegers(type: ElementType, numbers: ArrayLike<number>, what: string): Int32Array {
  const unsigned = type === "bool" || type.startsWith("u");
  const end = Math.min(2 ** (bitsOf(type) - (unsigned ? 0 : 1)), 2 ** 31);
  const begin = unsigned ? 0 : -end;
  return Int32Array.from(numbers, (number) => {
    if (number >= begin && number < end) return number;
    if (Math.abs(number) > 2 ** 62) return number < 0 ? -(2 ** 31) : 2 ** 31 - 1;
    return fail(`${what} has the element ${number}, expected ${begin} to ${end - 1} (${type})`);
  });
}

function kept(type: ElementType, numbers: ArrayLike<number>, what: string): Float32Array | Int32Array {
  if (type === "bool") return Int32Array.from(numbers, (number) => Number(number !== 0));
  if (!isFloat(type)) return keptIntegers(type, numbers, what);
  if (type === "float16") return Float32Array.from(numbers, fromFloat16);
  // A bfloat16 is the upper half of a float32.
  if (type === "bfloat16") return new Float32Array(Int32Array.from(numbers, (half) => half << 16).buffer);
  return numbers instanceof Float32Array ? numbers : Float32Array.from(numbers);
}

/** Returns the elements of a tensor that are not in `rawData`. */
function typedNumbers(type: ElementType, proto: TensorProto): ArrayLike<number> | undefined {
  if (type === "float32") return proto.floatData;
  if (type === "float64") return proto.doubleData;
  if (type === "int64") return proto.int64Data;
  if (type !== "uint32" && type !== "uint64") return proto.int32Data;
  return proto.uint64Data?.map((number) => (number < 0 ? number + 2 ** 64 : number));
}

/** Returns the number of elements. */
function elementCount(dims: readonly number[], what: string): number {
  const wrong = dims.find((size) => !Number.isSafeInteger(size) || size < 0);
  if (wrong !== undefined) fail(`${what} has a dimension of ${wrong}`);
  return dims.reduce((product, size) => product * size, 1);
}

/** Tensors that were read, because the body of a function is read for each call. */
const read = new WeakMap<TensorProto, Value>();

/**
 * Reads a tensor. Elements of float32 may be a view of the file.
 *
 * @param what the tensor's name for errors
 * @throws ERR_FORMAT if its type is not read, if its data lie in another file or do not fit its shape
 */
export function readTensor(proto: TensorProto, what = `tensor ${shown(proto.name ?? "")}`): Value {
  const before = read.get(proto);
  if (before) return before;
  const { dims = [], rawData, externalData = [], dataLocation } = proto;
  const dtype = elementType(proto.dataType, what);
  if (dataLocation || externalData.length > 0) {
    const file = externalData.find(({ key }) => key === "location")?.value ?? "";
    fail(`${what} lies in another file, ${shown(file)}; save the model as one file, without external data`);
  }
  const count = elementCount(dims, what);
  const raw = rawData?.length ? rawData : undefined;
  const typed = raw ? undefined : typedNumbers(dtype, proto);
  const given = raw ? (raw.length * 8) / bitsOf(dtype) : (typed?.length ?? 0);
  if (given !== count) fail(`${what} of ${dtype} has the shape [${dims.slice(0, 8)}], but ${given} elements`);
  const numbers = raw ? rawNumbers(dtype, raw) : (typed ?? []);
  const value = { dtype, shape: dims, data: kept(dtype, numbers, what) };
  read.set(proto, value);
  return value;
}
