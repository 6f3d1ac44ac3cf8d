import { sizeOf } from "../../../runtime/shapes.ts";
import type { Call, Type } from "../../call.ts";
import type { Value } from "../../graph.ts";
import { eachLine, withAxis, withLength, withoutAxis } from "../../lines.ts";
import type { Operator } from "../../operator.ts";
import { emptyValue } from "../../values.ts";
import { kept32 } from "../elementwise.ts";
import { int64 } from "../shapes.ts";

/** Compares numbers; NaN is the largest. */
function compare(a: number, b: number): number {
  if (a === b) return 0;
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a - b;
}

function topK(call: Call): { axis: number; k: number } {
  const { shape } = call.input(0);
  const axis = call.axis(call.number("axis", -1), shape.length);
  const given = call.list(1);
  const [k = -1] = given;
  if (given.length !== 1 || k < 0 || k > shape[axis]!)
    call.fail(`k is [${given}], expected a number from 0 to ${shape[axis]}`, "ERR_SHAPE");
  return { axis, k };
}

/** Returns the slices of a value along an axis, each as a value without it. */
function slicesOf({ dtype, shape, data }: Value, axis: number): Value[] {
  const inner = sizeOf(shape.slice(axis + 1));
  const n = shape[axis]!;
  return Array.from({ length: n }, (_, i) => {
    const slice = emptyValue(dtype, withoutAxis(shape, axis));
    for (let k = 0; k < slice.data.length; k++)
      slice.data[k] = data[(Math.floor(k / inner) * n + i) * inner + (k % inner)]!;
    return slice;
  });
}

/** Lays slices side by side along an axis. */
function join(slices: readonly Value[], { dtype, shape }: Type, axis: number): Value {
  const to = emptyValue(dtype, withLength(shape, axis, slices.length));
  const inner = sizeOf(shape.slice(axis + 1));
  for (const [i, { data }] of slices.entries()) {
    for (let k = 0; k < data.length; k++)
      to.data[(Math.floor(k / inner) * slices.length + i) * inner + (k % inner)] = data[k]!;
  }
  return to;
}

const flat = (value: Value): Value => ({ ...value, shape: [value.data.length] });

/** Returns a value, or its elements in a row if there is no attribute `axis`, and the axis. */
function alongAxis(call: Call, value: Value): { value: Value; axis: number } {
  call.input(0);
  if (call.node.attributes.axis === undefined) return { value: flat(value), axis: 0 };
  const axis = call.axis(call.number("axis"), value.shape.length);
  call.checkSize([value.shape[axis]!]); // which may be large if another axis is 0
  return { value, axis };
}

