// Cost of the options of cells and layers: a training step compared with that of the plain cell, in the same process.

import { ask } from "../child.mjs";

/** Minimum speeds, relative to the plain cell. */
const TARGETS = {
  "LSTM, layer normalisation between layers": 0.7,
  "LSTM, layer normalisation of the gates": 0.7,
  "LSTM, peepholes": 0.7,
};

export async function variants({ engines, effort }) {
  const engine = engines[0];
  const results = await ask(engine, "variants", effort);
  return results
    .filter(({ seconds, plain }) => seconds !== plain)
    .map(({ name, seconds, plain }) => ({
      name: `${name}, training`,
      engine: engine.name,
      measured: `${(1000 * seconds).toFixed(1)} ms per step, plain ${(1000 * plain).toFixed(1)} ms`,
      value: plain / seconds,
      unit: "of plain speed",
      ...(engine.role === "main" && { least: TARGETS[name] }),
    }));
}
