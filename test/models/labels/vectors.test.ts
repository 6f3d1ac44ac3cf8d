import { beforeEach, describe, expect, it } from "vitest";
import { FeatureScaling } from "../../../src/data/feature-scaling.ts";
import { labelTables } from "../../../src/models/labels/batches.ts";
import { Classifier } from "../../../src/models/labels/classifier.ts";
import {
  checkClassifierSpec,
  defaultClassifierSpec,
  defaultTaggerSpec,
} from "../../../src/models/labels/spec.ts";
import { Tagger } from "../../../src/models/labels/tagger.ts";
import { loadModel, serializeModel } from "../../../src/network/model-file.ts";
import { measure } from "../../../src/runtime/meta.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";
import { expectError, startRuntime } from "../../runtimes.ts";
import { newClassifier, newTagger } from "./labels.ts";
import { newVectorClassifier, newVectorTagger, SIGNS, TONES } from "./vectors.ts";

let rt: Runtime;
beforeEach(async () => {
  rt = await startRuntime();
});

it("a classifier of vectors gives the same result for a sequence alone, in any batch and with any padding", () => {
  for (const spec of [{}, { pooling: "last", layers: 2, cell: "gru", inputDropout: 0.5 }] as const) {
    const model = newVectorClassifier(rt, spec);
    const all = model.predict(TONES.map(({ tokens }) => tokens));
    TONES.slice(0, 9).forEach(({ tokens }, i) => {
      const [alone] = model.predict([tokens]);
      expect(alone!.label).toBe(all[i]!.label);
      expect(alone!.probability).toBeCloseTo(all[i]!.probability, 5);
    });
  }
});

it("a tagger of vectors labels every step", () => {
  const model = newVectorTagger(rt);
  const tags = model.predict(SIGNS.map(({ tokens }) => tokens));
  expect(tags.map(({ length }) => length)).toEqual(SIGNS.map(({ tokens }) => tokens.length));
  expect(model.predict([SIGNS[3]!.tokens])[0]).toEqual(tags[3]);
  expect(model.predict([[Float32Array.of(1, 500)]])[0]).toHaveLength(1);
});

it("features are scaled by those of the training part: their size and place do not matter", async () => {
  const moved = TONES.map(({ tokens, labels }) => ({
    tokens: tokens.map((step) => [step[0]! * 4096 + 65536, step[1]! / 1024]),
    labels,
  }));
  const [a, b] = [newVectorClassifier(rt), newVectorClassifier(await startRuntime(), {}, moved)];
  const [one, other] = [a.predict([TONES[0]!.tokens])[0]!, b.predict([moved[0]!.tokens])[0]!];
  expect(other.probability).toBeCloseTo(one.probability, 5);
});

it("a file holds the scaling in the place of a vocabulary", () => {
  for (const model of [newVectorClassifier(rt), newVectorTagger(rt)]) {
    expect(Object.keys(model.tables)).toEqual(["scaling", "labels"]);
    const again = loadModel<Classifier | Tagger>(rt, serializeModel(model), [Classifier, Tagger]);
    expect(again.spec).toEqual(model.spec);
    const sequences = TONES.map(({ tokens }) => tokens);
    expect(again.label(sequences)).toEqual(model.label(sequences));
    const kind = model instanceof Tagger ? Tagger : Classifier;
    const parameters = Object.values(model.parameters()).reduce((sum, { size }) => sum + size, 0);
    expect(measure((meta) => kind.build(meta, model.spec as never, model.tables))).toBe(parameters);
  }
});

it("characters without an embedding are one-hot vectors: DNA", () => {
  const dna = ["ACGT", "TTAG", "CAGGA"].map((text, i) => ({
    tokens: [...text],
    labels: [["x", "y"][i % 2]!],
  }));
  const spec = { ...defaultClassifierSpec("char"), embedding: 0, inputDropout: 0, dropout: 0, hidden: 5 };
  const tables = labelTables(dna, spec, { minCount: 1 });
  const letters = new Classifier(rt, spec, tables);
  const { symbols } = tables.vocabulary!;
  const hot = (text: string) => [...text].map((c) => symbols.map((symbol) => (symbol === c ? 1 : 0)));
  const vectorSpec = { ...spec, features: symbols.length };
  const scaling = FeatureScaling.none(symbols.length);
  const vectors = new Classifier(rt, vectorSpec, { scaling, labels: tables.labels });
  vectors.loadStateDict(letters.stateDict());
  for (const text of ["GATTACA", "C"]) {
    const [a, b] = [letters.predict([text])[0]!, vectors.predict([hot(text)])[0]!];
    expect(a.probability).toBeCloseTo(b.probability, 5);
  }
});

describe("what does not fit is refused", () => {
  it("steps", () => {
    const model = newVectorClassifier(rt);
    expectError(() => model.predict([[[1, 2], [3]]]), "ERR_DATA", "step 2 has 1 number, expected 2");
    expectError(() => model.predict([[[1, Number.NaN]]]), "ERR_DATA", "not finite");
    expectError(() => model.predict([[]]), "ERR_DATA", "sequence 1 is empty");
    expectError(() => model.predict(["a text"]), "ERR_DATA", "step 1 has no numbers, expected 2");
    expectError(
      () => newTagger(rt).predict([[[1, 2]]]),
      "ERR_DATA",
      "step 1 is a vector, but the model reads tokens",
    );
    expectError(() => newClassifier(rt).predict([[[1, 2]]]), "ERR_DATA", "is a vector");
  });

  it("specs and tables", () => {
    const spec = defaultClassifierSpec("word", 2);
    for (const field of ["embedding", "characters", "wordDropout"] as const) {
      const given = { ...spec, [field]: field === "wordDropout" ? 0.5 : 3 };
      expectError(() => checkClassifierSpec(given), "ERR_VALUE", field);
    }
    expect(checkClassifierSpec({ ...spec, inputDropout: 0.5 }).inputDropout).toBe(0.5);
    expect(defaultTaggerSpec(3)).toMatchObject({ features: 3, embedding: 0, characters: 0, inputDropout: 0 });
    const tables = labelTables(TONES, spec);
    expectError(() => new Classifier(rt, { ...spec, features: 3 }, tables), "ERR_VALUE", "features is 3");
    const words = labelTables([{ tokens: ["a", "a"], labels: ["x"] }], defaultClassifierSpec());
    expectError(() => new Classifier(rt, spec, words), "ERR_VALUE", "a scaling of as many features");
    expectError(() => new Classifier(rt, defaultClassifierSpec(), tables), "ERR_VALUE", "a vocabulary");
    expectError(() => labelTables(TONES, defaultClassifierSpec()), "ERR_DATA", "is a vector");
    expectError(() => labelTables(TONES, { ...spec, features: 3 }), "ERR_DATA", "2 numbers, expected 3");
  });
});
