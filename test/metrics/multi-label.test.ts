import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Scores } from "../../src/metrics/classes.ts";
import { multiLabelCounts, multiLabelScores } from "../../src/metrics/multi-label.ts";
import { expectError } from "../runtimes.ts";

interface Case {
  readonly name: string;
  readonly right: readonly (readonly string[])[];
  readonly predicted: readonly (readonly string[])[];
  readonly names: readonly string[];
  readonly labels: readonly Scores[];
  readonly micro: Scores;
  readonly macro: Scores;
  readonly exact: number;
}

// test/fixtures/make_multi_label.py wrote them.
const CASES: readonly Case[] = JSON.parse(
  readFileSync(new URL("../fixtures/multi_label.json", import.meta.url), "utf8"),
);

const close = ({ precision, recall, f1 }: Scores) => ({
  precision: expect.closeTo(precision, 12),
  recall: expect.closeTo(recall, 12),
  f1: expect.closeTo(f1, 12),
});

describe("the scores of sets of labels", () => {
  it.each(CASES)("are scikit-learn's: $name", ({ right, predicted, names, labels, micro, macro, exact }) => {
    const counts = multiLabelCounts(right, predicted);
    expect(counts.labels).toEqual(names);
    expect(multiLabelScores(counts)).toEqual({
      micro: close(micro),
      macro: close(macro),
      exact: expect.closeTo(exact, 12),
      labels: labels.map(close),
    });
  });

  it("do not depend on order and repetitions", () => {
    const counts = multiLabelCounts([["b", "a", "a"]], [["a", "b"]]);
    expect(counts).toEqual({
      labels: ["a", "b"],
      hits: [1, 1],
      predicted: [1, 1],
      right: [1, 1],
      exact: 1,
      items: 1,
    });
  });

  it("are 0 without any label, except that empty sets are exact", () => {
    const zero = { precision: 0, recall: 0, f1: 0 };
    const scores = multiLabelScores(multiLabelCounts([[], []], [[], []]));
    expect(scores).toEqual({ micro: zero, macro: zero, exact: 1, labels: [] });
  });

  it("need as many predictions as items", () => {
    expectError(() => multiLabelCounts([["a"]], []), "ERR_SHAPE");
    expectError(() => multiLabelCounts([], []), "ERR_SHAPE");
  });
});
