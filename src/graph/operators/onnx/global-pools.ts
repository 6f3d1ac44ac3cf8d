import { sizeOf } from "../../../runtime/shapes.ts";
import type { Operator } from "../../operator.ts";
import { windows } from "../convolution.ts";

/** A pool over all of space. */
const globalPool = (padded: number): Operator => ({
  infer(call) {
    const { dtype, shape } = call.floatType();
    return [{ dtype, shape: shape.map((n, i) => (i < 2 ? n : 1)) }];
  },
  lower(call, planner, [to]) {
    const { shape } = call.input(0);
    const size = [1, sizeOf(shape.slice(2))];
    const one = [1, 1];
    const g = {
      size,
      kernel: size,
      strides: one,
      dilations: one,
      before: [0, 0],
      after: [0, 0],
      count: one,
      axes: 1,
    };
    const words = windows(planner, shape[0]! * shape[1]!, g);
    const [x, y] = [planner.at(call.input(0)), planner.at(to!)];
    planner.step(() => planner.session.graphKernels.pool_forward(y, x, words, padded));
  },
});

/** Pools over all of space. */
export const GLOBAL_POOLS: Record<string, Operator> = {
  GlobalMaxPool: globalPool(-1),
  GlobalAveragePool: globalPool(0),
};
