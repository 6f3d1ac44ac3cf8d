import { expect, it } from "vitest";
import { Bench } from "../../../studio/src/lab/bench.ts";
import { characterModel, nextSymbols, writeLines } from "../../../studio/src/lab/character-model.ts";
import { drawnProbabilities } from "../../../studio/src/lab/drawn.ts";
import { inWords } from "../../../studio/src/lab/number-text.ts";

const text = Array.from({ length: 100 }, (_, i) => ["anna", "otto", "ella"][i % 3]).join("\n");

it("learns a text, and writes and predicts with the model file", async () => {
  const { validation, bytes, rows, guess } = await characterModel({
    text,
    iterations: 150,
    hidden: 16,
    count: 2,
  });
  expect(validation[0]!.perplexity).toBeGreaterThan(guess / 2);
  expect(validation.at(-1)!.perplexity).toBeLessThan(2);
  expect(rows[0]!.lines.some(({ known }) => known)).toBe(true);
  expect(await writeLines(bytes, { prefix: "an", temperature: 0, count: 1 })).toEqual(["anna"]);
  const [first, ...others] = await nextSymbols(bytes, "ot", { topK: 1 });
  expect(first!.symbol).toBe("t");
  expect(first!.drawn).toBe(1);
  expect(first!.probability + others.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(
    1,
    5,
  );
});

it("changes probabilities as sampling does", () => {
  const yHat = [0.5, 0.1, 0.4];
  expect(drawnProbabilities(yHat, {})).toEqual(yHat.map((p) => expect.closeTo(p, 10)));
  const squares = 0.25 + 0.01 + 0.16;
  const colder = [0.25 / squares, 0.01 / squares, 0.16 / squares];
  expect(drawnProbabilities(yHat, { temperature: 0.5 })).toEqual(colder.map((p) => expect.closeTo(p, 10)));
  expect(drawnProbabilities(yHat, { topK: 2 })).toEqual([expect.closeTo(5 / 9), 0, expect.closeTo(4 / 9)]);
  expect(drawnProbabilities(yHat, { topP: 0.5 })).toEqual([1, 0, 0]);
  expect(drawnProbabilities(yHat, { topP: 0.6 })[1]).toBe(0);
  expect(drawnProbabilities(yHat, { temperature: 0 })).toEqual([1, 0, 0]);
});

it("writes numbers in words", () => {
  expect([7, 13, 40, 99, 100, 342].map(inWords)).toEqual([
    "seven",
    "thirteen",
    "forty",
    "ninety-nine",
    "one hundred",
    "three hundred and forty-two",
  ]);
});

it("writes lines on the bench, which also passes a function for progress", async () => {
  const { bytes } = await characterModel({ text, iterations: 5, hidden: 8, count: 1 });
  const written = await new Bench().run("writeLines", { model: bytes, count: 2, topK: 3 }, () => {});
  expect(written).toHaveLength(2);
});
