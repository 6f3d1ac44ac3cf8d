import { beforeEach, describe, expect, it } from "vitest";
import { POOLINGS } from "../../../src/autograd/pool.ts";
import { Classifier } from "../../../src/models/labels/classifier.ts";
import {
  checkClassifierSpec,
  checkTaggerSpec,
  defaultClassifierSpec,
  defaultTaggerSpec,
} from "../../../src/models/labels/spec.ts";
import { Tagger } from "../../../src/models/labels/tagger.ts";
import { LanguageModel } from "../../../src/models/language-model/model.ts";
import { loadModel, serializeModel } from "../../../src/network/model-file.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";
import { expectError, startRuntime } from "../../runtimes.ts";
import { smallModel } from "../language-model/model.ts";
import { newClassifier, newTagger } from "./labels.ts";

let rt: Runtime;
beforeEach(async () => {
  rt = await startRuntime();
});

const SHAPES = [
  {},
  { bidirectional: false },
  { layers: 2, connections: "dense" },
  { layers: 2, connections: "residual", norm: "layer" },
  { cell: "gru", head: [4] },
] as const;

describe.each(POOLINGS)("a classifier that takes %s", (pooling) => {
  it.each(SHAPES)("labels a text the same alone, in any batch and with any padding: %j", (spec) => {
    const model = newClassifier(rt, { ...spec, pooling });
    const texts = ["good", "the film was not bad", "the meal", "was", "surely not the book"];
    const all = model.predict(texts);
    texts.forEach((text, i) => {
      const [alone] = model.predict([text]);
      expect(alone!.probability).toBeCloseTo(all[i]!.probability, 5);
      expect(alone!.label).toBe(all[i]!.label);
      const sum = Object.values(alone!.probabilities).reduce((a, b) => a + b);
      expect(sum).toBeCloseTo(1, 5);
      expect(alone!.probabilities[alone!.label]).toBe(alone!.probability);
    });
  });
});

describe("a classifier that takes the last state", () => {
  it.each(SHAPES.slice(0, 2))("takes that of each direction: %j", (spec) => {
    const model = newClassifier(rt, { ...spec, pooling: "last" });
    const x = rt.tensor(Int32Array.of(0, 1, 2, 3, 4, 5), [3, 2]);
    const { logits, state } = model.forward(x, [3, 2]);
    const directions = model.rnn.directions;
    const h = state.h.data;
    const joined = rt.tensor(
      Array.from({ length: 2 * directions * 6 }, (_, i) => {
        const [b, column] = [Math.floor(i / (directions * 6)), i % (directions * 6)];
        return h[Math.floor(column / 6) * 12 + b * 6 + (column % 6)]!;
      }),
      [2, directions * 6],
    );
    expect(model.head.forward(joined).toArray()).toEqual(logits.toArray());
  });
});

describe("a tagger", () => {
  it("gives every word a tag, the same alone and in any batch", () => {
    const model = newTagger(rt);
    const sentences = ["Ann", "we saw Bob .", "saw", "then Ann Lee saw we saw"].map((text) =>
      text.split(" "),
    );
    const tags = model.predict(sentences);
    expect(tags.map(({ length }) => length)).toEqual([1, 4, 1, 6]);
    expect(sentences.map((sentence) => model.predict([sentence])[0])).toEqual(tags);
  });

  it("labels more sentences than are read at once, in their order", () => {
    const model = newTagger(rt);
    const sentences = Array.from({ length: 75 }, (_, i) => new Array<string>(1 + (i % 9)).fill("Ann"));
    expect(model.predict(sentences).map(({ length }) => length)).toEqual(
      sentences.map(({ length }) => length),
    );
    expect(model.training).toBe(true);
  });
});

describe("predictions", () => {
  it("take words that were never seen, and no sequence at all", () => {
    expect(newTagger(rt).predict([["zebra", ""]])[0]).toHaveLength(2);
    expect(newClassifier(rt).predict(["zebra"])[0]!.label).toMatch(/pos|neg/);
    expect(newClassifier(rt).predict([])).toEqual([]);
  });

  it("refuse what is empty, and damaged weights", () => {
    expectError(() => newClassifier(rt).predict(["good", " "]), "ERR_DATA", "sequence 2 is empty");
    expectError(() => newTagger(rt).predict([[]]), "ERR_DATA", "sequence 1 is empty");
    const model = newTagger(rt);
    model.head.bias!.data[0] = Number.NaN;
    expectError(() => model.predict([["Ann"]]), "ERR_NAN");
  });

  it("do not drop anything", () => {
    const model = newClassifier(rt, { dropout: 0.5, inputDropout: 0.5 });
    expect(model.predict(["good"])).toEqual(model.predict(["good"]));
  });
});

describe("a model file", () => {
  it.each([newClassifier, newTagger])("brings back spec, vocabularies and weights", (make) => {
    const model = make(rt, { cell: "gru", dropout: 0.25 });
    const bytes = serializeModel(model);
    const loaded = loadModel<Classifier | Tagger>(rt, bytes, [Classifier, Tagger]);
    expect(loaded).toBeInstanceOf(model.constructor);
    expect(loaded.spec).toEqual(model.spec);
    expect(loaded.vocabulary!.symbols).toEqual(model.vocabulary!.symbols);
    expect(loaded.labels.symbols).toEqual(model.labels.symbols);
    expect(loaded.stateDict()).toEqual(model.stateDict());
    expect(serializeModel(loaded)).toEqual(bytes);
  });

  it("of another task is refused by name", () => {
    const file = serializeModel(newTagger(rt));
    expectError(
      () => loadModel(rt, file, [LanguageModel]),
      "ERR_FORMAT",
      '"tagger", expected language-model',
    );
    expectError(() => loadModel(rt, file, [Classifier]), "ERR_FORMAT", '"tagger", expected classifier');
    const text = serializeModel(smallModel(rt));
    expectError(() => loadModel(rt, text, [Tagger]), "ERR_FORMAT", '"language-model", expected tagger');
  });
});

describe("a spec", () => {
  it("is completed by defaults", () => {
    const { bidirectional: _, ...given } = defaultClassifierSpec("char");
    expect(checkClassifierSpec(given)).toEqual({ ...given, bidirectional: false });
    expect(checkTaggerSpec(defaultTaggerSpec())).toEqual(defaultTaggerSpec());
  });

  it.each<[object, string]>([
    [{ task: "tagger" }, "task"],
    [{ pooling: "sum" }, "pooling"],
    [{ level: "byte" }, "level"],
    [{ tied: true }, "tied"],
    [{ embedding: 0 }, "inputDropout"],
    [{ lines: true }, "lines"],
  ])("is refused: %j", (change, message) => {
    expectError(() => checkClassifierSpec({ ...defaultClassifierSpec(), ...change }), "ERR_VALUE", message);
  });

  it("of a tagger has no pooling", () => {
    expectError(() => checkTaggerSpec({ ...defaultTaggerSpec(), pooling: "max" }), "ERR_VALUE", "pooling");
  });
});
