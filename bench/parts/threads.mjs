// Threads: two that train together (data parallel), with and without shared memory, compared with one; and one in a worker.

import { ask } from "../child.mjs";

const NAME = "LSTM 2x128 training";

export async function threads({ engines, effort }) {
  const engine = engines[0];
  const { one, shared, handed, worker, apart } = await ask(engine, "threads", effort);
  const row = (what, seconds, value, unit, least) => ({
    name: `${NAME}, ${what}`,
    engine: engine.name,
    measured: `${(1000 * seconds).toFixed(1)} ms per iteration, alone ${(1000 * one).toFixed(1)} ms`,
    value,
    unit,
    ...(least && engine.role === "main" && { least }),
  });
  return [
    row("2 threads, shared memory", shared, one / shared, "times one thread", 1.7),
    row("2 threads, buffers handed over", handed, one / handed, "times one thread", 1.7),
    row("2 threads, each a run of its own", apart, (2 * one) / apart, "times one thread"),
    row("in a worker", worker, one / worker, "of the speed in the thread", 0.97),
  ];
}
