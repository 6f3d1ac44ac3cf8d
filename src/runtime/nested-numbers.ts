import { UnrolledError } from "../errors.ts";
import { sizeOf } from "./shapes.ts";

/** A number, an array of numbers, an array of such arrays, and so on. All arrays of a nesting level have the same length. */
export type NestedNumbers = number | readonly NestedNumbers[];

/**
 * Returns the numbers of nested arrays as one flat array `flat`. `nesting` is the shape of a tensor that holds the numbers.
 *
 * @throws ERR_SHAPE if two arrays of the same nesting level differ in length, if a level has arrays and other elements, or if an
 *   array contains itself; ERR_VALUE if an element is neither an array nor a number
 */
export function flattenNumbers(data: NestedNumbers): { flat: readonly number[]; nesting: readonly number[] } {
  const nesting: number[] = [];
  const firsts = new Set<unknown>(); // of arrays in a circle that pass all checks, the first ones repeat too
  for (let level: readonly unknown[] = [data]; ; level = level.flat()) {
    const [first] = level;
    const expected = Array.isArray(first) ? kindOf(first) : "number";
    const odd = level.findIndex((x) => kindOf(x) !== expected);
    if (odd >= 0) {
      const path = nesting.map((n, d) => `[${Math.floor(odd / sizeOf(nesting.slice(d + 1))) % n}]`);
      throw new UnrolledError(
        [first, level[odd]].some(Array.isArray) ? "ERR_SHAPE" : "ERR_VALUE",
        `tensor: data${path.join("")} is ${kindOf(level[odd])}, expected ${expected}`,
      );
    }
    if (!Array.isArray(first)) return { flat: level as number[], nesting };
    if (firsts.has(first)) throw new UnrolledError("ERR_SHAPE", "tensor: data contains itself");
    firsts.add(first);
    nesting.push(first.length);
  }
}

const kindOf = (x: unknown) => (Array.isArray(x) ? `array of ${x.length}` : typeof x);
