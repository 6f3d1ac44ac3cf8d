// Shared by the workers: the built library, and the peak of the engine they run in.

import { readFile } from "node:fs/promises";

export * as unrolled from "../dist/index.js";

/** The variant to measure in this process. */
export const variant = process.argv[2];

/** Share of the full measuring time. */
export const effort = Number(process.argv[3]);

const ROUNDS = 4000;

/** @returns a task for `interleave` that computes at the maximum speed of this build, and the operations of one run */
export async function loadPeak() {
  const bytes = await readFile(new URL(`./build/peak-${variant}.wasm`, import.meta.url));
  const { peak, operations } = (await WebAssembly.instantiate(bytes)).instance.exports;
  return { run: repeat(() => peak(ROUNDS, 0)), operations: ROUNDS * operations() };
}

/** Makes a task for `interleave` from a function that runs once. */
export function repeat(run) {
  return (n) => {
    for (let i = 0; i < n; i++) run();
  };
}
