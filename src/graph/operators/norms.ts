import { sizeOf } from "../../runtime/shapes.ts";
import type { Call, Type } from "../call.ts";
import { isFloat, type Value } from "../graph.ts";
import { BINARY_ADD, BINARY_MUL } from "../graph-kernels.ts";
import { eachLine } from "../lines.ts";
import type { Operator } from "../operator.ts";
import { broadcast, broadcastStrides, eachPlace, type Shape } from "../shapes.ts";

type Numbers = Value["data"];

/** Returns the first input's type. @throws ERR_DTYPE if it has no floats */
function floatsOf(call: Call): Type {
  const { dtype, shape } = call.input(0);
  return isFloat(dtype) ? { dtype, shape } : call.fail(`the input is ${dtype}, expected floats`, "ERR_DTYPE");
}

/** Checks that inputs have a number for each channel: axis 1. Returns the type of the first input. */
function channels(call: Call, inputs: readonly number[]): Type {
  const type = floatsOf(call);
  const { shape } = type;
  if (shape.length < 2) call.fail(`the input is [${shape}], expected [N, C, ...]`, "ERR_SHAPE");
  for (const i of inputs) {
    const given = call.input(i).shape;
    if (given.length !== 1 || given[0] !== shape[1])
      call.fail(`input ${i} is [${given}], expected [${shape[1]}]`, "ERR_SHAPE");
  }
  return type;
}

/** Returns the mean and the variance of `n` numbers, in float64. */
function moments(x: Numbers, start: number, n: number): [mean: number, variance: number] {
  let sum = 0;
  for (let i = start; i < start + n; i++) sum += x[i]!;
  const mean = sum / n;
  let squares = 0;
  for (let i = start; i < start + n; i++) squares += (x[i]! - mean) ** 2;
  return [mean, squares / n];
}

/** Reads the axes from `axis` on as rows. */
function rowsFrom(call: Call): { axis: number; width: number } {
  const { shape } = call.input(0);
  const axis = call.axis(call.number("axis", -1), shape.length);
  return { axis, width: sizeOf(shape.slice(axis)) };
}

/** Checks that inputs can be read as one of the first input's shape. The first of them is there. */
function checkBroadcast(call: Call, shape: Shape, first: number, last: number): void {
  call.input(first);
  for (let i = first; i <= last; i++) {
    const given = call.inputs[i]?.shape;
    if (given && broadcast(given, shape)?.join() !== shape.join())
      call.fail(`input ${i} is [${given}], expected one that broadcasts to [${shape}]`, "ERR_SHAPE");
  }
}

