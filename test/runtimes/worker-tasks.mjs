// The tasks that every runtime does through `unrolled/worker`.

import { connect } from "unrolled/worker";
import { weightsHash } from "./hashes.mjs";
import { iterations, languageModels, text } from "./trainings.mjs";

/** Trains the language models. @returns the place, whether memory can be shared, and hashes of the weights by name */
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
  return { place, shared: typeof SharedArrayBuffer === "function", weights };
}

/** Returns the file that an exported name of the package stands for in this runtime. */
export async function resolveName({ name }) {
  return import.meta.resolve(name).split("/").at(-1);
}
