// The files of test/fixtures/files-0.1, a model and a checkpoint of each task, and the data that fit them.

import { readdirSync, readFileSync } from "node:fs";

const FOLDER = new URL("../fixtures/files-0.1/", import.meta.url);

/** What fits each file by the file's name without `.checkpoint`: a text of data, inputs, options. */
export const OWN = Object.fromEntries(
  JSON.parse(readFileSync(new URL("expected.json", FOLDER), "utf8")).map((entry) => [
    entry.name,
    { ...entry, text: readFileSync(new URL(entry.data, FOLDER), "utf8") },
  ]),
);

/** The files, with the name of what fits each. */
export const FILES = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".safetensors"))
  .sort()
  .map((file) => ({
    file,
    name: file.replace(/(\.checkpoint)?\.safetensors$/, ""),
    bytes: new Uint8Array(readFileSync(new URL(file, FOLDER))),
  }));

/** Adds a quantised file of each model. @param library what `unrolled` and `unrolled/tasks` export */
export function withQuantised(files, runtime, { loadModel, serializeModel, TASKS }) {
  const kinds = TASKS.map(({ Model }) => Model);
  const models = files.filter(({ file }) => !file.includes("checkpoint"));
  const quantised = models.map(({ file, name, bytes }) => {
    const model = loadModel(runtime, bytes, kinds);
    const small = serializeModel(model, { dtype: "int8" });
    model.dispose();
    return { file: file.replace(".safetensors", ".int8.safetensors"), name, bytes: small };
  });
  return [...files, ...quantised];
}

/** Returns the bytes of a file by its name, such as `classifier.checkpoint`. */
export const bytesOf = (name) => FILES.find(({ file }) => file === `${name}.safetensors`).bytes;
