import { describe, expect, it } from "vitest";
import { areSpanTags, spanScores, spansOf } from "../../src/metrics/spans.ts";

const tags = (text: string) => text.split(" ");
const spans = (text: string) => spansOf(tags(text)).map(({ type, start, end }) => `${type} ${start}-${end}`);

describe("spansOf", () => {
  it.each([
    ["O O", []],
    ["B-PER I-PER O B-LOC", ["PER 0-2", "LOC 3-4"]],
    ["B-PER B-PER", ["PER 0-1", "PER 1-2"]],
    ["I-PER I-PER O", ["PER 0-2"]],
    ["B-PER I-LOC I-LOC", ["PER 0-1", "LOC 1-3"]],
    ["O I-LOC B-LOC I-LOC", ["LOC 1-2", "LOC 2-4"]],
    ["B-A-B I-A-B", ["A-B 0-2"]],
  ])("%s", (text, expected) => {
    expect(spans(text)).toEqual(expected);
  });
});

it("spanScores counts spans that agree in type, start and end, sentence by sentence", () => {
  // Correct: PER 0-2, LOC 3-4 | ORG 0-1 | none. Found: PER 0-2, ORG 3-4 | ORG 0-2 | PER 0-1: one of four is right.
  const right = ["B-PER I-PER O B-LOC", "B-ORG O", "O"].map(tags);
  const found = ["B-PER I-PER O B-ORG", "B-ORG I-ORG", "I-PER"].map(tags);
  const { precision, recall, f1 } = spanScores(right, found);
  expect([precision, recall]).toEqual([1 / 4, 1 / 3]);
  expect(f1).toBeCloseTo((2 * (1 / 4) * (1 / 3)) / (1 / 4 + 1 / 3), 12);
});

it.each([
  ["O B-PER I-PER", true],
  ["O", false],
  ["NOUN VERB", false],
  ["O B-PER X", false],
  ["B-", false],
])("areSpanTags %s: %s", (text, expected) => {
  expect(areSpanTags(tags(text))).toBe(expected);
});
