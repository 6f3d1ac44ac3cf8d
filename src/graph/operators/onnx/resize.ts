import type { Call } from "../../call.ts";
import { isFloat } from "../../graph.ts";
import { eachLine, withLength } from "../../lines.ts";
import type { Operator } from "../../operator.ts";

/** For each place of the result along an axis: the places that it reads, and their weights. */
type Taps = readonly (readonly { readonly place: number; readonly weight: number }[])[];

/** An axis that changes. */
interface Axis {
  readonly axis: number;
  /** Length before and after, and the factor between them, which may be no whole number of elements. */
  readonly from: number;
  readonly to: number;
  readonly scale: number;
}

/** Returns the place in the input for place `i` of the result, by `coordinate_transformation_mode`. float32, as others compute it. */
const COORDINATES: Readonly<Record<string, (i: number, axis: Axis) => number>> = {
  half_pixel: (i, { scale }) => Math.fround(Math.fround((i + 0.5) / scale) - 0.5),
  half_pixel_symmetric(i, { from, to, scale }) {
    const adjustment = Math.fround(to / Math.fround(scale * from));
    const offset = Math.fround((from / 2) * Math.fround(1 - adjustment));
    return Math.fround(Math.fround(offset + Math.fround((i + 0.5) / scale)) - 0.5);
  },
  pytorch_half_pixel: (i, { to, scale }) => (to > 1 ? Math.fround(Math.fround((i + 0.5) / scale) - 0.5) : 0),
  align_corners: (i, { from, to }) => (to > 1 ? Math.fround((i * (from - 1)) / (to - 1)) : 0),
  asymmetric: (i, { scale }) => Math.fround(i / scale),
  tf_half_pixel_for_nn: (i, { scale }) => Math.fround((i + 0.5) / scale),
};

/** Rounds a place, by `nearest_mode`. */
const NEAREST: Readonly<Record<string, (x: number) => number>> = {
  round_prefer_floor: (x) => Math.ceil(x - 0.5),
  round_prefer_ceil: (x) => Math.floor(x + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

/** Returns weights of four neighbours for a place between the second and the third. Keys, Cubic convolution interpolation (1981). */
function cubic(t: number, a: number): number[] {
  const near = (x: number) => ((a + 2) * x - (a + 3)) * x * x + 1;
  const far = (x: number) => ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return [far(t + 1), near(t), near(1 - t), far(2 - t)];
}

function choice<T>(call: Call, name: string, fallback: string, table: Readonly<Record<string, T>>): T {
  const given = call.text(name, fallback);
  if (Object.hasOwn(table, given)) return table[given]!;
  return call.fail(`${name} is ${given}, expected ${Object.keys(table).join(", ")}`);
}

/** Returns what each place of the result reads along an axis. */
function tapsOf(call: Call, axis: Axis): Taps {
  const { from, to } = axis;
  const place = choice(call, "coordinate_transformation_mode", "half_pixel", COORDINATES);
  const inside = (i: number) => Math.min(Math.max(i, 0), from - 1);
  const outside = call.flag("exclude_outside");
  const round = choice(call, "nearest_mode", "round_prefer_floor", NEAREST);
  const kinds: Record<string, (x: number) => Taps[number]> = {
    nearest: (x) => [{ place: inside(round(x)), weight: 1 }],
    linear(given) {
      const x = inside(given);
      const low = Math.floor(x);
      return [
        { place: low, weight: 1 - (x - low) },
        { place: inside(low + 1), weight: x - low },
      ];
    },
    cubic(x) {
      const low = Math.floor(x);
      const weights = cubic(x - low, call.number("cubic_coeff_a", -0.75));
      const taps = weights.map((weight, k) => ({ place: low - 1 + k, weight }));
      if (!outside) return taps.map((tap) => ({ ...tap, place: inside(tap.place) }));
      const kept = taps.filter((tap) => tap.place >= 0 && tap.place < from);
      const sum = kept.reduce((total, { weight }) => total + weight, 0);
      return kept.map((tap) => ({ ...tap, weight: tap.weight / sum }));
    },
  };
  const kind = choice(call, "mode", "nearest", kinds);
  return Array.from({ length: to }, (_, i) => kind(axis.scale === 1 && from === to ? i : place(i, axis)));
}

/** Returns the axes of the result. */
function axesOf(call: Call): Axis[] {
  const { shape } = call.input(0);
  const axes = call
    .numbersOf(
      "axes",
      shape.map((_, i) => i),
    )
    .map((axis) => call.axis(axis, shape.length));
  if (call.flag("antialias")) call.fail("antialias is 1, expected 0");
  const [scales, sizes] = [call.optionalList(2), call.optionalList(3)];
  const given = sizes ?? scales ?? call.fail("scales and sizes are both missing");
  if (given.length !== axes.length) call.fail(`${given.length} scales or sizes for ${axes.length} axes`);
  if (given.some((n) => !(n > 0) || !Number.isFinite(n)))
    call.fail(`scales or sizes are [${given}], expected numbers above 0`, "ERR_SHAPE");
  if (!sizes) {
    return axes.map((axis, i) => {
      const [from, scale] = [shape[axis]!, given[i]!];
      return { axis, from, scale, to: Math.floor(from * scale) };
    });
  }
  const ratios = axes.map((axis, i) => given[i]! / shape[axis]!);
  const same = choice(call, "keep_aspect_ratio_policy", "stretch", {
    stretch: undefined,
    not_larger: Math.min(...ratios),
    not_smaller: Math.max(...ratios),
  });
  return axes.map((axis, i) => {
    const from = shape[axis]!;
    const to = same === undefined ? given[i]! : Math.floor(same * from + 0.5);
    return { axis, from, to, scale: Math.fround(same ?? to / from) };
  });
}

/** Makes tensors larger or smaller, one axis after the other. */
export const RESIZE: Record<string, Operator> = {
  Resize: {
    infer(call) {
      const { dtype, shape } = call.input(0);
      const to = [...shape];
      for (const axis of axesOf(call)) {
        if (!axis.from) call.fail(`the input is [${shape}], expected no axis of 0`, "ERR_SHAPE");
        to[axis.axis] = axis.to;
      }
      tapsOf(call, { axis: 0, from: 1, to: 1, scale: 1 });
      return [{ dtype, shape: to }];
    },
    evaluate(call, [x], [to]) {
      let [shape, data]: [readonly number[], ArrayLike<number>] = [x!.shape, x!.data];
      for (const axis of axesOf(call)) {
        const taps = tapsOf(call, axis);
        if (axis.from === axis.to && taps.every((list, i) => list[0]!.place === i && list[0]!.weight === 1))
          continue;
        const larger = withLength(shape, axis.axis, axis.to);
        const result = new Float64Array(larger.reduce((product, n) => product * n, 1));
        const starts: number[] = [];
        eachLine(larger, axis.axis, (start) => starts.push(start));
        eachLine(shape, axis.axis, (start, step, line) => {
          for (const [i, list] of taps.entries()) {
            let sum = 0;
            for (const { place, weight } of list) sum += weight * data[start + place * step]!;
            result[starts[line]! + i * step] = sum;
          }
        });
        [shape, data] = [larger, result];
      }
      const whole = !isFloat(to!.dtype);
      for (let i = 0; i < to!.data.length; i++) to!.data[i] = whole ? Math.trunc(data[i]!) : data[i]!;
    },
  },
};
