// What every runtime does: trains, asks what was trained, and tells hashes of both.

import { createRuntime, parseSafetensors, serializeModel, train } from "unrolled";
import { iterations, trainings } from "./trainings.mjs";

/** SHA-256 of bytes or of a text, the first 16 digits in hexadecimal. */
export async function digest(content) {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A hash of the weights in a model file, by name; what else the file says does not matter. */
export async function weightsHash(modelFile) {
  const { tensors } = parseSafetensors(modelFile);
  const hashes = Object.keys(tensors)
    .sort()
    .map(async (name) => name + (await digest(tensors[name].data)));
  return digest((await Promise.all(hashes)).join());
}

/** Keeps nothing: hashes are taken of what the trainer holds. */
const store = { saveModel: async () => {}, saveCheckpoint: async () => {} };

async function trainOne(rt, { trainer: make, ask }) {
  const trainer = make(rt);
  let loss;
  await train(trainer, {
    iterations,
    validateEvery: 8,
    text: "",
    store,
    onStep: (event) => {
      loss = event.loss;
    },
  });
  const weights = await weightsHash(serializeModel(trainer.model));
  const answers = await digest(JSON.stringify(ask(trainer.model)));
  return { weights, answers, loss };
}

/** Trains everything. @returns the build, and by the name of the training what came out */
async function trainAll(options) {
  const results = {};
  let variant;
  for (const [name, training] of Object.entries(trainings)) {
    const rt = await createRuntime({ ...options, seed: 1 });
    variant = rt.variant;
    results[name] = await trainOne(rt, training);
    rt.dispose();
  }
  return { variant, results };
}

/** What a runtime can be asked for: functions of plain JSON. */
export const tasks = { trainAll };
