// What every runtime is asked to do through `unrolled/worker`.

import { connect } from "unrolled/worker";
import { weightsHash } from "./hashes.mjs";
import { iterations, languageModels, text } from "./trainings.mjs";

/** Trains the language models. @returns where, and hashes of the weights by name */
export async function trainLanguageModels(options) {
  const weights = {};
  const connection = await connect(options);
  for (const [name, { spec, recipe }] of Object.entries(languageModels)) {
    await connection.start({ task: "language-model", data: text, spec, recipe, iterations });
    await connection.train({ validateEvery: 8 });
    weights[name] = await weightsHash(await connection.model("latest"));
  }
  const { place } = connection;
  connection.release();
  return { place, weights };
}

/** Trains the first language model with three threads. @returns how many there were, and a hash of the weights */
export async function trainTogether(options) {
  const connection = await connect({ ...options, workers: 3 });
  const { spec, recipe } = languageModels.lstm;
  const { run } = await connection.start({ data: text, spec, recipe, iterations });
  await connection.train({ validateEvery: 8 });
  const weights = await weightsHash(await connection.model("latest"));
  connection.release();
  return { workers: run.workers, weights };
}
