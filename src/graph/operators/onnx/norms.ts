import { sizeOf } from "../../../runtime/shapes.ts";
import type { Call, Type } from "../../call.ts";
import type { Value } from "../../graph.ts";
import { BINARY_ADD, BINARY_MUL } from "../../graph-kernels.ts";
import { eachLine } from "../../lines.ts";
import type { Operator } from "../../operator.ts";
import { affine, checkBroadcast, moments, normalizeRows, rowsFrom } from "../layer-norm.ts";

/** Checks that inputs have a number for each channel: axis 1. Returns the type of the first input. */
function channels(call: Call, inputs: readonly number[]): Type {
  const type = call.floatType();
  const { shape } = type;
  if (shape.length < 2) call.fail(`the input is [${shape}], expected [N, C, ...]`, "ERR_SHAPE");
  for (const i of inputs) {
    call.input(i);
    call.checkShape(i, `input ${i} is`, [shape[1]!]);
  }
  return type;
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

/** Operators of ONNX files that give numbers a mean of 0 and a variance of 1, and similar ones. */
export const NORMS: Record<string, Operator> = {
  RMSNormalization: {
    infer(call) {
      const type = call.floatType();
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
      const type = call.floatType();
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
      const type = call.floatType();
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
