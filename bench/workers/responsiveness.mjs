// Delay of the event loop while char-rnn's default network trains: prints its 99th percentile in ms by the place of training.

import { monitorEventLoopDelay } from "node:perf_hooks";
import { connect } from "../../dist/worker.node.js";
import { effort, kernels } from "../library.mjs";
import { pseudoText } from "../text.mjs";

const data = pseudoText(200_000);

async function delay(options) {
  const connection = await connect({ ...kernels, ...options });
  await connection.start({ data });
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  const signal = AbortSignal.timeout(20_000 * effort);
  await connection.train({ iterations: 1e6, signal, onStep() {} }).catch((error) => {
    if (error.code !== "ERR_ABORTED") throw error;
  });
  histogram.disable();
  connection.release();
  return histogram.percentile(99) / 1e6;
}

console.log(
  JSON.stringify({
    "a worker trains": await delay({}),
    "two workers train": await delay({ workers: 2 }),
    "the thread trains": await delay({ worker: false }),
  }),
);
