import type { Call } from "../call.ts";
import type { Value } from "../graph.ts";
import { eachLine } from "../lines.ts";
import type { Operator } from "../operator.ts";

/** Writes a line of `n` elements that are `step` apart. */
type Line = (x: Value["data"], y: Value["data"], start: number, step: number, n: number) => void;

const axisOf = (call: Call) => call.axis(call.number("axis", -1), call.input(0).shape.length);

const alongAxis = (line: Line): Operator => ({
  infer(call) {
    axisOf(call);
    return [call.floatType()];
  },
  evaluate(call, [x], [to]) {
    const axis = axisOf(call);
    eachLine(x!.shape, axis, (start, step) => line(x!.data, to!.data, start, step, x!.shape[axis]!));
  },
});

/** Returns the largest element of a line, and the sum of e^(x - largest). */
function exponentials(x: Value["data"], start: number, step: number, n: number): [number, number] {
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < n; i++) max = Math.max(max, x[start + i * step]!);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.exp(x[start + i * step]! - max);
  return [max, sum];
}

/** Operators that weigh the elements of a line against each other. */
export const SOFTMAX: Record<string, Operator> = {
  Softmax: alongAxis((x, y, start, step, n) => {
    const [max, sum] = exponentials(x, start, step, n);
    for (let i = 0; i < n; i++) y[start + i * step] = Math.exp(x[start + i * step]! - max) / sum;
  }),
  LogSoftmax: alongAxis((x, y, start, step, n) => {
    const [max, sum] = exponentials(x, start, step, n);
    const log = Math.log(sum);
    for (let i = 0; i < n; i++) y[start + i * step] = x[start + i * step]! - max - log;
  }),
  Hardmax: alongAxis((x, y, start, step, n) => {
    let found = 0;
    for (let i = 1; i < n; i++) if (x[start + i * step]! > x[start + found * step]!) found = i;
    for (let i = 0; i < n; i++) y[start + i * step] = Number(i === found);
  }),
};
