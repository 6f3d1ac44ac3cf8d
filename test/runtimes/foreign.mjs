// Runs a model of another framework: a network for voice activity, as an ONNX file.

import { loadOnnx } from "unrolled/onnx";
import { createRuntime } from "unrolled/run";
import { digest } from "./hashes.mjs";
import { file, frames, outputs } from "./vad.mjs";

/** Maximum difference from ONNX Runtime. */
const TOLERANCE = 1e-5;

/** @returns the largest difference from ONNX Runtime as a share of what is allowed, and a hash of the outputs */
export async function runForeign(options) {
  const rt = await createRuntime(options);
  const bytes = Uint8Array.from(atob(file), (character) => character.charCodeAt(0));
  const model = loadOnnx(rt, bytes, { constants: { sr: 16000 } });
  const stream = model.stream({ state: { stateN: "state" } });
  const probabilities = frames.map(
    (frame) => stream.step({ input: Float32Array.from(frame, (n) => n / 1000) }).output[0],
  );
  const worst = Math.max(...probabilities.map((p, i) => Math.abs(p - outputs[i])));
  model.dispose();
  return { variant: rt.variant, error: worst / TOLERANCE, hash: await digest(JSON.stringify(probabilities)) };
}
