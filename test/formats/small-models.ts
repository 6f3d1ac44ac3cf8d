import { readFileSync } from "node:fs";
import type { TfjsFiles } from "../../src/formats/tfjs/index.ts";

const read = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../examples/data/foreign/${name}`, import.meta.url)));

/** `next_state` is the state after the frames, [1, 1, 16], and `voice` tells whether they have a voice. */
export const voice = read("voice.onnx");
/** A network of Keras that reads a wave, [batch, time, 1]. */
export const wave = read("wave.keras");
/** A state_dict of an embedding, an LSTM and a linear layer. */
export const letters = read("letters.pt");
export const spec = { cell: "LSTM", hidden: 32, embedding: [27, 8], out: 27 } as const;

/** A dense layer of one unit in the form of TF.js. */
export const dense = (): TfjsFiles => {
  const config = { name: "dense", units: 1, batch_input_shape: [null, 2] };
  const weights = [
    { name: "dense/kernel", shape: [2, 1], dtype: "float32" },
    { name: "dense/bias", shape: [1], dtype: "float32" },
  ];
  const modelTopology = {
    class_name: "Sequential",
    config: { layers: [{ class_name: "Dense", config }] },
  };
  return {
    model: { modelTopology, weightsManifest: [{ paths: ["weights.bin"], weights }] },
    weights: [new Uint8Array(Float32Array.of(1, 10, 0.5).buffer)],
  };
};
