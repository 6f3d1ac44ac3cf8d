// Time from import to the first step, in fresh processes.

import { ask } from "../child.mjs";

/** Maximum milliseconds. */
const TARGET = 15;

const PROCESSES = 20;

export async function start({ engines }) {
  const taking = engines.filter(({ role }) => role === "main" || role === "running");
  const times = new Map(taking.map((engine) => [engine, []]));
  for (let i = 0; i < PROCESSES; i++) {
    for (const engine of taking) times.get(engine).push(await ask(engine, "start", 1));
  }
  return taking.map((engine) => {
    const sorted = times.get(engine).sort((a, b) => a - b);
    return {
      name: "import to first step, LSTM 128",
      engine: engine.name,
      measured: `${sorted[0].toFixed(1)} to ${sorted.at(-1).toFixed(1)} ms in ${PROCESSES} processes, median:`,
      value: (sorted[PROCESSES / 2 - 1] + sorted[PROCESSES / 2]) / 2,
      unit: "ms",
      most: TARGET,
    };
  });
}
