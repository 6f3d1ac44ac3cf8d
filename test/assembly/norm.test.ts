import { expect, it } from "vitest";
import { describeBuilds } from "../builds.ts";
import { expectClose, expectRelative } from "../close.ts";
import { random } from "../random.ts";
import * as reference from "../reference.ts";
import { expectSame } from "../same.ts";
import { SIZES } from "./sizes.ts";

const M = 5;
const EPS = 1e-5;
const WIDTHS = [2, ...SIZES, 128, 1024];

/** Returns float64 values as the floats of a block of the arena. */
const wide = (values: Float64Array) => new Float32Array(values.slice().buffer);
const unwide = (values: Float32Array) => new Float64Array(values.slice().buffer);
const plus = (start: Float32Array, added: Float64Array) => added.map((value, i) => value + start[i]!);

describeBuilds("layer norm", ({ kernels: k, arena }) => {
  const forward = (x: Float32Array, N: number, weight = 0, bias = 0, eps = EPS) => {
    const y = arena.output(x.length, { unaligned: true });
    k.layer_norm_forward(y.ptr, arena.input(x), weight, bias, x.length / N, N, eps);
    return y.values;
  };

  it.each(WIDTHS)("forward normalises rows, N %i", (N) => {
    const { array } = random(N);
    const [x, weight, bias] = [array(M * N, 4), array(N), array(N)];
    const y = forward(x, N, arena.input(weight, { unaligned: true }), arena.input(bias, { last: true }));
    expectClose(y, reference.layerNormForward(x, weight, bias, N, EPS), [4, 0]);
    expectClose(forward(x, N), reference.layerNormForward(x, undefined, undefined, N, EPS), [4, 0]);
    expectClose(
      forward(x, N, arena.input(weight), 0, 0.5),
      reference.layerNormForward(x, weight, undefined, N, 0.5),
      [4, 0],
    );
  });

  it.each(WIDTHS)("backward adds the gradients, N %i", (N) => {
    const { array } = random(N);
    const [x, weight, dy] = [array(M * N, 4), array(N), array(M * N)];
    const [dx, dweight] = [array(M * N), array(N)];
    const [ofX, ofWeight] = [
      arena.output(dx, { unaligned: true }),
      arena.output(dweight, { unaligned: true }),
    ];
    const [up, at] = [arena.input(dy, { last: true }), arena.input(x)];
    k.layer_norm_backward(ofX.ptr, ofWeight.ptr, up, at, arena.input(weight), M, N, EPS);
    const want = reference.layerNormBackward(x, weight, dy, N, EPS);
    expectClose(ofX.values, plus(dx, want.dx), [Math.max(...want.dx.map(Math.abs)), 0]);
    expectClose(ofWeight.values, plus(dweight, want.dweight), [4, 0]);

    const plain = arena.output(dx);
    k.layer_norm_backward(plain.ptr, 0, up, at, 0, M, N, EPS);
    const { dx: unweighted } = reference.layerNormBackward(x, undefined, dy, N, EPS);
    expectClose(plain.values, plus(dx, unweighted), [Math.max(...unweighted.map(Math.abs)), 0]);
    const alone = arena.output(dweight);
    k.layer_norm_backward(0, alone.ptr, up, at, 0, M, N, EPS);
    expectSame(alone.values, ofWeight.values);
  });

  it("works in place", () => {
    const x = random(1).array(M * 9);
    const y = arena.output(x);
    k.layer_norm_forward(y.ptr, y.ptr, 0, 0, M, 9, EPS);
    expectSame(y.values, forward(x, 9));
  });

  it.each([1e4, -3e6, 3e37])("gives exactly 0 for a row of only %d", (value) => {
    for (const N of [3, 11, 1000])
      expectSame(forward(new Float32Array(N).fill(value), N), new Float32Array(N));
  });

  it("keeps its digits far from 0 and next to an outlier", () => {
    const N = 1001;
    const far = random(2)
      .array(N)
      .map((value) => Math.fround(value + 5e4));
    const fine = Float32Array.from({ length: N }, (_, i) => 1e4 + (i % 2) * 2 ** -10);
    const outlier = random(3).array(N);
    outlier[0] = 1e4;
    for (const x of [far, fine, outlier]) {
      expectClose(forward(x, N), reference.layerNormForward(x, undefined, undefined, N, EPS));
      const dy = random(4).array(N);
      const dx = arena.output(new Float32Array(N));
      k.layer_norm_backward(dx.ptr, 0, arena.input(dy), arena.input(x), 0, 1, N, EPS);
      const want = reference.layerNormBackward(x, undefined, dy, N, EPS).dx;
      expectClose(dx.values, want, [Math.max(...want.map(Math.abs)), 0]);
    }
  });

  it("takes the largest numbers; NaN and infinity stay in their row", () => {
    const big = Float32Array.of(1e38, -1e38, 1e38);
    const x = Float32Array.of(1, Number.NaN, 2, ...big, Infinity, 0, 1, 1, 2, 4);
    const want = reference.layerNormForward(x, undefined, undefined, 3, EPS).fill(Number.NaN, 6, 9);
    expectClose(forward(x, 3), want);
  });

  it("gives the same bits in every row", () => {
    const N = 37;
    const row = random(5).array(N);
    const y = forward(
      Float32Array.from({ length: 4 * N }, (_, i) => row[i % N]!),
      N,
    );
    for (let i = 1; i < 4; i++) expectSame(y.subarray(i * N, (i + 1) * N), y.subarray(0, N));
  });

  it("stores 0 for what would be subnormal", () => {
    const x = Float32Array.of(1, 2, 3, 4, 6);
    const tiny = arena.input(new Float32Array(5).fill(1e-39));
    expect([...forward(x, 5, tiny)]).toEqual([0, 0, 0, 0, 0]);
    const [dx, dweight] = [arena.output(new Float32Array(5)), arena.output(new Float32Array(5))];
    const dy = arena.input(Float32Array.of(1e-39, 0, 2e-39, 0, 3e-39));
    k.layer_norm_backward(dx.ptr, dweight.ptr, dy, arena.input(x), 0, 1, 5, EPS);
    expect([...dx.values, ...dweight.values].map(Math.abs)).toEqual(new Array(10).fill(0));
  });
});

