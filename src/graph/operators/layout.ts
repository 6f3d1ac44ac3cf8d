import type { Call, Type } from "../call.ts";
import { addCopy, regularStrides } from "../copies.ts";
import type { Value } from "../graph.ts";
import type { Lowering } from "../lowering.ts";
import type { Operator } from "../operator.ts";
import { broadcast, broadcastStrides, collapse, eachPlace, type Shape, stridesOf } from "../shapes.ts";
import type { Slot } from "../slot.ts";

/** How an operator reads the elements of its first input, one after the other. */
interface Reading {
  /** The shape of the result. */
  readonly shape: Shape;
  /** The shape in which it goes through the elements, if that is another one. */
  readonly walk?: Shape;
  /** The distance of neighbours along each axis. */
  readonly strides: readonly number[];
  /** Place of the first element. */
  readonly start?: number;
}

/** An operator that reads the elements of its first input in another order. @param read returns undefined if the order is not known yet */
export const reordered = <R extends Reading | undefined>(read: (call: Call) => R) => ({
  infer: (call: Call): Type[] => [{ dtype: call.input(0).dtype, shape: read(call)!.shape }],
  view(call: Call) {
    const reading = read(call);
    if (!reading) return undefined;
    const { shape, walk = shape, strides, start = 0 } = reading;
    const { shape: lengths, strides: steps } = collapse(walk, [strides]);
    return lengths.length === 1 && (steps[0]![0] === 1 || lengths[0] === 1) ? [start] : undefined;
  },
  lower(call: Call, planner: Lowering, [to]: readonly Slot[]) {
    const reading = read(call);
    if (!reading) return false;
    const { shape, walk = shape } = reading;
    addCopy(planner, walk, { slot: to!, strides: stridesOf(walk) }, { slot: call.input(0), ...reading });
    return undefined;
  },
  evaluate(call: Call, [x]: readonly (Value | undefined)[], [to]: readonly Value[]) {
    const { shape, walk = shape, strides, start = 0 } = read(call)!;
    let at = 0;
    eachPlace(walk, [strides], ([place]) => {
      to!.data[at++] = x!.data[start + place!]!;
    });
  },
});

function permutation(call: Call): Reading {
  const { shape } = call.input(0);
  const perm = call.numbersOf(
    "perm",
    shape.map((_, i) => shape.length - 1 - i),
  );
  if (perm.length !== shape.length) call.fail(`perm [${perm}] for ${shape.length} axes`);
  call.axes(perm, shape.length);
  const strides = stridesOf(shape);
  return { shape: perm.map((axis) => shape[axis]!), strides: perm.map((axis) => strides[axis]!) };
}

function slice(call: Call): Reading {
  const shape = [...call.input(0).shape];
  const strides = stridesOf(shape);
  const [starts, ends] = [call.list(1), call.list(2)];
  const axes = (call.optionalList(3) ?? starts.map((_, i) => i)).map((axis) => call.axis(axis, shape.length));
  const steps = call.optionalList(4) ?? starts.map(() => 1);
  let start = 0;
  for (const [i, axis] of axes.entries()) {
    const step = steps[i]!;
    if (!step) call.fail("a step is 0", "ERR_VALUE");
    const n = shape[axis]!;
    const clip = (at: number, low: number) =>
      Math.min(Math.max(at < 0 ? at + n : at, low), step < 0 ? n - 1 : n);
    const [first, end] = [clip(starts[i]!, 0), clip(ends[i]!, step < 0 ? -1 : 0)];
    shape[axis] = Math.max(0, Math.ceil((end - first) / step));
    start += shape[axis]! ? first * strides[axis]! : 0;
    strides[axis]! *= step;
  }
  return { shape, strides, start };
}

/** Returns the first and the last axis of a part, in a form that rows can be copied. */
export function rowsOf(shape: Shape, axis: number): { outer: number; inner: number } {
  const product = (axes: Shape) => axes.reduce((total, n) => total * n, 1);
  return { outer: product(shape.slice(0, axis)), inner: product(shape.slice(axis)) };
}

/** Returns the axis along which parts lie beside each other. */
function joinedAt(call: Call): number {
  return call.axis(call.number("axis"), call.input(0).shape.length);
}

/** Returns an index counted from 0. */
export function indexIn(call: Call, index: number, n: number): number {
  const found = index < 0 ? index + n : index;
  if (found < 0 || found >= n) call.fail(`index ${index} of ${n}`, "ERR_DATA");
  return found;
}

/** Returns for each place along an axis of the result the place in the input; -1 for padding. */
const MODES: Record<string, (i: number, n: number) => number> = {
  constant: (i, n) => (i < 0 || i >= n ? -1 : i),
  edge: (i, n) => Math.min(Math.max(i, 0), n - 1),
  reflect: (i, n) =>
    n === 1 ? 0 : Math.abs(((((i + n - 1) % (2 * n - 2)) + 2 * n - 2) % (2 * n - 2)) - (n - 1)),
  wrap: (i, n) => ((i % n) + n) % n,
};

function pads(call: Call): { before: number[]; shape: number[] } {
  const { shape } = call.input(0);
  const given = call.list(1);
  const axes = (call.optionalList(3) ?? shape.map((_, i) => i)).map((axis) => call.axis(axis, shape.length));
  if (given.length !== 2 * axes.length) call.fail(`${given.length} pads for ${axes.length} axes`);
  const before = shape.map(() => 0);
  const padded = [...shape];
  for (const [i, axis] of axes.entries()) {
    before[axis] = given[i]!;
    padded[axis]! += given[i]! + given[axes.length + i]!;
  }
  return { before, shape: padded };
}

