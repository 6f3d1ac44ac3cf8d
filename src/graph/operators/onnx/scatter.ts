import { sizeOf } from "../../../runtime/shapes.ts";
import type { Call, Type } from "../../call.ts";
import { addCopy, regularStrides } from "../../copies.ts";
import { isFloat } from "../../graph.ts";
import type { Operator } from "../../operator.ts";
import { eachPlace, type Shape, stridesOf } from "../../shapes.ts";
import { indexIn } from "../layout.ts";

/** Returns what becomes of an element `a` to which `b` is scattered. */
function combining(call: Call): (a: number, b: number) => number {
  const name = call.text("reduction", "none");
  const table: Record<string, (a: number, b: number) => number> = {
    none: (_, b) => b,
    add: (a, b) => a + b,
    mul: isFloat(call.input(0).dtype) ? (a, b) => a * b : Math.imul,
    max: Math.max,
    min: Math.min,
  };
  if (Object.hasOwn(table, name)) return table[name]!;
  return call.fail(`reduction is ${name}, expected ${Object.keys(table).join(", ")}`);
}

/** Checks the type of indices. */
function checkIndices(call: Call, i: number): void {
  const { dtype } = call.input(i);
  if (dtype !== "int64" && dtype !== "int32")
    call.fail(`indices are ${dtype}, expected int64 or int32`, "ERR_DTYPE");
}

/** Checks that updates have the type and the shape that they need. */
function checkUpdates(call: Call, shape: Shape): void {
  const [data, updates] = [call.input(0), call.input(2)];
  if (updates.dtype !== data.dtype)
    call.fail(`updates are ${updates.dtype}, expected ${data.dtype}`, "ERR_DTYPE");
  call.checkShape(2, "updates are", shape);
  combining(call);
}

/** Returns the axis of an operator whose indices have as many axes as its data, and are not longer on the others. */
function elementAxis(call: Call): number {
  const [{ shape }, indices] = [call.input(0), call.input(1).shape];
  checkIndices(call, 1);
  const axis = call.axis(call.number("axis", 0), shape.length);
  if (indices.length !== shape.length || indices.some((n, i) => i !== axis && n > shape[i]!))
    call.fail(`indices [${indices}] into [${shape}] along axis ${axis}`, "ERR_SHAPE");
  return axis;
}

/** Visits for each index its place and that of the element it means. */
function eachElement(
  call: Call,
  shape: Shape,
  indices: { readonly shape: Shape; readonly data: ArrayLike<number> },
  visit: (place: number, element: number) => void,
): void {
  const axis = elementAxis(call);
  const strides = stridesOf(shape);
  const others = strides.map((step, i) => (i === axis ? 0 : step));
  let at = 0;
  eachPlace(indices.shape, [others], ([base]) => {
    visit(at, base! + indexIn(call, indices.data[at]!, shape[axis]!) * strides[axis]!);
    at++;
  });
}

/** What an operator with tuples of indices reads: the batches, how many axes a tuple has, and the shape of what it means. */
function tuples(call: Call, batches: number) {
  const [{ shape }, indices] = [call.input(0), call.input(1).shape];
  checkIndices(call, 1);
  const depth = indices.at(-1) ?? call.fail("indices are a scalar", "ERR_SHAPE");
  const fits =
    Number.isInteger(batches) &&
    batches >= 0 &&
    batches < indices.length &&
    batches + depth <= shape.length &&
    indices.slice(0, batches).join() === shape.slice(0, batches).join();
  if (!fits) call.fail(`indices [${indices}] into [${shape}] with ${batches} batch axes`, "ERR_SHAPE");
  return { depth, outer: indices.slice(0, -1), slice: shape.slice(batches + depth) };
}

/** Visits for each tuple of indices its number and the place of the first element of the slice it means. */
function eachSlice(
  call: Call,
  shape: Shape,
  indices: { readonly shape: Shape; readonly data: ArrayLike<number> },
  batches: number,
  visit: (tuple: number, start: number) => void,
): void {
  const { depth, outer } = tuples(call, batches);
  const strides = stridesOf(shape);
  const count = sizeOf(outer);
  const perBatch = sizeOf(outer.slice(batches));
  const batchSize = sizeOf(shape.slice(batches));
  for (let i = 0; i < count; i++) {
    let start = Math.floor(i / perBatch) * batchSize;
    for (let k = 0; k < depth; k++)
      start += indexIn(call, indices.data[i * depth + k]!, shape[batches + k]!) * strides[batches + k]!;
    visit(i, start);
  }
}

/** Operators that read or write single elements or slices by indices. */
export const SCATTER: Record<string, Operator> = {
  GatherElements: {
    infer(call) {
      elementAxis(call);
      return [{ dtype: call.input(0).dtype, shape: call.input(1).shape }];
    },
    evaluate(call, [x, indices], [to]) {
      eachElement(call, x!.shape, indices!, (place, element) => {
        to!.data[place] = x!.data[element]!;
      });
    },
  },
  GatherND: {
    infer(call): Type[] {
      const { outer, slice } = tuples(call, call.number("batch_dims", 0));
      return [{ dtype: call.input(0).dtype, shape: [...outer, ...slice] }];
    },
    evaluate(call, [x, indices], [to]) {
      const batches = call.number("batch_dims", 0);
      const width = sizeOf(tuples(call, batches).slice);
      eachSlice(call, x!.shape, indices!, batches, (tuple, start) => {
        to!.data.set(x!.data.subarray(start, start + width), tuple * width);
      });
    },
  },
  ScatterElements: {
    infer(call) {
      elementAxis(call);
      checkUpdates(call, call.input(1).shape);
      return [call.input(0)];
    },
    evaluate(call, [x, indices, updates], [to]) {
      const combine = combining(call);
      to!.data.set(x!.data);
      eachElement(call, x!.shape, indices!, (place, element) => {
        to!.data[element] = combine(to!.data[element]!, updates!.data[place]!);
      });
    },
  },
  ScatterND: {
    infer(call) {
      const { outer, slice } = tuples(call, 0);
      checkUpdates(call, [...outer, ...slice]);
      return [call.input(0)];
    },
    lower(call, planner, [to]) {
      const [x, updates] = [call.input(0), call.input(2)];
      const indices = call.input(1).constant;
      if (!indices?.data.length || call.text("reduction", "none") !== "none") return false;
      const { outer, slice } = tuples(call, 0);
      const starts: number[] = [];
      eachSlice(call, x.shape, indices, 0, (_, start) => starts.push(start));
      const steps = regularStrides(outer, starts);
      if (!steps || steps.some((step, i) => step === 0 && outer[i]! > 1)) return false; // the last of several counts
      const all = { shape: [x.size], strides: [1] };
      addCopy(planner, all.shape, { slot: to!, strides: all.strides }, { slot: x, strides: all.strides });
      const shape = [...outer, sizeOf(slice)];
      const target = { slot: to!, start: starts[0]!, strides: [...steps, 1] };
      addCopy(planner, shape, target, { slot: updates, strides: stridesOf(shape) });
    },
    evaluate(call, [x, indices, updates], [to]) {
      const combine = combining(call);
      const width = sizeOf(tuples(call, 0).slice);
      to!.data.set(x!.data);
      if (!updates!.data.length) return;
      eachSlice(call, x!.shape, indices!, 0, (tuple, start) => {
        for (let i = 0; i < width; i++) {
          to!.data[start + i] = combine(to!.data[start + i]!, updates!.data[tuple * width + i]!);
        }
      });
    },
  },
};
