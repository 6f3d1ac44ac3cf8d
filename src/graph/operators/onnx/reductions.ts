import { REDUCE_SQUARES } from "../../graph-kernels.ts";
import { eachLine, withLength, withoutAxis } from "../../lines.ts";
import type { Operator } from "../../operator.ts";
import { itself, larger, reducing, reducingBy, smaller, summing } from "../reductions.ts";

const squared = (x: number) => x * x;

/** Finds the place of the largest or smallest number along an axis. NaN counts as neither. */
const place = (before: (a: number, b: number) => boolean): Operator => ({
  infer(call) {
    const { shape } = call.input(0);
    const axis = call.axis(call.number("axis", 0), shape.length);
    if (shape[axis] === 0) call.fail(`axis ${axis} of [${shape}] is empty`, "ERR_SHAPE");
    const kept = withLength(shape, axis, 1);
    return [{ dtype: "int64", shape: call.flag("keepdims", true) ? kept : withoutAxis(shape, axis) }];
  },
  evaluate(call, [x], [to]) {
    const axis = call.axis(call.number("axis", 0), x!.shape.length);
    const last = call.flag("select_last_index");
    eachLine(x!.shape, axis, (start, step, line) => {
      let found = 0;
      for (let i = 1; i < x!.shape[axis]!; i++) {
        const [a, b] = [x!.data[start + i * step]!, x!.data[start + found * step]!];
        if (before(a, b) || (last && a === b)) found = i;
      }
      to!.data[line] = found;
    });
  },
});

/** Reductions that only ONNX files have. */
export const REDUCTIONS: Record<string, Operator> = {
  ReduceL1: summing(Math.abs),
  ReduceL2: reducingBy(summing(squared, Math.sqrt), REDUCE_SQUARES, undefined, true),
  ReduceSumSquare: reducingBy(summing(squared), REDUCE_SQUARES),
  ReduceLogSum: summing(itself, Math.log),
  ReduceLogSumExp: reducing(() => (x, start, offsets) => {
    let max = Number.NEGATIVE_INFINITY;
    for (const offset of offsets) max = Math.max(max, x[start + offset]!);
    if (!Number.isFinite(max)) return max;
    let sum = 0;
    for (const offset of offsets) sum += Math.exp(x[start + offset]! - max);
    return max + Math.log(sum);
  }),
  ReduceProd: reducing(() => (x, start, offsets) => {
    let product = 1;
    for (const offset of offsets) product *= x[start + offset]!;
    return product;
  }),
  ArgMax: place(larger),
  ArgMin: place(smaller),
};
