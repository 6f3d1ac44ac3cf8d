import { expect, it } from "vitest";
import { confusion } from "../../../studio/src/look/confusion.ts";
import { classifier, OPINIONS } from "./models.ts";

const EXAMPLES = OPINIONS.map(({ text, label }) => ({ input: text, label }));

it("counts what predict says", async () => {
  const model = await classifier();
  const found = confusion(model, EXAMPLES);
  const predicted = model.predict(EXAMPLES.map(({ input }) => input));
  const L = found.labels.length;
  expect(found.counts.reduce((a, b) => a + b)).toBe(EXAMPLES.length);
  found.labels.forEach((right, i) => {
    found.labels.forEach((guess, j) => {
      const count = EXAMPLES.filter(
        ({ label }, n) => label === right && predicted[n]!.label === guess,
      ).length;
      expect(found.counts[i * L + j]).toBe(count);
    });
    const hits = EXAMPLES.filter(({ label }, n) => label === right && predicted[n]!.label === right).length;
    const guesses = predicted.filter(({ label }) => label === right).length;
    const own = found.perLabel[i]!;
    expect(own.label).toBe(right);
    expect(own.recall).toBeCloseTo(own.examples && hits / own.examples, 9);
    expect(own.precision).toBeCloseTo(guesses && hits / guesses, 9);
  });
  const wrong = EXAMPLES.flatMap(({ label }, n) => (predicted[n]!.label === label ? [] : [n]));
  expect(found.errors.map(({ index }) => index).sort((a, b) => a - b)).toEqual(wrong);
  expect(wrong.length).toBeGreaterThan(0);
  expect(found.accuracy).toBeCloseTo(1 - wrong.length / EXAMPLES.length, 9);
  found.errors.forEach(({ index, right, predicted: guess, probability, rightProbability }, place) => {
    expect(guess).toBe(predicted[index]!.label);
    expect(probability).toBe(predicted[index]!.probability);
    expect(rightProbability).toBe(predicted[index]!.probabilities[right]);
    if (place) expect(probability).toBeLessThanOrEqual(found.errors[place - 1]!.probability);
  });
});

it("knows labels that the model does not", async () => {
  const found = confusion(await classifier(), [{ input: "the film", label: "sad" }]);
  expect(found.errors[0]).toMatchObject({ right: "sad", rightProbability: 0 });
  expect(found.labels).toContain("sad");
});
