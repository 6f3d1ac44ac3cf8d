import { UnrolledError } from "../errors.ts";
import { show } from "../schema.ts";

/** A safetensors dtype and how its elements are read. */
export interface Dtype {
  /** Bytes of one element in the file. */
  readonly size: number;
  /**
   * Copies elements into a new array.
   *
   * @param bytes a whole number of little-endian elements, at any alignment
   * @param name the tensor's name, for error messages
   */
  read(bytes: Uint8Array, name: string): Float32Array | Int32Array | Int8Array;
  /** Returns the elements without a copy; undefined if they are not aligned. Missing if reading converts them. */
  view?(bytes: Uint8Array): Float32Array | undefined;
}

/**
 * The dtypes that can be read:
 * - F32, F16 and BF16 become a Float32Array with exactly the same values.
 * - F64 becomes a Float32Array. Values are rounded to the nearest float32, or to infinity if they are out of range.
 * - I8 becomes an Int8Array.
 * - I32 and U8 become an Int32Array.
 * - I64 becomes an Int32Array. If a value does not fit, `read` throws ERR_FORMAT.
 */
export const DTYPES: ReadonlyMap<string, Dtype> = new Map<string, Dtype>([
  ["F32", { size: 4, read: (bytes) => copied(Float32Array, bytes), view: viewed }],
  ["I32", { size: 4, read: (bytes) => copied(Int32Array, bytes) }],
  ["I8", { size: 1, read: (bytes) => new Int8Array(bytes) }],
  ["U8", { size: 1, read: (bytes) => new Int32Array(bytes) }],
  ["F64", { size: 8, read: (bytes) => new Float32Array(copied(Float64Array, bytes)) }],
  ["F16", { size: 2, read: (bytes) => new Float32Array(copied(Uint16Array, bytes)).map(fromFloat16) }],
  ["BF16", { size: 2, read: readBfloat16 }],
  ["I64", { size: 8, read: readInt64 }],
]);

/** Returns float32 elements without a copy; undefined if they are not aligned. */
export function viewed({ buffer, byteOffset, length }: Uint8Array): Float32Array | undefined {
  return byteOffset % 4 ? undefined : new Float32Array(buffer, byteOffset, length / 4);
}

/** Where a few bytes are aligned. */
const ALIGNED = new Uint8Array(64);

/**
 * Copies elements from any alignment. The copy of at most 64 bytes has no ArrayBuffer of its own until it is asked for, because V8
 * keeps its elements in the heap: 0.2 kB less for each tensor of a file with 60,000 empty ones.
 */
export function copied<T extends { slice(): T }>(
  type: { readonly BYTES_PER_ELEMENT: number; new (buffer: ArrayBuffer, at: number, length: number): T },
  bytes: Uint8Array,
): T {
  const small = bytes.length <= ALIGNED.length;
  if (small) ALIGNED.set(bytes);
  const buffer = small ? ALIGNED.buffer : new Uint8Array(bytes).buffer;
  const elements = new type(buffer, 0, bytes.length / type.BYTES_PER_ELEMENT);
  return small ? elements.slice() : elements;
}

/** Converts an IEEE 754 binary16 number, which has 1 sign bit, 5 exponent bits (bias 15) and 10 mantissa bits. */
export function fromFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const mantissa = bits & 0x3ff;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 0x1f) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

/** Widens bfloat16, which is the upper half of a float32. */
function readBfloat16(bytes: Uint8Array): Float32Array {
  const halves = new Uint32Array(copied(Uint16Array, bytes));
  return new Float32Array(halves.map((half) => half << 16).buffer);
}

function readInt64(bytes: Uint8Array, name: string): Int32Array {
  const values = copied(BigInt64Array, bytes);
  const numbers = new Int32Array(values.length);
  values.forEach((value, i) => {
    numbers[i] = Number(value);
    if (BigInt.asIntN(32, value) === value) return;
    throw new UnrolledError(
      "ERR_FORMAT",
      `safetensors: tensor ${show(name)}: element ${i} is ${value}, expected -2^31 to 2^31 - 1`,
    );
  });
  return numbers;
}
