import "../no-liftoff.ts";
import fc from "fast-check";
import { expect, it } from "vitest";
import { PANEL } from "../../src/runtime/kernels.ts";
import type { Placement } from "../arena.ts";
import { type Build, builds, describeBuilds } from "../builds.ts";
import { random } from "../random.ts";
import { addProduct, dequantize, LIMITS, quantize } from "../reference/int8.ts";
import { expectSame } from "../same.ts";

interface Product {
  M: number;
  N: number;
  K: number;
  /** Extra floats between the rows of every operand; default 0. */
  gap?: number;
  placed?: Partial<Record<"a" | "b" | "c", Placement>>;
  a?: Float32Array;
  w?: Float32Array;
}

/** Multiplies in a build. */
function multiply(
  { kernels: k, arena }: Build,
  { M, N, K, gap = 0, placed = {}, ...given }: Product,
): { got: Float32Array; a: Float32Array; w: Float32Array; c: Float32Array } {
  const { array } = random(M * 10000 + N * 100 + K);
  const { a = array(M * K), w = array(N * K) } = given;
  const c = array(M * N);
  const packed = arena.output(k.int8_size(K, N, PANEL) / 4, placed.b);
  k.pack_int8(packed.ptr, arena.input(w, { width: K, ld: K + gap, ...placed.b }), K + gap, K, N, PANEL);
  const out = arena.output(c, { width: N, ld: N + gap, ...placed.c });
  const x = arena.input(a, { width: K, ld: K + gap, ...placed.a });
  k.gemm(out.ptr, N + gap, x, K + gap, packed.ptr + 1, M, N, K);
  return { got: out.values, a, w, c };
}

const rows = (values: Float32Array, K: number, limit: number) =>
  Array.from({ length: values.length / K }, (_, i) => quantize(values.subarray(i * K, (i + 1) * K), limit));

function check(build: Build, given: Product): void {
  const { N, K } = given;
  const { got, a, w, c } = multiply(build, given);
  const [xs, ws] = [rows(a, K, LIMITS.activations), rows(w, K, LIMITS.weights)];
  expectSame(
    got,
    c.map((y, i) => addProduct(y, xs[Math.floor(i / N)]!, ws[i % N]!)),
  );
}

describeBuilds("a product with weights of 8 bits", (build) => {
  it.each([1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100])(
    "adds the product of the quantised numbers, N %i",
    (N) => {
      check(build, { M: 2, N, K: 9, gap: 2 });
    },
  );

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 15, 16, 17, 31, 32, 33, 130])(
    "adds the product of the quantised numbers, K %i",
    (K) => {
      check(build, { M: 1, N: 37, K });
      build.arena.clear();
      check(build, { M: 5, N: 32, K, gap: 1 });
    },
  );

  it.each(["a", "b", "c"] as const)("takes %s at an address that is no multiple of 16", (operand) => {
    check(build, { M: 3, N: 35, K: 11, placed: { [operand]: { unaligned: true } } });
  });

  it.each(["a", "c"] as const)("reads no further than %s", (operand) => {
    for (const [N, K] of [
      [1, 1],
      [33, 7],
      [32, 8],
    ] as const) {
      build.arena.clear();
      check(build, { M: 3, N, K, gap: 1, placed: { [operand]: { last: true } } });
    }
  });

  it("sums the largest numbers without overflow", () => {
    const K = 40000; // more do not fit into the arena
    const ones = new Float32Array(K).fill(1);
    const { got, c } = multiply(build, { M: 1, N: 1, K, a: ones, w: ones.map((x) => -x) });
    const [x, w] = [quantize(ones, LIMITS.activations), quantize(ones, LIMITS.weights)];
    expectSame(got, [addProduct(c[0]!, x, { ...w, numbers: w.numbers.map((q) => -q) })]);
    expect(got[0]! / K).toBeCloseTo(-1, 4);
  });

  it("adds nothing for rows of zeros, and for numbers so small that their scale would lose digits", () => {
    for (const tiny of [0, -0, 1e-45, -3e-39, 1e-35]) {
      for (const operand of ["a", "w"] as const) {
        build.arena.clear();
        const { got, c } = multiply(build, { M: 2, N: 3, K: 5, [operand]: new Float32Array(30).fill(tiny) });
        expectSame(got, c);
      }
    }
  });

  it("gives NaN if a number is NaN or infinite", () => {
    for (const wrong of [Number.NaN, -Number.NaN, Number.POSITIVE_INFINITY]) {
      for (const [operand, place] of [
        ["a", 3],
        ["a", 6],
        ["w", 3],
        ["w", 6],
      ] as const) {
        build.arena.clear();
        const values = random(1).array(7);
        values[place] = wrong;
        const { got } = multiply(build, { M: 1, N: 1, K: 7, [operand]: values });
        expect(got).toEqual(Float32Array.of(Number.NaN));
      }
    }
  });

  it("rounds ties to even", () => {
    const a = Float32Array.of(63, 0.5, 1.5, -2.5, -3.5);
    const w = Float32Array.from({ length: 25 }, (_, i) => (i % 6 === 0 ? 127 : 0));
    const { got, c } = multiply(build, { M: 1, N: 5, K: 5, a, w });
    expectSame(
      got,
      [63, 0, 2, -2, -4].map((x, i) => Math.fround(c[i]! + x * 127)),
    );
  });

  it("leaves C alone for M 0", () => {
    multiply(build, { M: 0, N: 5, K: 3 });
  });
});

