import { expect, it } from "vitest";
import type { LabelModel } from "../../src/models/labels/model.ts";
import { serializeModel } from "../../src/network/model-file.ts";
import { createRuntime, openModel, PackedClassifier, PackedTagger } from "../../src/run/index.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { NAMES, newClassifier, newTagger, REVIEWS } from "../models/labels/labels.ts";
import { newVectorClassifier, newVectorTagger, SIGNS, TONES } from "../models/labels/vectors.ts";
import { describeRuntimes, expectError } from "../runtimes.ts";

const MODELS: Record<string, (rt: Runtime) => LabelModel> = {
  classifier: (rt) => newClassifier(rt),
  "classifier of one direction, the last step": (rt) =>
    newClassifier(rt, { bidirectional: false, pooling: "last", cell: "gru" }),
  "classifier of two dense layers, the last steps": (rt) =>
    newClassifier(rt, { layers: 2, connections: "dense", pooling: "last", norm: "layer" }),
  "classifier of highway layers, mean and maximum, hidden layers in the head": (rt) =>
    newClassifier(rt, { layers: 3, connections: "highway", pooling: "mean+max", head: [7] }),
  "classifier without embeddings, the mean": (rt) =>
    newClassifier(rt, { embedding: 0, pooling: "mean", layers: 2 }),
  "classifier with batch norms and normalised gates": (rt) =>
    newClassifier(rt, { norm: "batch", gateNorm: true, cell: "gru", layers: 2 }),
  "classifier of vectors": (rt) => newVectorClassifier(rt, { connections: "residual", layers: 2 }),
  "tagger that reads characters": (rt) => newTagger(rt),
  "tagger of layers of 16 units": (rt) =>
    newTagger(rt, { characters: 0, hidden: 16, layers: 2, cell: "rnn" }),
  "tagger of vectors": (rt) => newVectorTagger(rt),
};

describeRuntimes("a model of labels that is opened to run", (rt, variant) => {
  it.each(Object.entries(MODELS))("%s: probabilities are those of unrolled, to the bit", async (_, make) => {
    const model = make(rt());
    const bytes = serializeModel(model);
    const runtime = await createRuntime({ variant });
    const opened = openModel(runtime, bytes, [PackedClassifier, PackedTagger]);
    const vectors = model.spec.features > 0;
    const examples = model.spec.task === "classifier" ? (vectors ? TONES : REVIEWS) : vectors ? SIGNS : NAMES;
    const sequences = examples.slice(0, 20).map(({ tokens }) => tokens);
    sequences.push(Array.from({ length: 1100 }, (_, t) => sequences[t % 7]![0]!) as string[]); // more than two blocks of steps
    expect(opened.probabilities(sequences)).toEqual(model.probabilities(sequences));
    const { predict } = model as unknown as { predict(given: unknown): unknown };
    expect(opened.predict(sequences)).toEqual(predict.call(model, sequences));
    opened.dispose();
    expect(runtime.memory.used).toBe(0);
    expectError(() => opened.probabilities(sequences), "ERR_DISPOSED");
    runtime.dispose();
  });

  it("refuses an empty sequence, steps of another kind, and normalised gates of a batch", async () => {
    const runtime = await createRuntime({ variant });
    const opened = openModel(runtime, serializeModel(newClassifier(rt())), [PackedClassifier]);
    expectError(() => opened.predict([""]), "ERR_DATA", "sequence 1 is empty");
    expectError(() => opened.predict([[[1, 2]]]), "ERR_DATA", "is a vector");
    const batch = serializeModel(newClassifier(rt(), { gateNorm: "batch" }));
    expectError(() => openModel(runtime, batch, [PackedClassifier]), "ERR_FORMAT", "loadModel of unrolled");
    runtime.dispose();
  });
});
