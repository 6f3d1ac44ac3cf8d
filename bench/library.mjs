// What the workers share: the library as it is built, and the peak of the engine they run in.

import { readFile } from "node:fs/promises";

export * as unrolled from "../dist/index.js";

/** Variant that this process was asked to measure. */
export const variant = process.argv[2];

/** Share of the full measuring time. */
export const effort = Number(process.argv[3]);

const ROUNDS = 4000;

/** @returns a task for `interleave` that computes as fast as this build can, and how many operations one run takes */
export async function loadPeak() {
  const bytes = await readFile(new URL(`./build/peak-${variant}.wasm`, import.meta.url));
  const { peak, operations } = (await WebAssembly.instantiate(bytes)).instance.exports;
  return { run: repeat(() => peak(ROUNDS, 0)), operations: ROUNDS * operations() };
}

/** A task for `interleave` from a function that runs once. */
export function repeat(run) {
  return (n) => {
    for (let i = 0; i < n; i++) run();
  };
}
