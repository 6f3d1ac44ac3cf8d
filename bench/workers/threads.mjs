// Iterations of char-rnn's default network and recipe (LSTM 2 x 128, 65 symbols, 50 x 50) in one thread, in two, in a worker,
// and in two threads that train separate runs: prints the seconds of an iteration, the best group of five. They take turns.

import { connect, startGroup } from "../../dist/worker.node.js";
import { effort, kernels, unrolled } from "../library.mjs";

const SYMBOLS = 65;
/** Iterations that are timed together. */
const GROUP = 5;
const ROUNDS = 6;
/** Seconds of a turn. */
const TURN = 4 * effort;

const text = Array.from({ length: 400_000 }, (_, i) => String.fromCharCode(48 + ((i * 7919) % SYMBOLS))).join(
  "",
);

async function newTrainer() {
  const { defaultLanguageModelSpec, LanguageModel, LanguageModelTrainer, textVocabulary, createRuntime } =
    unrolled;
  const model = new LanguageModel(
    await createRuntime(kernels),
    defaultLanguageModelSpec(),
    textVocabulary(text, defaultLanguageModelSpec()),
  );
  return new LanguageModelTrainer(model, model.encode(text), {});
}

/** Measures the shortest seconds of an iteration. @param step one iteration */
async function turn(step) {
  let best = Number.POSITIVE_INFINITY;
  for (const end = performance.now() + 1000 * TURN; performance.now() < end; ) {
    const begun = performance.now();
    for (let i = 0; i < GROUP; i++) await step();
    best = Math.min(best, (performance.now() - begun) / GROUP / 1000);
  }
  return best;
}

/** Measures the same in a worker, which reports its iterations at most ten times a second. */
async function workerTurn(connection, meanwhile = () => {}) {
  const stop = new AbortController();
  const heard = [];
  const done = connection.train({
    iterations: 1e9,
    validateEvery: 1e9,
    signal: stop.signal,
    onStep: ({ iteration }) => heard.push([iteration, performance.now() / 1000]),
  });
  const result = await meanwhile();
  setTimeout(() => stop.abort(), result === undefined ? 1000 * TURN : 0);
  await done.catch((error) => {
    if (error.code !== "ERR_ABORTED") throw error;
  });
  if (result !== undefined) return result;
  let best = Number.POSITIVE_INFINITY;
  for (let from = 0, to = 0; to < heard.length; to++) {
    while (heard[to][0] - heard[from + 1]?.[0] >= GROUP) from++;
    const n = heard[to][0] - heard[from][0];
    if (n >= GROUP) best = Math.min(best, (heard[to][1] - heard[from][1]) / n);
  }
  return best;
}

const [alone, shared, handed] = [await newTrainer(), await newTrainer(), await newTrainer()];
const sharing = await startGroup(shared.model, 2, { shared: true, module: kernels.module });
const handing = await startGroup(handed.model, 2, { shared: false, module: kernels.module });
const connection = await connect(kernels);
await connection.start({ data: text });

const one = () => turn(() => alone.step());
const players = {
  one,
  shared: () => turn(() => shared.stepWith(sharing)),
  handed: () => turn(() => handed.stepWith(handing)),
  worker: () => workerTurn(connection),
  apart: () => workerTurn(connection, one),
};
const best = {};
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, play] of Object.entries(players))
    best[name] = Math.min(best[name] ?? Infinity, await play());
}
console.log(JSON.stringify(best));
process.exit();
