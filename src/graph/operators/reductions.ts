import { sizeOf } from "../../runtime/shapes.ts";
import type { Call, Type } from "../call.ts";
import { isFloat, type Value } from "../graph.ts";
import { REDUCE_MAX, REDUCE_MIN, REDUCE_SUM, UNARY_SQRT } from "../graph-kernels.ts";
import type { Operator } from "../operator.ts";
import { eachPlace, stridesOf } from "../shapes.ts";
import { kept32 } from "./elementwise.ts";

type Numbers = Value["data"];

/** Reduces the numbers `x[start + offsets[i]]` to one. */
type Reduction = (x: Numbers, start: number, offsets: Int32Array) => number;

/** Returns the axes that a node reduces, sorted. Without a list they are all, or none by `noop_with_empty_axes`. */
function axesOf(call: Call): number[] {
  const { shape } = call.input(0);
  const given = call.optionalList(1) ?? [];
  if (given.length) return call.axes(given, shape.length);
  return call.flag("noop_with_empty_axes") ? [] : shape.map((_, i) => i);
}

export const reducing = (make: (call: Call) => Reduction): Operator => ({
  infer(call): Type[] {
    const { dtype, shape } = call.input(0);
    const axes = axesOf(call);
    const keep = call.flag("keepdims", true);
    const reduced = shape.flatMap((n, i) => (axes.includes(i) ? (keep ? [1] : []) : [n]));
    return [{ dtype, shape: reduced }];
  },
  evaluate(call, [x], [to]) {
    const reduce = make(call);
    const axes = axesOf(call);
    const { shape, data } = x!;
    const strides = stridesOf(shape);
    const others = shape.map((_, i) => i).filter((i) => !axes.includes(i));
    const walk = (chosen: readonly number[], visit: (place: number) => void) =>
      eachPlace(
        chosen.map((i) => shape[i]!),
        [chosen.map((i) => strides[i]!)],
        ([place]) => visit(place!),
      );
    const offsets: number[] = [];
    walk(axes, (place) => offsets.push(place));
    const within = Int32Array.from(offsets);
    let at = 0;
    walk(others, (start) => {
      to!.data[at++] = kept32(call, to!.dtype, reduce(data, start, within));
    });
  },
});

/**
 * A reduction of floats that has a kernel if the axes lie side by side.
 *
 * @param scale returns what the result is multiplied by, given how many numbers are reduced
 * @param root whether the square root is taken
 */
export const reducingBy = (
  operator: Operator,
  f: number,
  scale: (n: number) => number = () => 1,
  root = false,
): Operator => ({
  ...operator,
  lower(call, planner, [to]) {
    const from = call.input(0);
    const axes = axesOf(call);
    const [first = 0] = axes;
    const together = axes.length > 0 && axes.at(-1)! - first + 1 === axes.length;
    if (!together || !isFloat(from.dtype) || from.size === 0) return false;
    const [outer, n, inner] = [
      sizeOf(from.shape.slice(0, first)),
      sizeOf(from.shape.slice(first, first + axes.length)),
      sizeOf(from.shape.slice(first + axes.length)),
    ];
    const [x, y] = [planner.at(from), planner.at(to!)];
    const { graphKernels: k } = planner.session;
    planner.step(() => k.reduce_axis(f, y, x, outer, n, inner, scale(n)));
    if (root) planner.step(() => k.unary_forward(UNARY_SQRT, y, y, to!.size, 0, 0));
  },
});

/** Sums a function of the numbers, in float64, and takes a function of the sum. */
export const summing = (of: (x: number) => number, end: (sum: number, n: number) => number = (sum) => sum) =>
  reducing(() => (x, start, offsets) => {
    let sum = 0;
    for (const offset of offsets) sum += of(x[start + offset]!);
    return end(sum, offsets.length);
  });

/** Finds the number that is before all others. @param none what an empty tensor has, as a float and as an integer */
const extreme = (before: (a: number, b: number) => boolean, none: readonly [number, number]) =>
  reducing((call) => {
    const first = none[isFloat(call.input(0).dtype) ? 0 : 1];
    return (x, start, offsets) => {
      let found = first;
      for (const offset of offsets) {
        const value = x[start + offset]!;
        if (before(value, found) || Number.isNaN(value)) found = value;
      }
      return found;
    };
  });

export const itself = (x: number) => x;

export const larger = (a: number, b: number) => a > b;
export const smaller = (a: number, b: number) => a < b;

/** Operators that make one number of many. */
export const REDUCTIONS: Record<string, Operator> = {
  ReduceSum: reducingBy(summing(itself), REDUCE_SUM),
  ReduceMean: reducingBy(
    summing(itself, (sum, n) => sum / n),
    REDUCE_SUM,
    (n) => 1 / n,
  ),
  ReduceMax: reducingBy(extreme(larger, [Number.NEGATIVE_INFINITY, -2147483648]), REDUCE_MAX),
  ReduceMin: reducingBy(extreme(smaller, [Number.POSITIVE_INFINITY, 2147483647]), REDUCE_MIN),
};
