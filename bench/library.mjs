// Shared by the workers: the built library, and the peak of the engine they run in.

import { readFile } from "node:fs/promises";

export * as unrolled from "../dist/index.js";

/** The build to measure in this process, such as "strict" or "wide-relaxed". */
export const build = process.argv[2];

/** The build without `wide-`. */
export const variant = build.replace("wide-", "");

/** Options of `createRuntime` and `connect` for the build. */
export const kernels = { variant, ...(build === variant ? {} : { module: await wideModule() }) };

async function wideModule() {
  const { wideKernels } = await import("../dist/wide.js");
  return (await wideKernels({ variant, wide: "on" })).module;
}

/** Share of the full measuring time. */
export const effort = Number(process.argv[3]);

const ROUNDS = 4000;

/** @returns a task for `interleave` that computes at the maximum speed of this build, and the operations of one run */
export async function loadPeak() {
  if (build !== variant) return smallProduct();
  const bytes = await readFile(new URL(`./build/peak-${variant}.wasm`, import.meta.url));
  const { peak, operations } = (await WebAssembly.instantiate(bytes)).instance.exports;
  return { run: repeat(() => peak(ROUNDS, 0)), operations: ROUNDS * operations() };
}

/**
 * V8 pairs at most twelve chains of `peak.ts`, and six vectors of 256 bits are too few to keep the units busy. So the peak of a
 * wide build is its fastest product: 30 rows, one tile wide, with everything in the first-level cache.
 */
async function smallProduct() {
  const [M, N, K] = [30, 16, 128];
  const bytes = await readFile(new URL(`../dist/named/${build}.wasm`, import.meta.url));
  const memory = new WebAssembly.Memory({ initial: 16 });
  const { gemm, heap_base } = (await WebAssembly.instantiate(bytes, { env: { memory } })).instance.exports;
  const c = Math.ceil(heap_base() / 64) * 64;
  const [a, packed] = [c + 4 * M * N, c + 4 * M * (N + K)];
  return { run: repeat(() => gemm(c, N, a, K, packed, M, N, K)), operations: 2 * M * N * K };
}

/** Makes a task for `interleave` from a function that runs once. */
export function repeat(run) {
  return (n) => {
    for (let i = 0; i < n; i++) run();
  };
}
