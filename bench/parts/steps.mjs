// One step of one sequence, compared with ONNX Runtime Web in the same process.

import { ask } from "../child.mjs";

/** Maximum shares of its time. */
const TARGETS = { "LSTM 64": 1 / 3, "LSTM 256": 1 / 2 };

/** Maximum shares of its time, with weights of 8 bits. */
const INT8_TARGETS = { "LSTM 512": 0.3 };

/** Maximum shares of the time with floats, with weights of 8 bits. */
const INT8_SHARES = { "LSTM 256": 0.45, "LSTM 512": 0.3 };

const microseconds = (seconds) => `${(1e6 * seconds).toFixed(1)} us`;

export async function steps({ engines, effort }) {
  const engine = engines[0];
  const results = await ask(engine, "steps", effort);
  const row = (name, time, peer, peerTime, unit, most) => ({
    name,
    engine: engine.name,
    measured: `${microseconds(time)}, ${peer} ${microseconds(peerTime)}`,
    value: time / peerTime,
    unit,
    ...(engine.role === "main" && { most }),
  });
  const onnx = "ONNX Runtime Web";
  return results.flatMap(({ name, ours, int8, theirs }) => [
    row(`${name} one step`, ours, onnx, theirs, "of its time", TARGETS[name]),
    row(`${name} one step, int8`, int8, onnx, theirs, "of its time", INT8_TARGETS[name]),
    row(`${name} one step, int8`, int8, "floats", ours, "of the time with floats", INT8_SHARES[name]),
  ]);
}
