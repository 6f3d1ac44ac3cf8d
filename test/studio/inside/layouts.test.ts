import { describe, expect, it } from "vitest";
import { placeBeams } from "../../../studio/src/inside/beam-layout.ts";
import { examplesIn, mostConfused } from "../../../studio/src/inside/confusion-cells.ts";
import {
  flowPoints,
  layerName,
  leftInWords,
  meaning,
  power,
  wholeTicks,
} from "../../../studio/src/inside/flow-words.ts";
import { forecastPoints } from "../../../studio/src/inside/forecast-points.ts";
import { matrixLayout } from "../../../studio/src/inside/matrix-layout.ts";
import { apart, labelledPoints, middles } from "../../../studio/src/inside/plane-labels.ts";
import { placeTokens, textWidth } from "../../../studio/src/inside/token-layout.ts";
import { fateOf } from "../../../studio/src/look/gradient-flow.ts";

describe("gradient flow", () => {
  const layer = {
    part: "encoder.rnn",
    layer: 0,
    direction: 1,
    norms: Float64Array.of(1, 0.1, 0, Infinity, 0.001),
    verdict: "vanishes",
    left: 0.001,
    factor: 0.3,
    thousandth: 4,
  } as const;

  it("names layers from 1", () => {
    expect(layerName(layer)).toBe("encoder layer 1, reading backwards");
    expect(layerName({ part: "rnn", layer: 1, direction: 0 })).toBe("layer 2");
  });

  it("leaves out norms that a logarithm cannot show, and keeps their distances", () => {
    expect(flowPoints(layer).map(({ distance }) => distance)).toEqual([0, 1, 4]);
    expect(flowPoints(layer).map(({ isLast }) => isLast)).toEqual([false, false, true]);
  });

  it("says how much of the gradient is left", () => {
    const said = (norms: number[], thousandth: number | null = null) =>
      leftInWords({ ...layer, norms: Float64Array.from(norms), ...fateOf(norms), thousandth });
    expect(said([1, 0.1, 0.01], 2)).toBe(
      "2 steps back, 1.0% of the largest is left: 90% less with each step on average. After 2 steps it is less than a thousandth.",
    );
    expect(said([0.5, 1, 0.5])).toBe(
      "2 steps back, 50% of the largest is left: 50% less with each step on average.",
    );
    expect(said([1, 2, 5])).toBe("2 steps back, 100% of the largest is left.");
    expect(said([1, 5, 25])).toBe(
      "2 steps back it is 25 times as strong: 400% more with each step on average.",
    );
    expect(said([1, Infinity])).toBe("Its numbers overflow.");
    expect(said([1, 0])).toBe("1 step back, nothing of the largest is left.");
  });

  it("advises other cells to plain RNNs only", () => {
    expect(meaning("vanishes", "rnn")).toContain("A GRU or an LSTM");
    expect(meaning("fades", "lstm")).not.toContain("LSTM");
  });

  it("writes powers of ten", () => {
    expect([power(1000), power(1), power(1e-12), power(20)]).toEqual(["10³", "10⁰", "10⁻¹²", ""]);
  });

  it("has whole ticks that fit the width", () => {
    const points = flowPoints({ ...layer, norms: new Float64Array(51).fill(1) });
    expect(wholeTicks(points, 600)).toEqual([0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50]);
    expect(wholeTicks(points, 300)).toEqual([0, 10, 20, 30, 40, 50]);
  });
});

describe("tokens", () => {
  it("breaks lines between tokens", () => {
    const { tokens, lines } = placeTokens([40, 40, 40], 100, 10);
    expect(lines).toBe(2);
    expect(tokens.map(({ x, line }) => [x, line])).toEqual([
      [0, 0],
      [50, 0],
      [0, 1],
    ]);
  });

  it("keeps the characters of a word together if there is room", () => {
    const text = [..."ab cd"];
    const { tokens } = placeTokens(
      text.map(() => 10),
      42,
      0,
      (t) => text[t] === " ",
    );
    expect(tokens.map(({ line }) => line)).toEqual([0, 0, 0, 1, 1]);
  });

  it("breaks a word that is longer than a line", () => {
    const { lines } = placeTokens([10, 10, 10, 10, 10], 25, 0, () => false);
    expect(lines).toBe(3);
  });

  it("gives wide letters twice the room", () => {
    expect(textWidth("日本", 1)).toBe(4);
    expect(textWidth("ab", 1)).toBe(2);
  });
});

