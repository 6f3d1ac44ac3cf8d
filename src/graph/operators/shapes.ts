import { sizeOf } from "../../runtime/shapes.ts";
import type { Call, Type } from "../call.ts";
import type { Value } from "../graph.ts";
import type { Operator } from "../operator.ts";
import { emptyValue } from "../values.ts";

/** Returns a list of whole numbers as a value. */
export const int64 = (numbers: readonly number[], shape: readonly number[] = [numbers.length]): Value => ({
  dtype: "int64",
  shape,
  data: Int32Array.from(numbers),
});

/** Returns the type of an input with another shape. @throws ERR_SHAPE if the number of elements differs */
export function reshaped(call: Call, shape: readonly number[]): Type[] {
  const { dtype, size, shape: given } = call.input(0);
  if (sizeOf(shape) !== size) call.fail(`[${given}] cannot become [${shape}]`, "ERR_SHAPE");
  return [{ dtype, shape }];
}

/** Returns the shape that `Reshape` asks for. */
function reshape(call: Call): number[] {
  const { shape: given, size } = call.input(0);
  const wanted = call.list(1);
  const zero = call.flag("allowzero");
  const shape = wanted.map((n, i) =>
    n === 0 && !zero ? (given[i] ?? call.fail(`[${wanted}] copies an axis that is not there`)) : n,
  );
  if (shape.filter((n) => n === -1).length > 1 || shape.some((n) => n < -1)) {
    call.fail(`the shape is [${wanted}], expected at most one -1`, "ERR_SHAPE");
  }
  const rest = shape.reduce((product, n) => (n === -1 ? product : product * n), 1);
  return shape.map((n) => (n === -1 ? (rest ? size / rest : 0) : n));
}

export const sameMemory = (infer: (call: Call) => Type[]): Operator => ({ infer, view: () => [0] });

/** Operators that only give the numbers another shape, or are about shapes. */
export const SHAPES: Record<string, Operator> = {
  Identity: sameMemory((call) => [call.input(0)]),
  Reshape: sameMemory((call) => reshaped(call, reshape(call))),
  Squeeze: sameMemory((call) => {
    const { shape } = call.input(0);
    const given = call.optionalList(1);
    const axes = given ? call.axes(given, shape.length) : shape.flatMap((n, i) => (n === 1 ? [i] : []));
    return reshaped(
      call,
      shape.filter((_, i) => !axes.includes(i)),
    );
  }),
  Unsqueeze: sameMemory((call) => {
    const shape = [...call.input(0).shape];
    const given = call.list(1);
    for (const axis of call.axes(given, shape.length + given.length)) shape.splice(axis, 0, 1);
    return reshaped(call, shape);
  }),
  Shape: {
    known(call) {
      const { shape } = call.input(0);
      const at = (name: string, fallback: number) => {
        const n = call.number(name, fallback);
        return Math.min(Math.max(n < 0 ? n + shape.length : n, 0), shape.length);
      };
      return [int64(shape.slice(at("start", 0), at("end", shape.length)))];
    },
  },
  Range: {
    known(call) {
      const [start = 0, limit = 0, step = 1] = [0, 1, 2].map((i) => call.numbers(i).data[0]);
      if (!step) call.fail("the step is 0", "ERR_VALUE");
      const n = Math.max(0, Math.ceil((limit - start) / step));
      call.checkSize([n]);
      const value = emptyValue(call.input(0).dtype, [n]);
      for (let i = 0; i < n; i++) value.data[i] = start + i * step;
      return [value];
    },
  },
};
