import { sizeOf } from "../runtime/shapes.ts";
import type { Shape } from "./shapes.ts";

/**
 * Calls `visit` for each line of elements along an axis.
 *
 * @param visit gets the place of the line's first element, the distance of neighbours, and the number of the line
 */
export function eachLine(
  shape: Shape,
  axis: number,
  visit: (start: number, step: number, line: number) => void,
): void {
  if (shape.includes(0)) return;
  const inner = sizeOf(shape.slice(axis + 1));
  const outer = sizeOf(shape.slice(0, axis));
  for (let i = 0, line = 0; i < outer; i++) {
    for (let k = 0; k < inner; k++) visit(i * shape[axis]! * inner + k, inner, line++);
  }
}

/** Returns a shape with another length along an axis. */
export function withLength(shape: Shape, axis: number, length: number): number[] {
  return shape.map((n, i) => (i === axis ? length : n));
}

/** Returns a shape without an axis. */
export function withoutAxis(shape: Shape, axis: number): number[] {
  return shape.filter((_, i) => i !== axis);
}

/** Returns a shape with one more axis, before `axis`. */
export function withAxis(shape: Shape, axis: number, length: number): number[] {
  return [...shape.slice(0, axis), length, ...shape.slice(axis)];
}