describe("matrix", () => {
  it("fits a narrow page", () => {
    const names = ["Portuguese", "Russian", "Spanish", "Italian"];
    const { left, cell, width, turned } = matrixLayout(names, names, 300, 40);
    expect(left + 4 * cell).toBeLessThanOrEqual(300);
    expect(width).toBeLessThanOrEqual(300);
    expect(turned).toBe(true);
  });

  it("does not turn single letters", () => {
    expect(matrixLayout(["a"], ["b", "c"], 600, 40)).toMatchObject({ turned: false, cell: 40 });
  });
});

describe("confusion", () => {
  const view = {
    labels: ["a", "b"],
    counts: Int32Array.of(3, 1, 2, 5),
    examples: ["x", "y", "z"].map((text, i) => ({ text, label: i === 2 ? "b" : "a" })),
    errors: [{ index: 1, right: "a", predicted: "b", probability: 0.8, rightProbability: 0.2 }],
  };

  it("finds the cell with the most errors", () => {
    expect(mostConfused(view)).toEqual({ right: "b", predicted: "a" });
    expect(mostConfused({ labels: ["a", "b"], counts: Int32Array.of(3, 0, 0, 5) })).toBeUndefined();
  });

  it("lists the examples of a cell", () => {
    expect(examplesIn(view, { right: "a", predicted: "b" })).toEqual([
      { index: 1, text: "y", probability: 0.8 },
    ]);
    expect(examplesIn(view, { right: "a", predicted: "a" })).toEqual([{ index: 0, text: "x" }]);
    expect(examplesIn(view, { right: "b", predicted: "a" })).toEqual([]);
  });
});

it("places a beam search by step and rank, and marks the path that won", () => {
  const node = (parent: number, step: number) => ({
    parent,
    step,
    symbol: "a",
    logProbability: -1,
    sum: -step,
  });
  const nodes = [node(-1, 1), node(-1, 1), node(1, 2), node(0, 2)];
  const hypothesis = { node: 2, tokens: [], logProbabilities: [], logProbability: -2, score: -2 };
  const { placed, steps, ranks } = placeBeams({ nodes, hypotheses: [hypothesis] });
  expect([steps, ranks]).toEqual([2, 2]);
  expect(placed.map(({ step, rank }) => [step, rank])).toEqual([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ]);
  expect(placed.map(({ isBest }) => isBest)).toEqual([false, true, true, false]);
});

it("counts rows from 1, and adds the quantiles of the errors to the forecast", () => {
  const view = {
    columns: ["x", "y"],
    past: Float64Array.of(1, 10, 2, 20),
    leads: [1, 2],
    forecast: Float64Array.of(3, 30, 4, 40),
    future: Float64Array.of(5, 50, 6, 60),
    spread: Float64Array.from({ length: 20 }, (_, i) => i - 10),
    measured: 9,
    heldOutFrom: 1,
  };
  const { before, ahead } = forecastPoints(view, 1);
  expect(before).toEqual([
    { row: 1, value: 10 },
    { row: 2, value: 20 },
  ]);
  // Errors of column 1: -5 to -1 one step ahead, 5 to 9 two steps ahead.
  expect(ahead).toEqual([
    { row: 3, lead: 1, value: 30, came: 50, wide: [25, 29], narrow: [26, 28], middle: 27 },
    { row: 4, lead: 2, value: 40, came: 60, wide: [45, 49], narrow: [46, 48], middle: 47 },
  ]);
});

describe("plane", () => {
  it("names points whose names do not overlap", () => {
    const points = [
      { x: 0, y: 0, label: "one" },
      { x: 5, y: 3, label: "two" },
      { x: 5, y: 40, label: "three" },
    ];
    expect(labelledPoints(points, 9, [-50, 50])).toEqual([0, 2]);
    expect(labelledPoints(points, 1, [-50, 50])).toEqual([0]);
    expect(labelledPoints(points, 9, [-14, 50])).toEqual([0]);
  });

  it("moves names apart, and into the picture", () => {
    const at = (x: number, y: number) => ({ x, y, label: "name" });
    const [first, second, third] = apart([at(50, 0), at(53, 2), at(298, 2)], [0, 300]);
    expect(first).toEqual(at(50, 0));
    expect(second).toMatchObject({ x: 53 });
    expect(second!.y).toBeGreaterThanOrEqual(16);
    expect(third).toEqual(at(284, 2));
  });

  it("finds the middle of each group", () => {
    expect(middles([0, 0, 4, 6, 2, 2], ["a", "a", "b"])).toEqual([
      { group: "a", x: 2, y: 3 },
      { group: "b", x: 2, y: 2 },
    ]);
  });
});
