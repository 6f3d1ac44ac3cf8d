import { UnrolledError } from "../errors.ts";

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** @throws ERR_SHAPE unless an array of whole numbers from 0 on, whose product is below 2^53 */
export function checkShape(operation: string, shape: readonly number[]): void {
  const whole =
    Array.isArray(shape) && [...shape, sizeOf(shape)].every((n) => Number.isSafeInteger(n) && n >= 0);
  if (!whole) {
    throw new UnrolledError(
      "ERR_SHAPE",
      `${operation}: shape is ${JSON.stringify(shape)}, expected whole numbers from 0 on`,
    );
  }
}
