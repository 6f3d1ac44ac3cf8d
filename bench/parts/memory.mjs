// Memory growth in long runs.

import { ask } from "../child.mjs";

/** Kilobytes by which compiled code and caches change the JavaScript heap; a leak of 64 bytes per step is more. */
const NOISE = 256;

const kilobytes = (bytes) => bytes / 1000;

export async function memory({ engines, effort }) {
  const rows = [];
  for (const engine of engines.filter(({ role }) => role === "main" || role === "running")) {
    const results = await ask(engine, "memory", effort, ["--expose-gc"]);
    for (const [what, { steps, wasm, heap }] of Object.entries(results)) {
      rows.push({
        name: `memory, ${steps.toLocaleString("en")} ${what} steps`,
        engine: engine.name,
        measured: `wasm +${kilobytes(wasm).toFixed(0)} kB, JavaScript ${heap < 0 ? "" : "+"}${kilobytes(heap).toFixed(0)} kB`,
        value: kilobytes(wasm > 0 ? wasm + NOISE : Math.max(heap, 0)),
        unit: "kB",
        most: NOISE,
      });
    }
  }
  return rows;
}
