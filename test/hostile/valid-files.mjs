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

/** Returns the bytes of a file by its name, such as `classifier.checkpoint`. */
export const bytesOf = (name) => FILES.find(({ file }) => file === `${name}.safetensors`).bytes;
