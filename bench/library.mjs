// What the workers share: the library as it is built, and the peak of the engine they run in.

import { readFile } from "node:fs/promises";

export * as unrolled from "../dist/index.js";

/** Variant that this process was asked to measure. */
export const variant = process.argv[2];

/** Share of the full measuring time. */
export const effort = Number(process.argv[3]);

const STEPS = 2000;

/** Operations of one call of `peak`. */
export const PEAK_OPERATIONS = 96 * STEPS;

/** @returns a task for `interleave` that computes as fast as this build can */
export async function loadPeak() {
  const bytes = await readFile(new URL(`./build/peak-${variant}.wasm`, import.meta.url));
  const { instance } = await WebAssembly.instantiate(bytes);
  return repeat(() => instance.exports.peak(STEPS, 0.9, 0.1));
}

/** A task for `interleave` from a function that runs once. */
export function repeat(run) {
  return (n) => {
    for (let i = 0; i < n; i++) run();
  };
}
