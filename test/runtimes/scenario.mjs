// The scenario of every runtime: trains, asks the trained models, and returns hashes of both.

import { createRuntime, serializeModel, train } from "unrolled";
import { faults } from "./faults.mjs";
import { runForeign } from "./foreign.mjs";
import { digest, weightsHash } from "./hashes.mjs";
import { cutTexts } from "./texts.mjs";
import { iterations, trainings } from "./trainings.mjs";
import { resolveName, trainLanguageModels } from "./worker-tasks.mjs";

/** Stores nothing: the hashes are those of the trainer's state. */
const store = { saveModel: async () => {}, saveCheckpoint: async () => {} };

async function trainOne(rt, { trainer: make, ask }) {
  const trainer = make(rt);
  let loss;
  await train(trainer, {
    iterations,
    validateEvery: 8,
    dataHash: "",
    store,
    onStep: (event) => {
      loss = event.loss;
    },
  });
  const { file, answers } = trainer.averaged(() => ({
    file: serializeModel(trainer.model),
    answers: JSON.stringify(ask(trainer.model)),
  }));
  return { weights: await weightsHash(file), answers: await digest(answers), loss };
}

/** Trains everything. @returns the build, and the results by the name of the training */
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

/** The functions that a runtime can be asked for, with plain JSON as parameters and results. */
export const tasks = { trainAll, cutTexts, runForeign, trainLanguageModels, resolveName, ...faults };
