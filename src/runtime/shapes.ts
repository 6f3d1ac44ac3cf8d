import { UnrolledError } from "../errors.ts";
import { show } from "../schema.ts";

/** Returns the number of elements of a tensor with this shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Checks a shape: an array of whole numbers, 0 or above, with a product below 2^53. @throws ERR_SHAPE if it is anything else */
export function checkShape(operation: string, shape: readonly number[]): void {
  const isSize = (n: number) => Number.isSafeInteger(n) && n >= 0;
  if (!(Array.isArray(shape) && [...shape].every(isSize) && isSize(sizeOf(shape)))) {
    throw new UnrolledError(
      "ERR_SHAPE",
      `${operation}: shape is ${show(shape)}, expected whole numbers, 0 or above`,
    );
  }
}