/** Operators that choose elements, and those that say which. */
export const SELECTION: Record<string, Operator> = {
  TopK: {
    infer(call): Type[] {
      const { dtype, shape } = call.input(0);
      const { axis, k } = topK(call);
      const chosen = withLength(shape, axis, k);
      return [
        { dtype, shape: chosen },
        { dtype: "int64", shape: chosen },
      ];
    },
    evaluate(call, [x], [values, indices]) {
      const { axis, k } = topK(call);
      const sign = call.flag("largest", true) ? -1 : 1;
      const starts: [number, number][] = [];
      eachLine(values!.shape, axis, (start, step) => starts.push([start, step]));
      eachLine(x!.shape, axis, (start, step, line) => {
        const places = Int32Array.from({ length: x!.shape[axis]! }, (_, i) => i);
        places.sort(
          (a, b) => sign * compare(x!.data[start + a * step]!, x!.data[start + b * step]!) || a - b,
        );
        const [first, apart] = starts[line]!;
        for (let i = 0; i < k; i++) {
          values!.data[first + i * apart] = x!.data[start + places[i]! * step]!;
          indices!.data[first + i * apart] = places[i]!;
        }
      });
    },
  },
  OneHot: {
    infer(call): Type[] {
      const { shape } = call.input(0);
      const depth = Math.trunc(call.numbers(1).data[0] ?? -1);
      call.checkShape(2, "values are", [2]);
      const axis = call.axis(call.number("axis", -1), shape.length + 1);
      return [{ dtype: call.input(2).dtype, shape: withAxis(shape, axis, depth) }];
    },
    evaluate(call, [indices, , values], [to]) {
      const axis = call.axis(call.number("axis", -1), to!.shape.length);
      const depth = to!.shape[axis]!;
      const [off, on] = values!.data;
      to!.data.fill(off!);
      eachLine(to!.shape, axis, (start, step, line) => {
        const index = Math.trunc(indices!.data[line]!);
        const at = index < 0 ? index + depth : index;
        if (at >= 0 && at < depth) to!.data[start + at * step] = on!;
      });
    },
  },
  CumSum: {
    infer(call) {
      const { dtype, shape } = call.input(0);
      call.axis(call.numbers(1).data[0] ?? 0, shape.length);
      return [{ dtype, shape }];
    },
    evaluate(call, [x, axes], [to]) {
      const axis = call.axis(axes!.data[0] ?? 0, x!.shape.length);
      const n = x!.shape[axis]!;
      const [exclusive, reverse] = [call.flag("exclusive"), call.flag("reverse")];
      eachLine(x!.shape, axis, (start, step) => {
        let sum = 0;
        for (let i = 0; i < n; i++) {
          const at = start + (reverse ? n - 1 - i : i) * step;
          if (exclusive) to!.data[at] = sum;
          sum = kept32(call, to!.dtype, sum + x!.data[at]!);
          if (!exclusive) to!.data[at] = sum;
        }
      });
    },
  },
  NonZero: {
    dynamic(call, [x]) {
      call.input(0);
      const places: number[] = [];
      for (const [i, value] of x!.data.entries()) if (value !== 0) places.push(i);
      const rank = x!.shape.length;
      const found = int64(new Array(rank * places.length).fill(0), [rank, places.length]);
      for (let axis = rank - 1, inner = 1; axis >= 0; axis--) {
        const n = x!.shape[axis]!;
        for (const [i, place] of places.entries())
          found.data[axis * places.length + i] = Math.floor(place / inner) % n;
        inner *= n;
      }
      return [found];
    },
  },
  Compress: {
    dynamic(call, [x, condition]) {
      call.input(1);
      const { value, axis } = alongAxis(call, x!);
      const slices = slicesOf(value, axis);
      if (condition!.shape.length !== 1 || condition!.data.length > slices.length)
        call.fail(`condition is [${condition!.shape}], expected up to ${slices.length}`, "ERR_SHAPE");
      return [
        join(
          slices.filter((_, i) => condition!.data[i]),
          value,
          axis,
        ),
      ];
    },
  },
  Unique: {
    dynamic(call, [x]) {
      const { value, axis } = alongAxis(call, x!);
      const slices = slicesOf(value, axis);
      const order = (a: Value, b: Value) => {
        for (let i = 0; i < a.data.length; i++) {
          const sign = compare(a.data[i]!, b.data[i]!);
          if (sign) return sign;
        }
        return 0;
      };
      const sorted = slices.map((_, i) => i).sort((a, b) => order(slices[a]!, slices[b]!) || a - b);
      /** The first place of each different slice, and which of them each slice is. */
      const groups: { first: number; members: number[] }[] = [];
      for (const place of sorted) {
        const last = groups.at(-1);
        if (last && order(slices[last.first]!, slices[place]!) === 0) last.members.push(place);
        else groups.push({ first: place, members: [place] });
      }
      if (!call.flag("sorted", true)) groups.sort((a, b) => a.first - b.first);
      const inverse = slices.map(() => 0);
      for (const [i, { members }] of groups.entries()) for (const member of members) inverse[member] = i;
      return [
        join(
          groups.map(({ first }) => slices[first]!),
          value,
          axis,
        ),
        int64(groups.map(({ first }) => first)),
        int64(inverse),
        int64(groups.map(({ members }) => members.length)),
      ];
    },
  },
  Trilu: {
    infer(call) {
      const { dtype, shape } = call.input(0);
      if (shape.length < 2) call.fail(`the input is [${shape}], expected two axes or more`, "ERR_SHAPE");
      return [{ dtype, shape }];
    },
    evaluate(call, [x, diagonal], [to]) {
      const [rows = 0, columns = 0] = x!.shape.slice(-2);
      const k = diagonal?.data[0] ?? 0;
      const upper = call.flag("upper", true);
      for (let i = 0; i < to!.data.length; i++) {
        const [row, column] = [Math.floor(i / columns) % rows, i % columns];
        const kept = upper ? column - row >= k : column - row <= k;
        to!.data[i] = kept ? x!.data[i]! : 0;
      }
    },
  },
  EyeLike: {
    known(call) {
      const { dtype, shape } = call.input(0);
      if (shape.length !== 2) call.fail(`the input is [${shape}], expected two axes`, "ERR_SHAPE");
      call.checkSize(shape);
      const value = emptyValue(call.type("dtype", dtype), shape);
      const [rows = 0, columns = 0] = shape;
      const k = call.number("k", 0);
      for (let i = 0; i < rows; i++) if (i + k >= 0 && i + k < columns) value.data[i * columns + i + k] = 1;
      return [value];
    },
  },
  ReverseSequence: {
    infer(call) {
      const { dtype, shape } = call.input(0);
      const [batch, time] = [call.number("batch_axis", 1), call.number("time_axis", 0)];
      if (shape.length < 2 || ![0, 1].includes(batch) || time !== 1 - batch)
        call.fail(`time axis ${time} and batch axis ${batch} of [${shape}], expected 0 and 1`, "ERR_SHAPE");
      call.input(1);
      call.checkShape(1, "sequence_lens is", [shape[batch]!]);
      return [{ dtype, shape }];
    },
    evaluate(call, [x, lengths], [to]) {
      const batch = call.number("batch_axis", 1);
      const [T, N] = [x!.shape[1 - batch]!, x!.shape[batch]!];
      const inner = sizeOf(x!.shape.slice(2));
      const place = (t: number, n: number) => (batch ? t * N + n : n * T + t) * inner;
      for (let n = 0; n < N; n++) {
        const length = lengths!.data[n]!;
        if (length < 0 || length > T) call.fail(`a sequence has length ${length} of ${T}`, "ERR_DATA");
        for (let t = 0; t < T; t++) {
          const from = place(t < length ? length - 1 - t : t, n);
          to!.data.set(x!.data.subarray(from, from + inner), place(t, n));
        }
      }
    },
  },
};
