// Time from importing `unrolled/run` to the first step of a saved LSTM with 128 units, in a fresh process: prints milliseconds. The
// file's path is the third argument.

import { readFileSync } from "node:fs";

const [variant, , file] = process.argv.slice(2);
const bytes = new Uint8Array(readFileSync(file));
const start = performance.now();
const { createRuntime, openModel, PackedLanguageModel } = await import("../../dist/run.js");
const rt = await createRuntime({ variant });
openModel(rt, bytes, [PackedLanguageModel]).stream().feed(0);
console.log(JSON.stringify(performance.now() - start));
