import { UnrolledError } from "../errors.ts";

/** @throws UnrolledError `ERR_VALUE` unless `index` is an integer from 0 to `count` - 1. */
export function checkIndex(what: string, index: number, count: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= count) {
    throw new UnrolledError("ERR_VALUE", `${what} is ${index}, expected an integer from 0 to ${count - 1}`);
  }
}

/** @throws UnrolledError `ERR_SHAPE` unless `out` has room for exactly [`steps`, `batch`]. */
export function checkOut(what: string, out: Int32Array, steps: number, batch: number): void {
  if (out.length !== steps * batch) {
    throw new UnrolledError("ERR_SHAPE", `${what} has ${out.length} elements, expected [${steps}, ${batch}]`);
  }
}
