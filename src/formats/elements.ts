import { UnrolledError } from "../errors.ts";
import { type ElementType, isFloat, type Value } from "../graph/graph.ts";
import { fromFloat16 } from "../io/dtypes.ts";
import { show } from "../schema.ts";
import { formatError } from "./byte-reader.ts";

type Read = (view: DataView, at: number, little: boolean) => number;

/** Bytes of an element, and how one is read. */
const ELEMENTS: Readonly<Record<ElementType, readonly [size: number, read: Read]>> = {
  float32: [4, (view, at, little) => view.getFloat32(at, little)],
  float16: [2, (view, at, little) => fromFloat16(view.getUint16(at, little))],
  bfloat16: [2, readBfloat16],
  float64: [8, (view, at, little) => view.getFloat64(at, little)],
  int8: [1, (view, at) => view.getInt8(at)],
  uint8: [1, (view, at) => view.getUint8(at)],
  int16: [2, (view, at, little) => view.getInt16(at, little)],
  uint16: [2, (view, at, little) => view.getUint16(at, little)],
  int32: [4, (view, at, little) => view.getInt32(at, little)],
  uint32: [4, (view, at, little) => view.getUint32(at, little)],
  int64: [8, (view, at, little) => withinInt32(Number(view.getBigInt64(at, little)))],
  uint64: [8, (view, at, little) => withinInt32(Number(view.getBigUint64(at, little)))],
  bool: [1, (view, at) => Number(view.getUint8(at) !== 0)],
};

const SCRATCH = new DataView(new ArrayBuffer(4));

function readBfloat16(view: DataView, at: number, little: boolean): number {
  SCRATCH.setUint32(0, view.getUint16(at, little) << 16);
  return SCRATCH.getFloat32(0);
}

/** Turns numbers that mean "to the end" into the ends of int32. */
function withinInt32(value: number): number {
  return Math.abs(value) > 2 ** 62 ? Math.sign(value) * 2 ** 31 - Number(value > 0) : value;
}

/** Returns the bytes of an element. */
export const sizeOfElement = (dtype: ElementType): number => ELEMENTS[dtype][0];

/** Returns the number of elements of a shape. @throws ERR_FORMAT if a size is no count, or if there are more than 2^53 elements */
export function countOf(shape: readonly number[], format: string, name: string): number {
  let count = 1;
  for (const size of shape) {
    count *= size;
    if (!(size >= 0 && Number.isSafeInteger(size) && Number.isSafeInteger(count))) {
      formatError(format, `${show(name)} has the shape ${show(shape)}, expected counts`);
    }
  }
  return count;
}

/**
 * Reads elements.
 *
 * @param at the element's place in `bytes`, for each place in the result; default: one after the other
 * @throws ERR_FORMAT if an integer does not fit into 32 bits
 */
export function readElements(
  dtype: ElementType,
  shape: readonly number[],
  bytes: Uint8Array,
  {
    format,
    name,
    little = true,
    at,
  }: { format: string; name: string; little?: boolean; at?: (i: number) => number },
): Value {
  const [size, read] = ELEMENTS[dtype];
  const count = countOf(shape, format, name);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const data = isFloat(dtype) ? new Float32Array(count) : new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const value = read(view, (at ? at(i) : i) * size, little);
    data[i] = value;
    if (data[i] === value || data instanceof Float32Array) continue;
    throw new UnrolledError(
      "ERR_FORMAT",
      `${format}: ${show(name)}: element ${i} is ${value}, which does not fit into 32 bits`,
    );
  }
  return { dtype, shape, data };
}
