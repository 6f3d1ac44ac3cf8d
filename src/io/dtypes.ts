import { UnrolledError } from "../errors.ts";

/** A safetensors dtype and how its elements are read. */
export interface Dtype {
  /** Bytes of one element in the file. */
  readonly size: number;
  /**
   * Copies `bytes` (a whole number of elements, little-endian, at any alignment) into a new array. `name` is the
   * tensor's name, for errors.
   */
  read(bytes: Uint8Array, name: string): Float32Array | Int32Array;
}

/**
 * The dtypes that can be read, and what they become:
 * F32 and I32 bit for bit; F16 and BF16 exactly, as Float32Array; F64 rounded to the nearest float32 (infinity if out of
 * range); U8 as Int32Array; I64 as Int32Array, refused with `ERR_FORMAT` if a value does not fit.
 */
export const DTYPES: ReadonlyMap<string, Dtype> = new Map<string, Dtype>([
  ["F32", { size: 4, read: (bytes) => new Float32Array(copy(bytes)) }],
  ["I32", { size: 4, read: (bytes) => new Int32Array(copy(bytes)) }],
  ["U8", { size: 1, read: (bytes) => Int32Array.from(bytes) }],
  ["F64", { size: 8, read: (bytes) => Float32Array.from(new Float64Array(copy(bytes))) }],
  ["F16", { size: 2, read: (bytes) => Float32Array.from(new Uint16Array(copy(bytes)), fromFloat16) }],
  ["BF16", { size: 2, read: readBfloat16 }],
  ["I64", { size: 8, read: readInt64 }],
]);

function copy(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

/** Converts IEEE 754 binary16: 1 sign bit, 5 bits of exponent (bias 15), 10 of mantissa. */
function fromFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const mantissa = bits & 0x3ff;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 0x1f) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

/** Widens bfloat16, which is the upper half of a float32. */
function readBfloat16(bytes: Uint8Array): Float32Array {
  const halves = new Uint16Array(copy(bytes));
  return new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer);
}

function readInt64(bytes: Uint8Array, name: string): Int32Array {
  const values = new BigInt64Array(copy(bytes));
  return Int32Array.from(values, (value, i) => {
    if (BigInt.asIntN(32, value) === value) return Number(value);
    throw new UnrolledError(
      "ERR_FORMAT",
      `safetensors: tensor ${JSON.stringify(name)}: element ${i} is ${value}, expected -2^31 to 2^31 - 1`,
    );
  });
}
