import { UnrolledError } from "../errors.ts";
import { sizeOf } from "./tensor.ts";

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

/** The result of a callback. @throws ERR_VALUE where it is a promise */
export function synchronous<T>(name: string, result: T): T {
  if (!(result instanceof Promise)) return result;
  throw new UnrolledError("ERR_VALUE", `${name}: the function is asynchronous; give a synchronous one`);
}

/** Everything that can be reached from `value` through arrays and plain objects. */
export function collect(value: unknown, into: Set<unknown>): void {
  if (!value || typeof value !== "object" || into.has(value)) return;
  into.add(value);
  if (Array.isArray(value) || [Object.prototype, null].includes(Object.getPrototypeOf(value))) {
    for (const item of Object.values(value)) collect(item, into);
  }
}
