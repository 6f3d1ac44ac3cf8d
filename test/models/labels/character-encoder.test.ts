import { beforeEach, describe, expect, it } from "vitest";
import { serializeSafetensors } from "../../../src/io/safetensors.ts";
import { LabelBatches } from "../../../src/models/labels/batches.ts";
import { Classifier } from "../../../src/models/labels/classifier.ts";
import type { LabelModel } from "../../../src/models/labels/model.ts";
import { defaultTaggerSpec, type LabelSpec } from "../../../src/models/labels/spec.ts";
import { Tagger } from "../../../src/models/labels/tagger.ts";
import { loadModel, modelMetadata, serializeModel } from "../../../src/network/model-file.ts";
import { measure } from "../../../src/runtime/meta.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";
import { gradcheck } from "../../gradcheck.ts";
import { expectError, gradientOf, startRuntime } from "../../runtimes.ts";
import { NAMES, newClassifier, newTagger, REVIEWS } from "./labels.ts";

let rt: Runtime;
beforeEach(async () => {
  rt = await startRuntime();
});

const MODELS = [
  { make: newTagger, examples: NAMES.slice(0, 6), spec: {} },
  { make: newTagger, examples: NAMES.slice(0, 6), spec: { layers: 2, norm: "layer" } },
  { make: newClassifier, examples: REVIEWS.slice(0, 6), spec: { characters: 3, pooling: "mean+max" } },
] as const;

it.each(MODELS)(
  "gradients of the whole model agree with central differences: $spec",
  ({ make, examples, spec }) => {
    const model = (make as (rt: Runtime, spec: object) => LabelModel)(rt, {
      ...spec,
      hidden: 3,
      embedding: 2,
      characterHidden: 2,
    });
    const { targetPer, tables } = model;
    const batch = new LabelBatches(examples, tables, { batch: 6, targetPer }).at(0);
    const loss = () => rt.noGrad(() => rt.scope(() => model.loss(batch).loss.item()));
    rt.scope(() => model.loss(batch).loss.backward());
    for (const [label, tensor] of Object.entries(model.parameters())) {
      gradcheck(loss, tensor.data as Float32Array, gradientOf(tensor), {
        label,
        eps: 1 / 128,
        tolerance: 2e-3,
      });
    }
  },
);

it.each(MODELS)("has as many parameters as are counted without building it: $spec", ({ make, spec }) => {
  const model = (make as (rt: Runtime, spec: object) => LabelModel)(rt, spec);
  const made = Object.values(model.parameters()).reduce((sum, { size }) => sum + size, 0);
  const kind = model instanceof Tagger ? Tagger : Classifier;
  expect(measure((meta) => kind.build(meta, model.spec as never, model.tables))).toBe(made);
});

describe("a tagger that reads characters", () => {
  it("tells words that it never saw by their spelling", () => {
    const model = newTagger(rt);
    const scores = (word: string) => [...model.probabilities([[word]])[0]!];
    expect(scores("Anna")).not.toEqual(scores("Leen"));
    const plain = newTagger(rt, { characters: 0 });
    expect([...plain.probabilities([["Anna"]])[0]!]).toEqual([...plain.probabilities([["Leen"]])[0]!]);
  });

  it("throws if spellings are missing, or needless, or there is no table", () => {
    const tokens = rt.tensor(Int32Array.of(0, 1), [2, 1]);
    expectError(() => newTagger(rt).forward(tokens), "ERR_VALUE", "reads the characters", "give spellings");
    const { tables } = newTagger(rt);
    const { spellings } = new LabelBatches(NAMES, tables, { batch: 1 }).at(0);
    const plain = newTagger(rt, { characters: 0 });
    expectError(() => plain.forward(tokens, undefined, spellings), "ERR_VALUE", "reads no spellings");
    expectError(() => new Tagger(rt, defaultTaggerSpec(), plain.tables), "ERR_VALUE", "no table");
  });

  it("has a file of which a part may not be missing", () => {
    const model = newTagger(rt);
    const tensors = model.stateDict();
    const { characters: _, ...metadata } = modelMetadata(model);
    expectError(
      () => loadModel(rt, serializeSafetensors(tensors, metadata), [Tagger]),
      "ERR_FORMAT",
      "no characters",
    );
  });
});

it("files from before there were characters are read", () => {
  const model = newTagger(rt, { characters: 0 });
  const metadata = modelMetadata(model);
  const spec = JSON.parse(metadata.spec!) as Partial<LabelSpec>;
  const { characters, characterHidden, wordDropout, embeddingStart, ...old } = spec;
  const file = serializeSafetensors(model.stateDict(), { ...metadata, spec: JSON.stringify(old) });
  const loaded = loadModel(rt, file, [Tagger]);
  expect(loaded.spec).toMatchObject({ characters: 0, wordDropout: 0, embeddingStart: 1 });
  expect(serializeModel(loaded).length).toBeGreaterThanOrEqual(file.length);
  const words = [["we", "saw", "Ann"]];
  expect(loaded.predict(words)).toEqual(model.predict(words));
});
