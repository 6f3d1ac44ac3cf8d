// Failures around a worker, in every runtime that has Web Workers and can store files.

import { openStore } from "unrolled/storage";
import { connect } from "unrolled/worker";
import { weightsHash } from "./hashes.mjs";
import { iterations, languageModels, text } from "./trainings.mjs";

const run = { data: text, ...languageModels.lstm, iterations };
/** A time limit shorter than that of `run`, however long a reload takes. */
const TOO_SHORT = { iterations: 20, validateEvery: 1 };

/** Returns the error codes of calls; "none" for a call that does not fail. */
const codes = (calls) =>
  Promise.all(
    calls.map((call) =>
      call.then(
        () => "none",
        ({ code }) => code,
      ),
    ),
  );

/** Kills the worker while its second checkpoint is stored; continues from it in a new worker. */
async function killWorker() {
  let worker;
  const connection = await connect({
    variant: "strict",
    worker() {
      worker = new Worker(new URL("./dying-worker.mjs", import.meta.url), { type: "module" });
      return worker;
    },
  });
  await connection.start(run);
  let checkpoints = 0;
  let waiting;
  const saveCheckpoint = () => {
    if (++checkpoints === 1) return;
    worker.postMessage("die");
    waiting = connection.generate();
    return new Promise(() => {});
  };
  const training = connection.train({
    validateEvery: 8,
    store: { saveModel: async () => {}, saveCheckpoint },
  });
  const ended = [...(await codes([training])), ...(await codes([waiting]))];
  const { run: resumed } = await connection.restore({
    checkpoint: connection.lastCheckpoint,
    data: text,
    iterations,
  });
  await connection.train({ validateEvery: 8 });
  const weights = await weightsHash(await connection.model("latest"));
  connection.release();
  return { ended, iteration: resumed.iteration, weights };
}

/** Cancels a start, sends a value that cannot be sent, and then trains. */
async function misuseWorker() {
  const connection = await connect({ variant: "strict" });
  const controller = new AbortController();
  const start = connection.start({ ...run, signal: controller.signal });
  controller.abort();
  const [cancelled] = await codes([start]);
  const [notCloned] = await codes([connection.start({ ...run, recipe: { lr: () => 1 } })]);
  await connection.start(run);
  await connection.train({ validateEvery: 8 });
  const weights = await weightsHash(await connection.model("latest"));
  const [released] = await Promise.all([
    codes([connection.train(TOO_SHORT), connection.model()]),
    connection.release(),
  ]);
  return { cancelled, notCloned, released, weights };
}

/** Two workers that train at the same time. */
async function trainTwice() {
  const connections = await Promise.all([connect({ variant: "strict" }), connect({ variant: "strict" })]);
  return Promise.all(
    connections.map(async (connection) => {
      await connection.start(run);
      await connection.train({ validateEvery: 8 });
      const weights = await weightsHash(await connection.model("latest"));
      connection.release();
      return weights;
    }),
  );
}

/** Starts training, and returns in the middle of it, after two checkpoints are stored. */
async function leaveTraining({ name }) {
  const store = await openStore(name);
  await store.save("data", new TextEncoder().encode(text));
  const connection = await connect({ variant: "strict" });
  await connection.start(run);
  let checkpoints = 0;
  return new Promise((resolve, reject) => {
    const saveCheckpoint = async (bytes) => {
      await store.saveCheckpoint(bytes);
      if (++checkpoints === 2) resolve({ checkpoints });
    };
    connection.train({ ...TOO_SHORT, store: { ...store, saveCheckpoint } }).catch(reject);
  });
}

/** Continues the stored run. */
async function goOnTraining({ name }) {
  const store = await openStore(name);
  const [checkpoint, data] = [await store.load("checkpoint"), await store.load("data")];
  const connection = await connect({ variant: "strict" });
  const { run: resumed } = await connection.restore({ checkpoint, data, iterations });
  await connection.train({ validateEvery: 1, store });
  const weights = await weightsHash(await connection.model("latest"));
  connection.release();
  await store.remove();
  return { iteration: resumed.iteration, weights };
}

/** Trains, and fills the storage in the meantime. */
async function fillStore({ name, chunk, most }) {
  const store = await openStore(name);
  await store.save("model", new Uint8Array([1, 2, 3]));
  const full = await openStore(`${name} full`);
  let problem;
  for (let size = chunk; size <= most && !problem; size += chunk) {
    // Noise, since some stores compress.
    const noise = new Uint8Array(size);
    for (let i = 0; i < size; i += 65_536) crypto.getRandomValues(noise.subarray(i, i + 65_536));
    await full.save("data", noise).catch((error) => {
      problem = { code: error.code, cause: error.cause?.name, size };
    });
  }
  const kept = [...(await store.load("model"))];
  await full.remove();
  await store.save("model", new Uint8Array([4]));
  const after = [...(await store.load("model"))];
  await store.remove();
  return { problem, kept, after };
}

export const faults = { killWorker, misuseWorker, trainTwice, leaveTraining, goOnTraining, fillStore };
