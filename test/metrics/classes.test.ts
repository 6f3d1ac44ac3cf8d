import { describe, expect, it } from "vitest";
import { accuracy, classScores, confusionMatrix, macroF1, scores } from "../../src/metrics/classes.ts";
import { expectError } from "../runtimes.ts";

// Computed by hand: 3 of 4 a's and 1 of 3 b's are found; c is predicted twice, once correctly.
const RIGHT = ["a", "a", "a", "a", "b", "b", "b", "c"];
const PREDICTED = ["a", "a", "a", "b", "b", "a", "c", "c"];

describe("a confusion matrix", () => {
  it("counts predictions by right class", () => {
    const { classes, counts } = confusionMatrix(RIGHT, PREDICTED);
    expect(classes).toEqual(["a", "b", "c"]);
    expect(counts).toEqual([
      [3, 1, 0],
      [1, 1, 1],
      [0, 0, 1],
    ]);
  });

  it("has classes that occur on one side only", () => {
    expect(confusionMatrix(["x"], ["y"])).toEqual({
      classes: ["x", "y"],
      counts: [
        [0, 1],
        [0, 0],
      ],
    });
  });

  it("takes names of object properties", () => {
    expect(confusionMatrix(["__proto__"], ["constructor"]).classes).toEqual(["__proto__", "constructor"]);
  });

  it("refuses different lengths, and nothing", () => {
    expectError(() => confusionMatrix(["a"], []), "ERR_SHAPE");
    expectError(() => confusionMatrix([], []), "ERR_SHAPE");
  });
});

describe("scores", () => {
  const matrix = confusionMatrix(RIGHT, PREDICTED);

  it("accuracy is the share of right predictions", () => {
    expect(accuracy(matrix)).toBe(5 / 8);
  });

  it("precision, recall and F1 of each class", () => {
    const [a, b, c] = classScores(matrix);
    expect(a).toEqual({ precision: 3 / 4, recall: 3 / 4, f1: 3 / 4 });
    expect(b).toEqual({ precision: 1 / 2, recall: 1 / 3, f1: 2 / 5 });
    expect(c).toEqual({ precision: 1 / 2, recall: 1, f1: 2 / 3 });
  });

  it("macro F1 is their mean, also over classes that were only predicted", () => {
    expect(macroF1(matrix)).toBeCloseTo((3 / 4 + 2 / 5 + 2 / 3) / 3, 12);
    expect(macroF1(confusionMatrix(["x", "x"], ["x", "y"]))).toBeCloseTo(2 / 3 / 2, 12);
  });

  it("are 0 if there is nothing to divide by", () => {
    expect(scores(0, 0, 0)).toEqual({ precision: 0, recall: 0, f1: 0 });
    expect(scores(0, 0, 3)).toEqual({ precision: 0, recall: 0, f1: 0 });
  });
});