/** Returns for each place of the padded tensor the place in the given one; -1 for the value of padding. */
function paddedFrom(call: Call, shape: Shape): Int32Array {
  const given = call.input(0).shape;
  const { before } = pads(call);
  const mode = MODES[call.text("mode", "constant")] ?? call.fail(`mode ${call.text("mode")} is unknown`);
  const [own, strides] = [stridesOf(shape), stridesOf(given)];
  return Int32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => {
    let from = 0;
    for (const [axis, n] of given.entries()) {
      const at = mode((Math.floor(i / own[axis]!) % shape[axis]!) - before[axis]!, n);
      if (at < 0) return -1;
      from += at * strides[axis]!;
    }
    return from;
  });
}

function fillPadded(to: Value, { data }: Value, fill: Value | undefined, places: Int32Array): void {
  const rest = fill?.data[0] ?? 0;
  for (let i = 0; i < places.length; i++) to.data[i] = places[i]! < 0 ? rest : data[places[i]!]!;
}

/** Returns how `Gather` reads its input, if its indices are known and regular. */
function gathered(call: Call): Reading | undefined {
  const indices = call.input(1).constant;
  if (!indices?.data.length) return undefined;
  const { shape } = call.input(0);
  const axis = call.axis(call.number("axis", 0), shape.length);
  const places = Array.from(indices.data, (index) => indexIn(call, index, shape[axis]!));
  const steps = regularStrides(indices.shape, places);
  if (!steps) return undefined;
  const { outer } = rowsOf(shape, axis);
  const { inner } = rowsOf(shape, axis + 1);
  return {
    shape: [outer, ...indices.shape, inner],
    strides: [shape[axis]! * inner, ...steps.map((step) => step * inner), 1],
    start: places[0]! * inner,
  };
}

export const LAYOUT: Record<string, Operator> = {
  Transpose: reordered(permutation),
  Slice: reordered(slice),
  Expand: reordered((call) => {
    const { shape } = call.input(0);
    const wanted = call.list(1);
    const to =
      broadcast(shape, wanted) ?? call.fail(`[${shape}] does not expand to [${wanted}]`, "ERR_SHAPE");
    return { shape: to, strides: broadcastStrides(shape, to) };
  }),
  Concat: {
    infer(call): Type[] {
      const { dtype, shape } = call.input(0);
      const axis = joinedAt(call);
      const joined = [...shape];
      for (let i = 1; i < call.inputs.length; i++) {
        const other = call.input(i).shape;
        const fits = other.length === shape.length && other.every((n, k) => k === axis || n === shape[k]);
        if (!fits) call.fail(`[${other}] does not go beside [${shape}] on axis ${axis}`, "ERR_SHAPE");
        joined[axis]! += other[axis]!;
      }
      return [{ dtype, shape: joined }];
    },
    lower(call, planner, [to]) {
      const axis = joinedAt(call);
      const strides = stridesOf(to!.shape);
      let first = 0;
      for (let i = 0; i < call.inputs.length; i++) {
        const from = call.input(i);
        const target = { slot: to!, start: first * strides[axis]!, strides };
        addCopy(planner, from.shape, target, { slot: from, strides: stridesOf(from.shape) });
        first += from.shape[axis]!;
      }
    },
    evaluate(call, inputs, [to]) {
      const axis = joinedAt(call);
      const { outer, inner } = rowsOf(to!.shape, axis);
      let first = 0;
      for (const input of inputs) {
        const width = rowsOf(input!.shape, axis).inner;
        for (let i = 0; i < outer; i++)
          to!.data.set(input!.data.subarray(i * width, (i + 1) * width), i * inner + first);
        first += width;
      }
    },
  },
  Tile: reordered((call) => {
    const { shape } = call.input(0);
    const repeats = call.list(1);
    if (repeats.length !== shape.length) call.fail(`${repeats.length} repeats for ${shape.length} axes`);
    return {
      shape: shape.map((n, i) => n * repeats[i]!),
      walk: shape.flatMap((n, i) => [repeats[i]!, n]),
      strides: stridesOf(shape).flatMap((step) => [0, step]),
    };
  }),
  Pad: {
    infer: (call) => [{ dtype: call.input(0).dtype, shape: pads(call).shape }],
    lower(call, planner, [to]) {
      const places = paddedFrom(call, to!.shape);
      const [from, fill, target] = [call.input(0), call.inputs[2], to!].map(
        (slot) => slot && planner.numbersOf(slot),
      );
      planner.step(() => fillPadded(target!, from!, fill, places));
    },
    evaluate: (call, [x, , fill], [to]) => fillPadded(to!, x!, fill, paddedFrom(call, to!.shape)),
  },
  Gather: {
    ...reordered(gathered),
    infer(call) {
      const { dtype, shape } = call.input(0);
      const axis = call.axis(call.number("axis", 0), shape.length);
      return [{ dtype, shape: [...shape.slice(0, axis), ...call.input(1).shape, ...shape.slice(axis + 1)] }];
    },
    evaluate(call, [x, indices], [to]) {
      const axis = call.axis(call.number("axis", 0), x!.shape.length);
      const n = x!.shape[axis]!;
      const { outer } = rowsOf(x!.shape, axis);
      const { inner } = rowsOf(x!.shape, axis + 1);
      let at = 0;
      for (let i = 0; i < outer; i++) {
        for (const index of indices!.data) {
          const from = (i * n + indexIn(call, index, n)) * inner;
          to!.data.set(x!.data.subarray(from, from + inner), at);
          at += inner;
        }
      }
    },
  },
};
