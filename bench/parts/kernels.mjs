// Matrix products as a share of the peak of the same process.

import { ask } from "../child.mjs";

/** Minimum shares in the main engine. */
const TARGETS = {
  "gemm 60x1024x256": 0.9,
  "gemm_tn 512x128x2500": 0.85,
  "gemm_tn 1024x256x256": 0.85,
};

const gigaflops = (value) => `${value.toFixed(1)} GF`;

export async function kernels({ engines, effort }) {
  const rows = [];
  for (const engine of engines) {
    const { peak, products } = await ask(engine, "kernels", effort);
    rows.push({ name: "peak", engine: engine.name, measured: gigaflops(peak) });
    for (const { name, gigaflops: speed } of products) {
      rows.push({
        name,
        engine: engine.name,
        measured: gigaflops(speed),
        value: speed / peak,
        unit: "of peak",
        ...(engine.role === "main" && { least: TARGETS[name] }),
      });
    }
  }
  return rows;
}
