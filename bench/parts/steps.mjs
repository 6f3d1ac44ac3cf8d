// One step of one sequence, compared with ONNX Runtime Web in the same process.

import { ask } from "../child.mjs";

/** Maximum shares of its time. */
const TARGETS = { "LSTM 64": 1 / 3, "LSTM 256": 1 / 2 };

const microseconds = (seconds) => `${(1e6 * seconds).toFixed(1)} us`;

export async function steps({ engines, effort }) {
  const engine = engines[0];
  const results = await ask(engine, "steps", effort);
  return results.map(({ name, ours, theirs }) => ({
    name: `${name} one step`,
    engine: engine.name,
    measured: `${microseconds(ours)}, ONNX Runtime Web ${microseconds(theirs)}`,
    value: ours / theirs,
    unit: "of its time",
    ...(engine.role === "main" && { most: TARGETS[name] }),
  }));
}