it("every build gives the same bits", () => {
  const results = builds
    .filter(({ missing }) => !missing)
    .map((build) => {
      build.arena.clear();
      return multiply(build, { M: 3, N: 77, K: 45 }).got;
    });
  for (const result of results) expect(result).toEqual(results[0]);
});

it("quantising what quantised numbers stand for gives the same numbers", () => {
  const numbers = fc.array(fc.integer({ min: -127, max: 127 }), { minLength: 1, maxLength: 20 });
  const scales = fc.double({ min: 1e-30, max: 1e30, noNaN: true });
  fc.assert(
    fc.property(numbers, scales, fc.constantFrom(-127, 127), (some, scale, largest) => {
      const given = { scale: Math.fround(scale), numbers: Int32Array.of(...some, largest) };
      const again = quantize(Float32Array.from(dequantize(given)), LIMITS.weights);
      expect(again.numbers).toEqual(given.numbers);
      expect(Math.abs(again.scale / given.scale - 1)).toBeLessThan(2 ** -22);
    }),
  );
});

describeBuilds("a table of 8 bits", ({ kernels: k, arena }) => {
  it.each([1, 3, 4, 5, 8, 9, 17, 33])("adds the quantised rows of entries, N %i", (N) => {
    const [entries, blocks, M, gap] = [6, 3, 4, 2];
    const { array } = random(N);
    const [x, y] = [array(entries * blocks * N), array(M * blocks * N)];
    const table = arena.output(k.int8_size(N, entries * blocks, 1) / 4);
    k.pack_int8(table.ptr, arena.input(x, { last: true }), N, N, entries * blocks, 1);
    const index = [5, 0, 2, 5];
    const width = blocks * N;
    const out = arena.output(y, { width, ld: width + gap, unaligned: true });
    k.add_int8_rows(out.ptr, width + gap, table.ptr, arena.integers(index), M, blocks, N);
    const quantised = rows(x, N, LIMITS.weights);
    const want = y.map((value, i) => {
      const [row, column] = [Math.floor(i / width), i % width];
      const { scale, numbers } = quantised[index[row]! * blocks + Math.floor(column / N)]!;
      return Math.fround(value + Math.fround(scale * numbers[column % N]!));
    });
    expectSame(out.values, want);
  });
});
