import { Classifier, classifierExample, defaultClassifierSpec, LabelTrainer, labelTables } from "unrolled";
import { expect, it } from "vitest";
import { labelCounts } from "../../../studio/src/look/label-counts.ts";
import { startRuntime } from "./models.ts";

const SETS: Readonly<Record<string, readonly string[]>> = {
  "red ball": ["red", "round"],
  "red box": ["red"],
  "blue ball": ["round"],
  "blue box": [],
};

it("counts the four kinds of decisions about each label", async () => {
  const spec = { ...defaultClassifierSpec(), hidden: 6, embedding: 5, multiLabel: true };
  const examples = Object.entries(SETS).map(([text, labels]) => classifierExample(text, labels, spec));
  const model = new Classifier(await startRuntime(), spec, labelTables(examples, spec, { minCount: 1 }));
  const trainer = new LabelTrainer(
    model,
    { train: examples, validation: examples },
    { lr: 0.02, average: 0 },
  );
  for (let i = 0; i < 3; i++) trainer.step();
  const more = [...examples, classifierExample("red ball", ["heavy"], spec)];
  const { items, exact, perLabel } = labelCounts(model, more);
  const right = [...Object.values(SETS), ["heavy"]];
  const given = model.predict(more.map(({ tokens }) => tokens)).map(({ labels }) => labels!);
  expect(items).toBe(5);
  expect(exact).toBe(right.filter((own, i) => String(own) === String(given[i])).length / 5);
  expect(perLabel.map(({ label }) => label)).toEqual(["heavy", "red", "round"]);
  for (const { label, precision, recall, ...own } of perLabel) {
    const count = (has: boolean, gets: boolean) =>
      right.filter((labels, i) => labels.includes(label) === has && given[i]!.includes(label) === gets)
        .length;
    const [found, missed] = [count(true, true), count(true, false)];
    expect(own).toMatchObject({
      truePositives: found,
      falseNegatives: missed,
      falsePositives: count(false, true),
      trueNegatives: count(false, false),
    });
    expect(precision).toBeCloseTo(found / (found + count(false, true)) || 0, 9);
    expect(recall).toBeCloseTo(found / (found + missed) || 0, 9);
  }
});
