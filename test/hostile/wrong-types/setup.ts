import * as unrolled from "../../../src/index.ts";
import { nn, UnrolledError } from "../../../src/index.ts";
import * as tasks from "../../../src/tasks/index.ts";
import { Connection } from "../../../worker/connect.ts";
import { newEmbedder } from "../../models/embedder/embedders.ts";
import { newForecaster } from "../../models/forecaster/forecasters.ts";
import { newGenerator } from "../../models/generator/generators.ts";
import { newClassifier, newTagger } from "../../models/labels/labels.ts";
import { newSetClassifier } from "../../models/labels/sets.ts";
import { newAutoencoder, newEncoderDecoder } from "../../models/sequence-to-sequence/pairs.ts";
import { newDescriber, newStrokeAutoencoder } from "../../models/sequence-to-sequence/strokes.ts";
import { newTranscriber } from "../../models/transcriber/transcribers.ts";
import { startRuntime } from "../../runtimes.ts";
import { newTrainer, TEXT } from "../../train/run.ts";

// Objects and values that the rows of several files use.

export { type Any, method, type Row, setter } from "./values.ts";

export const rt = await startRuntime();
export const module = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
export const trainer = newTrainer(rt);
export const { model } = trainer;
export const ids = model.encode(TEXT);
export const [classifier, tagger, embedder] = [newClassifier(rt), newTagger(rt), newEmbedder(rt)];
export const setClassifier = newSetClassifier(rt);
export const [forecaster, generator] = [newForecaster(rt), newGenerator(rt)];
export const sequenceGenerator = newGenerator(rt, { condition: "sequence" });
export const [encoderDecoder, autoencoder] = [newEncoderDecoder(rt), newAutoencoder(rt)];
export const [describer, strokes] = [newDescriber(rt), newStrokeAutoencoder(rt)];
export const transcriber = newTranscriber(rt);
export const lstm = new nn.LSTM(rt, { inputSize: 3, hiddenSize: 2 });
export const packed = model.pack();
export const writer = newTranscriber(rt, { bidirectional: false }).pack();
export const modelBytes = unrolled.serializeModel(model);
export const checkpointBytes = unrolled.serializeCheckpoint(trainer, { best: null, dataHash: "" });
export const x = () =>
  rt.tensor(
    Float32Array.from({ length: 6 }, (_, i) => i),
    [2, 3],
  );
export const sequence = () => rt.tensor(new Float32Array(6), [2, 1, 3]);
export const source = () => tasks.textSource("a\tb\n".repeat(9));
export const parts = <T>(all: readonly T[]) => ({ train: all, validation: all });
export const size = { inFeatures: 3, outFeatures: 2 };
export const units = { inputSize: 3, hiddenSize: 2 };
export const tables = { mean: [1], deviation: [1] };
export const all = async (of: AsyncIterable<unknown>) => {
  for await (const _ of of);
};
export const refuse = (problem: string): never => {
  throw new UnrolledError("ERR_VALUE", problem);
};
export const KINDS = tasks.TASKS.map(({ Model }) => Model);
export const connection = new Connection({ worker: false });
