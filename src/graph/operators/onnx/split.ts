import type { Call } from "../../call.ts";
import { addCopy } from "../../copies.ts";
import type { Operator } from "../../operator.ts";
import { stridesOf } from "../../shapes.ts";
import { rowsOf } from "../layout.ts";

function splitSizes(call: Call): number[] {
  const { shape } = call.input(0);
  const axis = call.axis(call.number("axis", 0), shape.length);
  const n = shape[axis]!;
  const sizes = call.optionalList(1);
  if (sizes) {
    if (sizes.reduce((a, b) => a + b, 0) !== n)
      call.fail(`parts of [${sizes}] of an axis of ${n}`, "ERR_SHAPE");
    return sizes;
  }
  const count = call.node.outputs.length;
  const size = Math.ceil(n / count);
  return Array.from({ length: count }, (_, i) => Math.max(0, Math.min(size, n - i * size)));
}

/** Cuts a tensor into parts along an axis. */
export const SPLIT: Record<string, Operator> = {
  Split: {
    infer(call) {
      const { dtype, shape } = call.input(0);
      const axis = call.axis(call.number("axis", 0), shape.length);
      return splitSizes(call).map((n) => ({ dtype, shape: shape.map((size, i) => (i === axis ? n : size)) }));
    },
    view(call, outputs) {
      const { shape } = call.input(0);
      const axis = call.axis(call.number("axis", 0), shape.length);
      if (rowsOf(shape, axis).outer > 1) return undefined;
      let first = 0;
      return outputs.map((type) => {
        const place = first;
        first += rowsOf(type.shape, axis).inner;
        return place;
      });
    },
    lower(call, planner, outputs) {
      const from = call.input(0);
      const axis = call.axis(call.number("axis", 0), from.shape.length);
      const strides = stridesOf(from.shape);
      let first = 0;
      for (const to of outputs) {
        const source = { slot: from, start: first * strides[axis]!, strides };
        addCopy(planner, to.shape, { slot: to, strides: stridesOf(to.shape) }, source);
        first += to.shape[axis]!;
      }
    },
    evaluate(call, [x], outputs) {
      const axis = call.axis(call.number("axis", 0), x!.shape.length);
      const { outer, inner } = rowsOf(x!.shape, axis);
      let first = 0;
      for (const to of outputs) {
        const width = rowsOf(to.shape, axis).inner;
        for (let i = 0; i < outer; i++) {
          const from = i * inner + first;
          to.data.set(x!.data.subarray(from, from + width), i * width);
        }
        first += width;
      }
    },
  },
};
