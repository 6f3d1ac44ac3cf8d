import { expect, it } from "vitest";
import { describeBuilds } from "../builds.ts";
import { random } from "../random.ts";
import { clipGradValue } from "../reference.ts";
import { expectSame } from "../same.ts";
import { SIZES } from "./sizes.ts";

describeBuilds("clipping", ({ kernels: k, arena }) => {
  it.each(SIZES)("sum_of_powers adds up in float64, n %i", (n) => {
    const x = random(n).array(n, 4);
    const ptr = arena.input(x, { last: true });
    for (const power of [1, 2, 3, 4]) {
      const want = x.reduce((sum, value) => sum + Math.abs(value) ** power, 0);
      expect(k.sum_of_powers(ptr, n, power) / want).toBeCloseTo(1, 12);
    }
  });

  it("sum_of_powers does not overflow and keeps NaN", () => {
    expect(k.sum_of_powers(arena.input([3e38, -3e38]), 2, 2)).toBe(2 * Math.fround(3e38) ** 2);
    expect(k.sum_of_powers(arena.input([1, Number.NaN, 2]), 3, 2)).toBeNaN();
    expect(k.sum_of_powers(arena.input([]), 0, 2)).toBe(0);
  });

  it("largest_magnitude finds it at every position", () => {
    for (const n of SIZES) {
      for (let i = 0; i < n; i++) {
        arena.clear();
        const x = random(n).array(n);
        x[i] = i % 2 ? -7 : 7;
        expect(k.largest_magnitude(arena.input(x, { last: true }), n)).toBe(7);
        x[i] = Number.NaN;
        expect(k.largest_magnitude(arena.input(x), n)).toBeNaN();
      }
    }
  });

  it.each(SIZES)("scale multiplies, n %i", (n) => {
    const x = random(n).array(n);
    const out = arena.output(x, { unaligned: true });
    k.scale(out.ptr, -0.75, n);
    expectSame(
      out.values,
      x.map((value) => value * -0.75),
    );
  });

  it("scale flushes subnormal results", () => {
    const out = arena.output(new Float32Array(7).fill(-2e-38));
    k.scale(out.ptr, 0.5, 7);
    expectSame(out.values, new Float32Array(7));
  });

  it.each(SIZES)("clip_value limits both ways, n %i", (n) => {
    const x = random(n).array(n, 4);
    const out = arena.output(x, { last: true });
    k.clip_value(out.ptr, 1.5, n);
    const want = Float64Array.from(x);
    clipGradValue([want], 1.5);
    expectSame(out.values, want);
  });

  it("clip_value limits infinities and keeps NaN", () => {
    const x = [Infinity, -Infinity, Number.NaN, 1, -1, -Infinity, Number.NaN];
    const out = arena.output(x);
    k.clip_value(out.ptr, 2, 7);
    expectSame(out.values, [2, -2, Number.NaN, 1, -1, -2, Number.NaN]);
  });
});
