import { multiply, scale } from "../../autograd/elementwise.ts";
import { pointwise } from "../../autograd/pointwise.ts";
import { rearrange } from "../../autograd/rearrange.ts";
import { reshape } from "../../autograd/shape.ts";
import { logSoftmax, softmax } from "../../autograd/softmax.ts";
import { sumLast } from "../../autograd/sum-last.ts";
import type { Call } from "../../graph/call.ts";
import { sizeOf } from "../../runtime/shapes.ts";
import type { Tensor } from "../../runtime/tensor.ts";
import { axesLast, axisBack, type Context, type Derivation } from "./derivation.ts";

/** Reduces the last axis of [..., N]. */
type Reduce = (x: Tensor) => Tensor;

/** Reduces axes of x, which stay with length 1 if `keep`. */
function reduceAxes(context: Context, x: Tensor, axes: readonly number[], keep: boolean, f: Reduce): Tensor {
  const others = x.shape.filter((_, i) => !axes.includes(i));
  const n = sizeOf(axes.map((axis) => x.shape[axis]!));
  const y = f(reshape(axesLast(context, x, axes), [...others, n]));
  return keep
    ? reshape(
        y,
        x.shape.map((length, i) => (axes.includes(i) ? 1 : length)),
      )
    : y;
}

const reducing =
  (f: Reduce): Derivation =>
  (call, [x], context) => {
    const given = call.optionalList(1) ?? [];
    const rank = x!.shape.length;
    const all = call.flag("noop_with_empty_axes") ? [] : x!.shape.map((_, i) => i);
    const axes = given.length ? call.axes(given, rank) : all;
    return [reduceAxes(context, x!, axes, call.flag("keepdims", true), f)];
  };

export const meanLast: Reduce = (x) => scale(sumLast(x), 1 / (x.shape.at(-1) || 1));

/** Takes the largest of each row. If several are, only the first gets the gradient. */
export const maxLast: Reduce = (x) => {
  const n = x.shape.at(-1)!;
  const { data } = x;
  const places = Int32Array.from({ length: n ? x.size / n : 0 }, (_, row) => {
    let best = row * n;
    for (let i = best + 1; i < (row + 1) * n; i++) if (data[i]! > data[best]!) best = i;
    return best + 1;
  });
  return rearrange([x], places, x.shape.slice(0, -1));
};

/** Runs f over an axis. */
const over =
  (f: (x: Tensor) => Tensor): Derivation =>
  (call, [x], context) => {
    const axis = call.axis(call.number("axis", -1), x!.shape.length);
    return [axisBack(context, f(axesLast(context, x!, [axis])), axis)];
  };

const overSpace =
  (f: Reduce): Derivation =>
  (call: Call, [x], context) => {
    const axes = x!.shape.map((_, i) => i).slice(2);
    if (!axes.length) call.fail(`the input is [${x!.shape}], expected [N, C, ...]`, "ERR_SHAPE");
    return [reduceAxes(context, x!, axes, true, f)];
  };

/** Operators that turn lines of numbers into one, or set them in proportion. */
export const REDUCTIONS: Readonly<Record<string, Derivation>> = {
  ReduceSum: reducing(sumLast),
  ReduceMean: reducing(meanLast),
  ReduceMax: reducing(maxLast),
  ReduceSumSquare: reducing((x) => sumLast(multiply(x, x))),
  ReduceL2: reducing((x) =>
    pointwise("ReduceL2", [sumLast(multiply(x, x))], Math.sqrt, [(_a, _b, y) => (y ? 0.5 / y : 0)]),
  ),
  GlobalAveragePool: overSpace(meanLast),
  GlobalMaxPool: overSpace(maxLast),
  Softmax: over(softmax),
  LogSoftmax: over(logSoftmax),
};
