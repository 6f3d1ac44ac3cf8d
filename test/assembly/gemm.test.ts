import { expect, it } from "vitest";
import { packedSize } from "../../src/runtime/packed-size.ts";
import type { Placement } from "../arena.ts";
import { type Build, describeBuilds } from "../builds.ts";
import { expectClose } from "../close.ts";
import { random } from "../random.ts";
import { matmul, matmulTN } from "../reference.ts";
import { expectSame } from "../same.ts";
import { whole } from "./sizes.ts";

type Operand = "a" | "b" | "c";

interface Product {
  M: number;
  N: number;
  K: number;
  /** Extra floats between the rows of every operand; default 0. */
  gap?: number;
  /** How an operand is placed. */
  placed?: Partial<Record<Operand, Placement>>;
}

/** [M, N] for every height of a tile, more rows than a block, whole panels, tails, a single row of any width. */
const SHAPES: [number, number][] = [
  ...[2, 3, 4, 5, 6, 7, 8, 11, 13, 60, 61, 121].map((M): [number, number] => [M, 11]),
  ...[3, 4, 5, 6, 7, 8, 11, 13, 61].map((M): [number, number] => [M, 27]),
  ...[1, 2, 5, 7, 8, 9, 15, 16, 17, 23, 24, 25, 31, 32, 33].map((N): [number, number] => [7, N]),
  ...[1, 7, 8, 9, 31, 32, 33, 47, 48, 49, 64, 71, 96, 107].map((N): [number, number] => [1, N]),
];

function exactGemm({ kernels: k, arena }: Build, { M, N, K, gap = 0, placed = {} }: Product): void {
  const [a, b, c] = [whole(1, M * K), whole(2, K * N), whole(3, M * N)];
  const packed = arena.output(packedSize(K, N), placed.b);
  k.pack_rows(packed.ptr, arena.input(b), N, K, N);
  const out = arena.output(c, { width: N, ld: N + gap, ...placed.c });
  k.gemm(
    out.ptr,
    N + gap,
    arena.input(a, { width: K, ld: K + gap, ...placed.a }),
    K + gap,
    packed.ptr,
    M,
    N,
    K,
  );
  const want = Float64Array.from(c);
  matmul(want, a, b, M, N, K);
  expectSame(out.values, want);
}

function exactGemmTn({ kernels: k, arena }: Build, { M, N, K, gap = 0, placed = {} }: Product): void {
  const [a, b, c] = [whole(4, K * M), whole(5, K * N), whole(6, M * N)];
  const [lda, ldb, ldc] = [M + gap, N + 2 * gap, N + 3 * gap];
  const out = arena.output(c, { width: N, ld: ldc, ...placed.c });
  const aPtr = arena.input(a, { width: M, ld: lda, ...placed.a });
  const bPtr = arena.input(b, { width: N, ld: ldb, ...placed.b });
  k.gemm_tn(out.ptr, ldc, aPtr, lda, bPtr, ldb, M, N, K);
  const want = Float64Array.from(c);
  matmulTN(want, a, b, M, N, K);
  expectSame(out.values, want);
}

describeBuilds("gemm", (build) => {
  it.each(SHAPES)("adds the exact product, M %i, N %i", (M, N) => {
    exactGemm(build, { M, N, K: 5, gap: 3 });
  });

  it.each([1, 2, 7, 512, 513, 1025])("adds the exact product over K %i", (K) => {
    for (const M of [1, 4, 8]) exactGemm(build, { M, N: 41, K });
  });

  it("blocks K, the rows and the columns at once", () => {
    exactGemm(build, { M: 121, N: 17, K: 520, gap: 1 });
    for (const N of [512, 513, 1033]) exactGemm(build, { M: 61, N, K: 20, gap: 1 });
  });

  it.each(["a", "b", "c"] as const)("takes %s at an address that is no multiple of 16", (operand) => {
    for (const M of [1, 13]) exactGemm(build, { M, N: 35, K: 9, placed: { [operand]: { unaligned: true } } });
  });

  it.each(["a", "b", "c"] as const)("reads no further than %s", (operand) => {
    for (const M of [1, 8]) {
      build.arena.clear();
      exactGemm(build, { M, N: 35, K: 9, gap: 1, placed: { [operand]: { last: true } } });
    }
  });

  it.each([
    [0, 9, 5],
    [5, 9, 0],
    [1, 33, 0],
    [5, 0, 3],
    [1, 0, 3],
  ])("leaves C alone for M %i, N %i, K %i", (M, N, K) => {
    exactGemm(build, { M, N, K, gap: 2 });
  });

  it("rounds as float32 does", () => {
    const [M, N, K] = [13, 19, 700];
    const { kernels: k, arena } = build;
    const { array } = random(7);
    const [a, b, c] = [array(M * K), array(K * N), array(M * N)];
    const packed = arena.output(packedSize(K, N));
    k.pack_rows(packed.ptr, arena.input(b), N, K, N);
    const out = arena.output(c);
    k.gemm(out.ptr, N, arena.input(a), K, packed.ptr, M, N, K);
    const want = Float64Array.from(c);
    matmul(want, a, b, M, N, K);
    expectClose(out.values, want, [8, 0]);
  });
});

