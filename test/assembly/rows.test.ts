import { expect, it } from "vitest";
import { describeBuilds } from "../builds.ts";
import { random } from "../random.ts";
import { embeddingBackward, embeddingForward } from "../reference.ts";
import { expectSame } from "../same.ts";
import { SIZES, whole } from "./sizes.ts";

const M = 5;

/** Extra floats between the rows of the two operands. */
const GAPS: [number, number][] = [
  [0, 0],
  [1, 2],
  [4, 0],
];
const CASES = SIZES.flatMap((N) => GAPS.map(([to, from]): [number, number, number] => [N, N + to, N + from]));

describeBuilds("rows", ({ kernels: k, arena }) => {
  it.each(CASES)("fill_rows repeats a row of %i at distance %i", (N, ld) => {
    const row = random(N).array(N);
    const to = arena.output(M * N, { width: N, ld });
    k.fill_rows(to.ptr, ld, arena.input(row, { last: true }), M, N);
    expectSame(
      to.values,
      Float32Array.from({ length: M * N }, (_, i) => row[i % N]!),
    );
  });

  it("fill_rows without a row fills with zeros", () => {
    const to = arena.output(M * 7, { width: 7, ld: 9 });
    k.fill_rows(to.ptr, 9, 0, M, 7);
    expectSame(to.values, new Float32Array(M * 7));
  });

  it.each(CASES)("copy_rows copies rows of %i, distances %i and %i", (N, ldt, ldf) => {
    const from = random(N).array(M * N);
    const to = arena.output(M * N, { width: N, ld: ldt, unaligned: true });
    k.copy_rows(to.ptr, ldt, arena.input(from, { width: N, ld: ldf }), ldf, M, N);
    expectSame(to.values, from);
  });

  it.each(CASES)("add_rows adds rows of %i, distances %i and %i", (N, ldt, ldf) => {
    const { array } = random(N);
    const [start, from] = [array(M * N), array(M * N)];
    const to = arena.output(start, { width: N, ld: ldt, unaligned: true });
    k.add_rows(to.ptr, ldt, arena.input(from, { width: N, ld: ldf, last: true }), ldf, M, N);
    expectSame(
      to.values,
      Float64Array.from(start, (value, i) => value + from[i]!),
    );
  });

  it.each(CASES)("sum_rows adds the sum of rows of %i, distance %i", (N, ld) => {
    const [start, from] = [whole(N, N), whole(N + 1, M * N)];
    const to = arena.output(start, { unaligned: true });
    k.sum_rows(to.ptr, arena.input(from, { width: N, ld }), ld, M, N);
    const want = Float64Array.from(start);
    from.forEach((value, i) => {
      want[i % N]! += value;
    });
    expectSame(to.values, want);
  });

  it.each(CASES)("gather_rows takes rows of %i, distances %i and %i", (N, ldt, ld) => {
    const V = 4;
    const table = random(N).array(V * N);
    const index = Int32Array.of(3, 0, 3, 2, 1);
    const to = arena.output(M * N, { width: N, ld: ldt });
    k.gather_rows(
      to.ptr,
      ldt,
      arena.input(table, { width: N, ld, last: true }),
      ld,
      arena.integers(index),
      M,
      N,
    );
    expectSame(to.values, embeddingForward(table, index, N));
  });

  it.each(CASES)("scatter_add_rows adds rows of %i, distances %i and %i", (N, ld, ldf) => {
    const V = 4;
    const [table, from] = [whole(N, V * N), whole(N + 1, M * N)];
    const index = Int32Array.of(3, 0, 3, 2, 3);
    const to = arena.output(table, { width: N, ld });
    k.scatter_add_rows(
      to.ptr,
      ld,
      arena.input(from, { width: N, ld: ldf, last: true }),
      ldf,
      arena.integers(index),
      M,
      N,
    );
    const want = Float64Array.from(table);
    embeddingBackward(want, index, from, N);
    expectSame(to.values, want);
  });

  it.each(CASES)("add_transposed adds columns to rows of %i, distances %i and %i", (N, ldt, ldf) => {
    const { array } = random(N);
    const [start, from] = [array(M * N), array(N * M)];
    const to = arena.output(start, { width: N, ld: ldt });
    const distance = M + ldf - N;
    k.add_transposed(to.ptr, ldt, arena.input(from, { width: M, ld: distance, last: true }), distance, M, N);
    expectSame(
      to.values,
      Float64Array.from(start, (value, i) => value + from[(i % N) * M + Math.floor(i / N)]!),
    );
  });

  it("no rows or no columns change nothing", () => {
    const to = arena.output([]);
    const from = arena.input([1, 2, 3]);
    const index = arena.integers([0]);
    for (const [rows, width] of [
      [0, 3],
      [2, 0],
    ] as const) {
      k.fill_rows(to.ptr, 3, from, rows, width);
      k.copy_rows(to.ptr, 3, from, 3, rows, width);
      k.add_rows(to.ptr, 3, from, 3, rows, width);
      k.add_transposed(to.ptr, 3, from, 3, rows, width);
    }
    k.sum_rows(to.ptr, from, 3, 0, 3);
    k.gather_rows(to.ptr, 3, from, 3, index, 0, 3);
    k.scatter_add_rows(to.ptr, 3, from, 3, index, 0, 3);
    expect(to.values).toHaveLength(0);
  });
});
