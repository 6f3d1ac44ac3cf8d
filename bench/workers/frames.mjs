// Frames of models as ONNX files, one after the other with their states, compared with ONNX Runtime Web on one thread in the same process:
// prints [{name, ours, theirs}], seconds of a frame. The third argument is a JSON file that lists the models:
// [{ name, file, inputs: { name: { dtype, shape } }, constants: { name: number }, state: { output: input } }].

import { readFileSync } from "node:fs";
import * as ort from "onnxruntime-web";
import { loadOnnx } from "../../dist/onnx.js";
import { createRuntime } from "../../dist/run.js";
import { effort, variant } from "../library.mjs";
import { interleave } from "../timer.mjs";

/** Seconds for a model. */
const TIME = 4;

ort.env.wasm.numThreads = 1;

const size = (shape) => shape.reduce((product, n) => product * n, 1);
const sound = (shape) => Float32Array.from({ length: size(shape) }, (_, i) => Math.sin(i / 7) / 3);

const rt = await createRuntime({ variant });
const results = [];
for (const { name, file, inputs, constants, state } of JSON.parse(readFileSync(process.argv[4], "utf8"))) {
  const bytes = new Uint8Array(readFileSync(file));
  const own = Object.keys(inputs).filter((input) => !Object.values(state).includes(input));
  const model = loadOnnx(rt, bytes, { constants });
  const stream = model.stream({ state });
  const frame = Object.fromEntries(own.map((input) => [input, sound(inputs[input].shape)]));
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ["wasm"] });
  const tensorOf = ({ dtype, shape }, data) => new ort.Tensor(dtype, data, shape);
  const feeds = Object.fromEntries(own.map((input) => [input, tensorOf(inputs[input], frame[input])]));
  for (const input of Object.values(state)) {
    feeds[input] = tensorOf(inputs[input], new Float32Array(size(inputs[input].shape)));
  }
  for (const [input, number] of Object.entries(constants)) {
    feeds[input] = new ort.Tensor("int64", BigInt64Array.of(BigInt(number)), []);
  }
  const best = await interleave(
    {
      ours: (n) => {
        for (let i = 0; i < n; i++) stream.step(frame);
      },
      theirs: async (n) => {
        for (let i = 0; i < n; i++) {
          const outputs = await session.run(feeds);
          for (const [output, input] of Object.entries(state)) feeds[input] = outputs[output];
        }
      },
    },
    TIME * effort,
  );
  results.push({ name, ...best });
  await session.release();
  model.dispose();
}
console.log(JSON.stringify(results));