describeBuilds("gemm_tn", (build) => {
  it.each([1, 2, 3, 4, 5, 6, 7, 11, 19, 20, 21, 24, 25, 50])("adds the exact product, M %i", (M) => {
    for (const N of [11, 27]) {
      build.arena.clear();
      exactGemmTn(build, { M, N, K: 5, gap: 2 });
    }
  });

  it.each([1, 4, 7, 8, 9, 15, 16, 17, 24, 33, 127, 128, 129, 137, 260])(
    "adds the exact product, N %i",
    (N) => {
      exactGemmTn(build, { M: 7, N, K: 5, gap: 2 });
    },
  );

  it.each([1, 255, 256, 257, 513])("adds the exact product over K %i", (K) => {
    exactGemmTn(build, { M: 8, N: 9, K });
  });

  it("blocks K, the rows and the columns at once", () => {
    exactGemmTn(build, { M: 29, N: 137, K: 259, gap: 1 });
  });

  it.each(["a", "b", "c"] as const)("takes %s at an address that is no multiple of 16", (operand) => {
    exactGemmTn(build, { M: 27, N: 13, K: 9, placed: { [operand]: { unaligned: true } } });
  });

  it.each(["a", "b", "c"] as const)("reads no further than %s", (operand) => {
    for (const [M, N] of [
      [6, 8],
      [25, 9],
      [1, 1],
    ] as const) {
      build.arena.clear();
      exactGemmTn(build, { M, N, K: 5, gap: 1, placed: { [operand]: { last: true } } });
    }
  });

  it.each([
    [0, 9, 5],
    [5, 0, 5],
    [5, 9, 0],
  ])("leaves C alone for M %i, N %i, K %i", (M, N, K) => {
    exactGemmTn(build, { M, N, K, gap: 2 });
  });
});

/** B[K, N] in panels of 8 columns, 0 past the last. */
function panels(b: Float32Array, K: number, N: number): Float32Array {
  const packed = new Float32Array(K * Math.ceil(N / 8) * 8);
  for (let k = 0; k < K; k++) {
    for (let n = 0; n < N; n++) packed[Math.floor(n / 8) * 8 * K + k * 8 + (n % 8)] = b[k * N + n]!;
  }
  return packed;
}

function transpose(b: Float32Array, K: number, N: number): Float32Array {
  return b.map((_, i) => b[(i % K) * N + Math.floor(i / K)]!);
}

describeBuilds("packed operands", ({ kernels: k, arena }) => {
  const widths = [1, 3, 7, 8, 9, 16, 21];
  const K = 5;

  it.each(widths)("pack_rows fills panels of 8 columns, N %i", (N) => {
    const b = random(N).array(K * N);
    const want = panels(b, K, N);
    expect(packedSize(K, N)).toBe(want.length);
    const to = arena.output(want.length, { unaligned: true });
    k.pack_rows(to.ptr, arena.input(b, { width: N, ld: N + 2, last: true }), N + 2, K, N);
    expectSame(to.values, want);
  });

  it.each(widths)("pack_transposed fills the same panels, N %i", (N) => {
    const b = random(N).array(K * N);
    const to = arena.output(packedSize(K, N));
    const w = arena.input(transpose(b, K, N), { width: K, ld: K + 2, last: true });
    k.pack_transposed(to.ptr, w, K + 2, K, N);
    expectSame(to.values, panels(b, K, N));
  });
});
