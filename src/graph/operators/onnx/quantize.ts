import { sizeOf } from "../../../runtime/shapes.ts";
import type { Call } from "../../call.ts";
import type { ElementType, Value } from "../../graph.ts";
import type { Operator } from "../../operator.ts";
import { broadcastStrides, eachPlace } from "../../shapes.ts";
import { sizes } from "../products.ts";
import { round } from "./functions.ts";

/** The smallest and the largest number of the types that tensors are quantized to. */
const RANGES: { readonly [T in ElementType]?: readonly [number, number] } = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65_535],
  int16: [-32_768, 32_767],
};

/**
 * Checks the scale and the zero point: one for all, one for each place along an axis, or one for each block along it.
 *
 * @returns which of them an element has
 */
function scales(call: Call): (place: number) => number {
  const [{ shape }, scale] = [call.input(0), call.input(1)];
  const zero = call.inputs[2];
  if (zero && zero.size !== scale.size)
    call.fail(`zero point [${zero.shape}] for scale [${scale.shape}]`, "ERR_SHAPE");
  const block = call.number("block_size", 0);
  if (scale.size === 1 && !block) return () => 0;
  const axis = call.axis(call.number("axis", 1), shape.length);
  const [n, inner] = [shape[axis]!, sizeOf(shape.slice(axis + 1))];
  const expected = block ? shape.map((m, i) => (i === axis ? Math.ceil(m / block) : m)) : [n];
  if (block < 0 || scale.shape.join() !== expected.join())
    call.fail(`scale is [${scale.shape}], expected [${expected}]`, "ERR_SHAPE");
  if (!block) return (place) => Math.floor(place / inner) % n;
  return (place) => {
    const line = Math.floor(place / inner);
    const part = Math.floor(line / n) * expected[axis]! + Math.floor((line % n) / block);
    return part * inner + (place % inner);
  };
}

function quantizedType(call: Call): ElementType {
  const dtype =
    call.inputs[2]?.dtype ?? (call.number("output_dtype", 0) ? call.type("output_dtype") : "uint8");
  if (!RANGES[dtype])
    call.fail(`it quantizes to ${dtype}, expected ${Object.keys(RANGES).join(", ")}`, "ERR_DTYPE");
  return dtype;
}

/** Returns a function that limits numbers to those of a type. */
function limitTo(dtype: ElementType): (x: number) => number {
  const [low, high] = RANGES[dtype]!;
  return (x) => Math.min(Math.max(x, low), high);
}

/** Returns the zero point of each row or column of a product of `n`; 0 if there is none. */
function zeroPoints(call: Call, i: number, n: number): (place: number) => number {
  const slot = call.inputs[i];
  if (slot && slot.size !== 1 && slot.size !== n)
    call.fail(`zero point [${slot.shape}] for ${n} rows or columns`, "ERR_SHAPE");
  return slot?.size === 1 ? () => 0 : (place) => place;
}

const eightBits = (call: Call, i: number): void => {
  const { dtype } = call.input(i);
  if (dtype !== "int8" && dtype !== "uint8")
    call.fail(`input ${i} is ${dtype}, expected int8 or uint8`, "ERR_DTYPE");
};

/** Takes zero points off. */
function centred(value: Value, zero: Value | undefined, which: (place: number) => number): Int32Array {
  return Int32Array.from(value.data, (x, i) => x - (zero ? zero.data[which(i)]! : 0));
}

/** Returns the scale and the zero point with which the first `n` numbers are quantized to uint8, so that 0 stays 0. */
export function dynamicScale(x: ArrayLike<number>, n = x.length): { step: number; offset: number } {
  let [low, high] = [0, 0];
  for (let i = 0; i < n; i++) {
    low = Math.min(low, x[i]!);
    high = Math.max(high, x[i]!);
  }
  const step = high === low ? 1 : Math.fround(Math.fround(high - low) / 255);
  return { step, offset: limitTo("uint8")(round(Math.fround(-low / step))) };
}

/** Operators on integers that stand for floats. */
export const QUANTIZE: Record<string, Operator> = {
  QuantizeLinear: {
    infer(call) {
      scales(call);
      return [{ dtype: quantizedType(call), shape: call.input(0).shape }];
    },
    evaluate(call, [x, scale, zero], [to]) {
      const which = scales(call);
      const limit = limitTo(to!.dtype);
      for (let i = 0; i < to!.data.length; i++) {
        const k = which(i);
        to!.data[i] = limit(round(Math.fround(x!.data[i]! / scale!.data[k]!)) + (zero?.data[k] ?? 0));
      }
    },
  },
  DequantizeLinear: {
    infer(call) {
      scales(call);
      return [{ dtype: call.input(1).dtype, shape: call.input(0).shape }];
    },
    evaluate(call, [x, scale, zero], [to]) {
      const which = scales(call);
      for (let i = 0; i < to!.data.length; i++) {
        const k = which(i);
        to!.data[i] = (x!.data[i]! - (zero?.data[k] ?? 0)) * scale!.data[k]!;
      }
    },
  },
  DynamicQuantizeLinear: {
    infer: (call) => [
      { dtype: "uint8", shape: call.input(0).shape },
      { dtype: "float32", shape: [] },
      { dtype: "uint8", shape: [] },
    ],
    evaluate(_, [x], [to, scale, zero]) {
      const limit = limitTo("uint8");
      const { step, offset } = dynamicScale(x!.data);
      for (let i = 0; i < to!.data.length; i++)
        to!.data[i] = limit(round(Math.fround(x!.data[i]! / step)) + offset);
      scale!.data[0] = step;
      zero!.data[0] = offset;
    },
  },
  MatMulInteger: {
    infer(call) {
      const { M, N, shape } = sizes(call);
      eightBits(call, 0);
      eightBits(call, 1);
      zeroPoints(call, 2, M);
      zeroPoints(call, 3, N);
      return [{ dtype: "int32", shape }];
    },
    evaluate(call, [a, b, zeroA, zeroB], [to]) {
      const { M, K, N, stack, stacks } = sizes(call);
      const [row, column] = [zeroPoints(call, 2, M), zeroPoints(call, 3, N)];
      const x = centred(a!, zeroA, (i) => row(Math.floor(i / K) % M));
      const w = centred(b!, zeroB, (i) => column(i % N));
      const steps = [
        broadcastStrides(stacks[0], stack).map((n) => n * M * K),
        broadcastStrides(stacks[1], stack).map((n) => n * K * N),
      ];
      let at = 0;
      to!.data.fill(0);
      eachPlace(stack, steps, ([from = 0, other = 0]) => {
        for (let m = 0; m < M; m++, at += N) {
          for (let k = 0; k < K; k++) {
            const factor = x[from + m * K + k]!;
            if (!factor) continue;
            for (let n = 0; n < N; n++) to!.data[at + n]! += factor * w[other + k * N + n]!;
          }
        }
      });
    },
  },
};