describeBuilds("batch norm", ({ kernels: k, arena }) => {
  const doubles = (values: Float64Array) => arena.input(wide(values));

  it.each(WIDTHS)("column_sums adds sums, squares and products of columns, N %i", (N) => {
    const { array } = random(N);
    const [x, a] = [array(M * N, 4), array(M * N)];
    const start = Float64Array.from({ length: N }, (_, n) => n + 1 / 3);
    const { mean, variance } = reference.columnMoments(x, N);
    const sums = (...[means, factor]: number[]) => {
      const to = arena.output(wide(start));
      k.column_sums(to.ptr, arena.input(x, { unaligned: true }), means ?? 0, factor ?? 0, M, N);
      return unwide(to.values).map((sum, n) => sum - start[n]!);
    };
    const near = (got: Float64Array, want: Float64Array) => expectRelative(got, want, 1e-7);
    near(
      sums(),
      mean.map((value) => value * M),
    );
    const means = doubles(mean);
    near(
      sums(means),
      variance.map((value) => value * M),
    );
    const product = new Float64Array(N);
    x.forEach((value, i) => {
      product[i % N]! += a[i]! * (value - mean[i % N]!);
    });
    near(sums(means, arena.input(a, { last: true })), product);
  });

  it.each(WIDTHS)("scale_columns and batch_norm_backward, N %i", (N) => {
    const { array } = random(N);
    const [x, dy, dx] = [array(M * N), array(M * N), array(M * N)];
    const terms = Float64Array.from(array(3 * N), (value) => value / 3);
    const coefficients = doubles(terms);
    const y = arena.output(M * N, { unaligned: true });
    k.scale_columns(y.ptr, arena.input(x, { last: true }), coefficients, M, N);
    const at = (part: number, i: number) => terms[part * N + (i % N)]!;
    expectRelative(
      y.values,
      Float64Array.from(x, (value, i) => value * at(0, i) + at(1, i)),
      1e-7,
    );
    const out = arena.output(dx, { unaligned: true });
    k.batch_norm_backward(out.ptr, arena.input(dy), arena.input(x, { unaligned: true }), coefficients, M, N);
    expectRelative(
      out.values,
      Float64Array.from(dx, (value, i) => value + (dy[i]! * at(0, i) + x[i]! * at(1, i) + at(2, i))),
      1e-7,
    );
    const same = arena.output(x);
    k.scale_columns(same.ptr, same.ptr, coefficients, M, N);
    expectSame(same.values, y.values);
  });

  it("stores 0 for what would be subnormal", () => {
    const y = arena.output(3);
    k.scale_columns(y.ptr, arena.input([1, -1, 2]), doubles(Float64Array.of(1e-39, 1e-39, 1, 0, 0, 0)), 1, 3);
    expect([...y.values].map(Math.abs)).toEqual([0, 0, 2]);
    const dx = arena.output([0, 0, 0]);
    const one = arena.input([1, 1, 1]);
    const terms = doubles(Float64Array.of(1e-39, 1e-39, 1, 0, 0, 0, 0, 0, 0));
    k.batch_norm_backward(dx.ptr, one, one, terms, 1, 3);
    expect([...dx.values]).toEqual([0, 0, 1]);
  });

  it("no rows change nothing", () => {
    const y = arena.output([]);
    k.layer_norm_forward(y.ptr, y.ptr, 0, 0, 0, 3, EPS);
    k.layer_norm_backward(y.ptr, 0, y.ptr, y.ptr, 0, 0, 3, EPS);
    k.column_sums(y.ptr, y.ptr, 0, 0, 0, 3);
    k.scale_columns(y.ptr, y.ptr, y.ptr, 0, 3);
    k.batch_norm_backward(y.ptr, y.ptr, y.ptr, y.ptr, 0, 3);
    expect(y.values).toHaveLength(0);
  });
});
