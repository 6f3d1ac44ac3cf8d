import { sizeOf } from "../../runtime/shapes.ts";
import type { Call } from "../call.ts";
import type { Value } from "../graph.ts";
import type { Operator } from "../operator.ts";
import { broadcast, broadcastStrides, eachPlace, type Shape } from "../shapes.ts";

type Numbers = Value["data"];

/** Returns the mean and the variance of `n` numbers, in float64. */
export function moments(x: Numbers, start: number, n: number): [mean: number, variance: number] {
  let sum = 0;
  for (let i = start; i < start + n; i++) sum += x[i]!;
  const mean = sum / n;
  let squares = 0;
  for (let i = start; i < start + n; i++) squares += (x[i]! - mean) ** 2;
  return [mean, squares / n];
}

/** Reads the axes from `axis` on as rows. */
export function rowsFrom(call: Call): { axis: number; width: number } {
  const { shape } = call.input(0);
  const axis = call.axis(call.number("axis", -1), shape.length);
  return { axis, width: sizeOf(shape.slice(axis)) };
}

/** Checks that inputs can be read as one of the first input's shape. The first of them is there. */
export function checkBroadcast(call: Call, shape: Shape, first: number, last: number): void {
  call.input(first);
  for (let i = first; i <= last; i++) {
    const given = call.inputs[i]?.shape;
    if (given && broadcast(given, shape)?.join() !== shape.join())
      call.fail(`input ${i} is [${given}], expected one that broadcasts to [${shape}]`, "ERR_SHAPE");
  }
}

/** Multiplies by a scale and adds a bias, which are broadcast. */
export function affine(y: Value, scale: Value | undefined, bias: Value | undefined): void {
  for (const [value, f] of [
    [scale, (a: number, b: number) => a * b],
    [bias, (a: number, b: number) => a + b],
  ] as const) {
    if (!value) continue;
    let at = 0;
    eachPlace(y.shape, [broadcastStrides(value.shape, y.shape)], ([i]) => {
      y.data[at] = f(y.data[at]!, value.data[i!]!);
      at++;
    });
  }
}

/** Normalizes rows by their own mean and variance. Writes the means and the factors too. */
export function normalizeRows(
  x: Value,
  width: number,
  epsilon: number,
  [to, means, factors]: readonly [Value, Value, Value],
): void {
  for (let row = 0; row < means.data.length; row++) {
    const [mean, variance] = moments(x.data, row * width, width);
    const factor = 1 / Math.sqrt(variance + epsilon);
    for (let i = row * width; i < (row + 1) * width; i++) to.data[i] = (x.data[i]! - mean) * factor;
    means.data[row] = mean;
    factors.data[row] = factor;
  }
}

/** Gives rows a mean of 0 and a variance of 1. */
export const LAYER_NORM: Record<string, Operator> = {
  LayerNormalization: {
    infer(call) {
      const type = call.floatType();
      const { axis } = rowsFrom(call);
      checkBroadcast(call, type.shape, 1, 2);
      const row = { dtype: "float32" as const, shape: type.shape.map((n, i) => (i < axis ? n : 1)) };
      return [type, row, row];
    },
    evaluate(call, [x, scale, bias], [to, means, factors]) {
      normalizeRows(x!, rowsFrom(call).width, call.number("epsilon", 1e-5), [to!, means!, factors!]);
      affine(to!, scale, bias);
    },
  },
};
