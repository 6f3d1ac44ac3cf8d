import { expect, it } from "vitest";
import { activationCode } from "../../src/autograd/activation.ts";
import { type Build, describeBuilds } from "../builds.ts";
import { exp, relu, sigmoid, tanh } from "../reference.ts";
import { expectSame } from "../same.ts";

/** Kernels that show the functions; elu shows expm1, softplus shows log1p. */
type Name = "exp" | "sigmoid" | "tanh" | "relu" | "elu" | "softplus";

/** Magnitudes at which something may go wrong, including those of the largest errors in an exhaustive search. */
const EDGES = [
  0,
  1e-45,
  1e-38,
  1.5046455040529718e-36,
  2 ** -126,
  1e-30,
  1e-10,
  1,
  0.004009172786027193,
  4.816048622131348,
  5.827876091003418,
  7.9,
  7.905311107635498,
  8,
  10,
  10.4937162399292,
  10.485260963439941,
  17.16187858581543,
  87,
  87.33,
  87.34,
  88,
  88.72,
  88.73,
  104,
  124.0733642578125,
  3e38,
  Infinity,
];

/** Floats of both signs: evenly spaced in their bits, evenly spaced in [-104, 104], the edges and NaN. */
const GRID = Float32Array.from([
  ...bothSigns([...floats(40_009), ...steps(104, 20_000), ...EDGES]),
  Number.NaN,
]);

function bothSigns(values: number[]): number[] {
  return values.flatMap((value) => [value, -value]);
}

/** Returns every `stride`-th float from the smallest normal one to the largest. */
function floats(stride: number): number[] {
  const [first, last] = [0x00800000, 0x7f7fffff];
  const bits = Uint32Array.from(
    { length: Math.floor((last - first) / stride) + 1 },
    (_, i) => first + i * stride,
  );
  return [...new Float32Array(bits.buffer)];
}

function steps(limit: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => (i * limit) / count);
}

function apply({ kernels, arena }: Build, name: Name, x: ArrayLike<number>): Float32Array {
  const y = arena.output(x);
  kernels.activation_forward(activationCode("", name).id, y.ptr, y.ptr, x.length, 1, 0);
  return y.values;
}

/** Returns the largest error(got, want, x) over the points of the grid for which `holds` is true, and its x. */
function worst(
  y: Float32Array,
  f: (x: number) => number,
  error: (got: number, want: number) => number,
  holds: (x: number) => boolean,
): { error: number; x: number } {
  let found = { error: 0, x: Number.NaN };
  GRID.forEach((x, i) => {
    if (!holds(x)) return;
    const e = error(y[i]!, f(x));
    if (!(e <= found.error)) found = { error: e, x };
  });
  return found;
}

const relative = (got: number, want: number) => Math.abs(got - want) / Math.abs(want);
const absolute = (got: number, want: number) => Math.abs(got - want);

/** The bounds that assembly/math.ts states. */
const BOUNDS: [Name, string, (x: number) => number, typeof relative, (x: number) => boolean, number][] = [
  [
    "exp",
    "relative, x in [-87.33, 88.72]",
    exp,
    relative,
    (x) => x >= Math.fround(-87.33) && x <= 88.72,
    4.3e-7,
  ],
  ["sigmoid", "relative, x >= -87", sigmoid, relative, (x) => x >= -87, 3e-7],
  ["sigmoid", "absolute, x < -87", sigmoid, absolute, (x) => x < -87, 1.7e-38],
  ["tanh", "absolute, everywhere", tanh, absolute, (x) => !Number.isNaN(x), 4.2e-7],
  [
    "tanh",
    "relative, |x| in (2.5e-36, 7.9)",
    tanh,
    relative,
    (x) => Math.abs(x) > 2.5e-36 && Math.abs(x) < 7.9,
    5e-7,
  ],
  ["tanh", "absolute, |x| <= 2.5e-36", tanh, absolute, (x) => Math.abs(x) <= 2.5e-36, 4e-43],
  ["elu", "expm1, relative, x < -5e-36", Math.expm1, relative, (x) => x < -5e-36, 4.3e-7],
  ["elu", "expm1, absolute, x in [-5e-36, 0]", Math.expm1, absolute, (x) => x >= -5e-36 && x <= 0, 8e-43],
];

describeBuilds("elementary functions", (build) => {
  it.each(BOUNDS)("%s has the stated error: %s", (name, _, f, error, holds, bound) => {
    const { error: found, x } = worst(apply(build, name, GRID), f, error, holds);
    expect(found, `at ${x}`).toBeLessThan(bound);
  });

  it("log1p of softplus has the stated relative error", () => {
    const x = GRID.filter((value) => value >= -87 && value <= 0);
    const e = apply(build, "exp", x);
    const { error, at } = apply(build, "softplus", x).reduce(
      (found, y, i) => {
        const error = relative(y, Math.log1p(e[i]!));
        return error <= found.error ? found : { error, at: x[i]! };
      },
      { error: 0, at: Number.NaN },
    );
    expect(error, `at ${at}`).toBeLessThan(2.6e-7);
  });

  it("exp gives 0 if the result would be subnormal, and infinity from 88.73", () => {
    const low = GRID.filter((x) => x < Math.fround(-87.33));
    const high = GRID.filter((x) => x >= Math.fround(88.73));
    expectSame(
      apply(build, "exp", low),
      low.map(() => 0),
    );
    expectSame(
      apply(build, "exp", high),
      high.map(() => Infinity),
    );
  });

  it("relu is exact", () => {
    expectSame(apply(build, "relu", GRID), GRID.map(relu));
  });

  it("tanh is odd and stays within its limits", () => {
    const y = apply(build, "tanh", GRID);
    const mirrored = apply(
      build,
      "tanh",
      GRID.map((x) => -x),
    );
    expect(y.every((value, i) => Object.is(value, -mirrored[i]!))).toBe(true);
    expect(y.some((value) => Math.abs(value) > 1)).toBe(false);
  });

  it.each(["exp", "sigmoid", "tanh", "relu"] as const)("%s keeps NaN", (name) => {
    for (const length of [1, 3, 4, 7]) {
      const x = new Float32Array(length).fill(Number.NaN);
      expect(apply(build, name, x).every(Number.isNaN)).toBe(true);
    }
  });

  it.each(["exp", "sigmoid", "tanh"] as const)("%s of a value is the same at every position", (name) => {
    const values = GRID.filter((_, i) => i % 997 === 0);
    const rows = [...values].flatMap((value) => Array<number>(7).fill(value));
    const together = apply(build, name, rows);
    values.forEach((value, i) => {
      const alone = apply(build, name, Array<number>(7).fill(value)); // four in a vector, three in the tail
      expect(new Set(alone).size, `at ${value}`).toBe(1);
      expect(new Set([...together.subarray(i * 7, i * 7 + 7), alone[0]]).size, `at ${value}`).toBe(1);
    });
  });
});
