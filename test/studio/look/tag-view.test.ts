import { defaultTaggerSpec, LabelTrainer, labelTables, Tagger } from "unrolled";
import { expect, it } from "vitest";
import { tagView } from "../../../studio/src/look/tag-view.ts";
import { startRuntime } from "./models.ts";

const SENTENCES = ["Ann Lee saw Rome", "Rome saw Ann", "Bob Ray left", "Ann left Rome"].map((text) => {
  const tokens = text.split(" ");
  const people = ["Ann", "Bob"];
  const labels = tokens.map((token) =>
    people.includes(token)
      ? "B-PER"
      : ["Lee", "Ray"].includes(token)
        ? "I-PER"
        : token === "Rome"
          ? "B-LOC"
          : "O",
  );
  return { tokens, labels };
});

async function tagger(examples: { tokens: string[]; labels: string[] }[], iterations: number) {
  const rt = await startRuntime();
  const spec = { ...defaultTaggerSpec(), hidden: 8, embedding: 8, dropout: 0, inputDropout: 0 };
  const model = new Tagger(rt, spec, labelTables(examples, spec, { minCount: 1 }));
  const trainer = new LabelTrainer(
    model,
    { train: examples, validation: examples },
    { lr: 0.02, average: 0 },
  );
  for (let i = 0; i < iterations; i++) trainer.step();
  return model;
}

it("marks errors, spans and probabilities", async () => {
  const model = await tagger(SENTENCES, 3);
  const view = tagView(model, SENTENCES);
  const predicted = model.predict(SENTENCES.map(({ tokens }) => tokens));
  let [wrong, all] = [0, 0];
  view.sentences.forEach((one, i) => {
    expect(one.tokens).toEqual(SENTENCES[i]!.tokens);
    expect(one.predicted).toEqual(predicted[i]);
    const errors = SENTENCES[i]!.labels.flatMap((tag, t) => (tag === predicted[i]![t] ? [] : [t]));
    expect(one.errors).toEqual(errors);
    wrong += errors.length;
    all += one.tokens.length;
    const rows = model.probabilities([SENTENCES[i]!.tokens])[0]!;
    one.probabilities.forEach((p, t) => {
      expect(p).toBeCloseTo(Math.max(...rows.slice(t * model.labels.size, (t + 1) * model.labels.size)), 6);
    });
  });
  expect(wrong).toBeGreaterThan(0);
  expect(view.accuracy).toBeCloseTo(1 - wrong / all, 9);
  expect(view.sentences[0]!.rightSpans).toEqual([
    { type: "PER", start: 0, end: 2 },
    { type: "LOC", start: 3, end: 4 },
  ]);
});

it("learns them, and shows plain texts without correct tags", async () => {
  const model = await tagger(SENTENCES, 80);
  const view = tagView(model, [...SENTENCES, "Bob Lee saw Ann"]);
  expect(view.accuracy).toBe(1);
  expect(view.spanScores).toEqual({ precision: 1, recall: 1, f1: 1 });
  const last = view.sentences.at(-1)!;
  expect(last).not.toHaveProperty("right");
  expect(last.errors).toEqual([]);
  expect(last.spans![0]).toEqual({ type: "PER", start: 0, end: 2 });
  expect(tagView(model, ["Ann left"])).not.toHaveProperty("accuracy");
});

it("has no spans if tags mark none", async () => {
  const model = await tagger([{ tokens: ["red", "car"], labels: ["ADJ", "NOUN"] }], 1);
  expect(tagView(model, ["red car"]).sentences[0]).not.toHaveProperty("spans");
});