/** Multiplies by a scale and adds a bias, which are broadcast. */
function affine(y: Value, scale: Value | undefined, bias: Value | undefined): void {
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
function normalizeRows(
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

/** Normalizes groups of channels of [N, C, ...] by their own mean and variance. */
function normalizeGroups(call: Call, [x, scale, bias]: readonly (Value | undefined)[], to: Value): void {
  const [N = 0, C = 0] = x!.shape;
  const groups = call.node.op === "GroupNormalization" ? call.number("num_groups") : C;
  const epsilon = call.number("epsilon", 1e-5);
  const inner = sizeOf(x!.shape.slice(2));
  const [each, width] = [C / groups, (C / groups) * inner];
  for (let group = 0; group < N * groups && width; group++) {
    const [mean, variance] = moments(x!.data, group * width, width);
    const factor = 1 / Math.sqrt(variance + epsilon);
    for (let i = 0; i < width; i++) {
      const channel = (group % groups) * each + Math.floor(i / inner);
      const at = group * width + i;
      to.data[at] = (x!.data[at]! - mean) * factor * scale!.data[channel]! + bias!.data[channel]!;
    }
  }
}

/** Operators that give numbers a mean of 0 and a variance of 1, and similar ones. */
export const NORMS: Record<string, Operator> = {
  LayerNormalization: {
    infer(call) {
      const type = floatsOf(call);
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
  RMSNormalization: {
    infer(call) {
      const type = floatsOf(call);
      rowsFrom(call);
      checkBroadcast(call, type.shape, 1, 1);
      return [type];
    },
    evaluate(call, [x, scale], [to]) {
      const { width } = rowsFrom(call);
      const epsilon = call.number("epsilon", 1e-5);
      for (let start = 0; start < to!.data.length; start += width) {
        let squares = 0;
        for (let i = start; i < start + width; i++) squares += x!.data[i]! ** 2;
        const factor = 1 / Math.sqrt(squares / width + epsilon);
        for (let i = start; i < start + width; i++) to!.data[i] = x!.data[i]! * factor;
      }
      affine(to!, scale, undefined);
    },
  },
  InstanceNormalization: {
    infer: (call) => [channels(call, [1, 2])],
    evaluate: (call, inputs, [to]) => normalizeGroups(call, inputs, to!),
  },
  GroupNormalization: {
    infer(call) {
      const type = channels(call, [1, 2]);
      const groups = call.number("num_groups");
      if (!Number.isInteger(groups) || groups < 1 || type.shape[1]! % groups)
        call.fail(`${groups} groups of ${type.shape[1]} channels`, "ERR_SHAPE");
      return [type];
    },
    evaluate: (call, inputs, [to]) => normalizeGroups(call, inputs, to!),
  },
  BatchNormalization: {
    infer: (call) => [channels(call, [1, 2, 3, 4])],
    lower(call, planner, [to]) {
      const [scale, bias, mean, variance] = [1, 2, 3, 4].map((i) => call.input(i).constant?.data);
      if (!scale || !bias || !mean || !variance) return false;
      const epsilon = call.number("epsilon", 1e-5);
      const factors = Array.from(scale, (s, c) => s / Math.sqrt(variance[c]! + epsilon));
      const shifts = Array.from(bias, (b, c) => b - mean[c]! * factors[c]!);
      const [x, y, factor, shift] = [
        planner.at(call.input(0)),
        planner.at(to!),
        planner.storeFloats(factors),
        planner.storeFloats(shifts),
      ];
      const [N = 0, C = 0, ...rest] = to!.shape;
      const inner = sizeOf(rest);
      const axes = planner.storeInts([3, N, C, inner, C * inner, inner, 1, 0, 1, 0]);
      const { graphKernels: k } = planner.session;
      planner.step(() => {
        k.binary_forward(BINARY_MUL, y, x, factor, axes);
        k.binary_forward(BINARY_ADD, y, y, shift, axes);
      });
    },
    evaluate(call, [x, scale, bias, mean, variance], [to]) {
      const epsilon = call.number("epsilon", 1e-5);
      const C = x!.shape[1]!;
      const inner = sizeOf(x!.shape.slice(2));
      for (let row = 0; row * inner < to!.data.length; row++) {
        const c = row % C;
        const factor = scale!.data[c]! / Math.sqrt(variance!.data[c]! + epsilon);
        for (let i = row * inner; i < (row + 1) * inner; i++)
          to!.data[i] = (x!.data[i]! - mean!.data[c]!) * factor + bias!.data[c]!;
      }
    },
  },
  LpNormalization: {
    infer(call) {
      const type = floatsOf(call);
      call.axis(call.number("axis", -1), type.shape.length);
      const p = call.number("p", 2);
      if (p !== 1 && p !== 2) call.fail(`p is ${p}, expected 1 or 2`);
      return [type];
    },
    evaluate(call, [x], [to]) {
      const axis = call.axis(call.number("axis", -1), x!.shape.length);
      const n = x!.shape[axis]!;
      const absolute = call.number("p", 2) === 1;
      eachLine(x!.shape, axis, (start, step) => {
        let sum = 0;
        for (let i = 0; i < n; i++) {
          const value = x!.data[start + i * step]!;
          sum += absolute ? Math.abs(value) : value * value;
        }
        const norm = absolute ? sum : Math.sqrt(sum);
        for (let i = 0; i < n; i++) to!.data[start + i * step] = norm ? x!.data[start + i * step]! / norm : 0;
      });
    },
  },
  "com.microsoft.SkipLayerNormalization": {
    infer(call) {
      const type = floatsOf(call);
      if (!type.shape.length) call.fail("the input is a scalar", "ERR_SHAPE");
      checkBroadcast(call, type.shape, 1, 1);
      checkBroadcast(call, type.shape, 2, 4);
      const row = {
        dtype: "float32" as const,
        shape: type.shape.map((n, i) => (i + 1 < type.shape.length ? n : 1)),
      };
      return [type, row, row, type];
    },
    evaluate(call, [x, skip, scale, bias, more], [to, means, factors, sum]) {
      sum!.data.set(x!.data);
      affine(sum!, undefined, skip);
      affine(sum!, undefined, more);
      normalizeRows(sum!, x!.shape.at(-1)!, call.number("epsilon", 1e-12), [to!, means!, factors!]);
      affine(to!, scale, bias);
    },
  },
};
