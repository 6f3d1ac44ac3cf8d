import { expect, it } from "vitest";
import { mostProbable, sharedBeginning, shift } from "../../../studio/src/inside/compare-texts.ts";
import { formulasOf } from "../../../studio/src/inside/formulas.ts";
import { gateNames } from "../../../studio/src/inside/gate-names.ts";
import { liveliest, meanOfUnits, ofUnit, scaleEnd } from "../../../studio/src/inside/gate-series.ts";
import { roundStep } from "../../../studio/src/inside/round-step.ts";
import { chance, likeliest, surprises, surpriseTip } from "../../../studio/src/inside/surprise.ts";
import { unrolledSteps } from "../../../studio/src/look/unrolled-steps.ts";
import { colourOf } from "../../../studio/src/ui/colours.ts";
import { fixed } from "../../../studio/src/ui/words.ts";
import { languageModel } from "../look/models.ts";

/** Computes what a line of numbers says, such as `0.5 · (-0.2) + 0.1 · tanh(0.3)`. */
function evaluate(numbers: string): number {
  const program = numbers
    .replaceAll("·", "*")
    .replaceAll("tanh", "Math.tanh")
    .replaceAll("max", "Math.max")
    .replaceAll("σ", "sigma");
  return new Function("sigma", `return ${program}`)((z: number) => 1 / (1 + Math.exp(-z)));
}

it.each(["lstm", "gru", "rnn"] as const)("%s: the formulas give the numbers of the network", async (cell) => {
  const model = await languageModel({ cell });
  const { steps } = unrolledSteps(model, "The cat", { units: [3, 7] });
  for (const { layers } of steps) {
    for (const layer of layers) {
      for (const k of [0, 1]) {
        const { formulas, areExact } = formulasOf(cell, layer, k);
        expect(areExact).toBe(true);
        expect(formulas.at(-1)!.value).toBe(layer.h[k]);
        for (const { numbers, value } of formulas) expect(evaluate(numbers)).toBeCloseTo(value, 2);
      }
    }
  }
});

it("says that the formulas do not hold for a cell with options", async () => {
  const of = async (spec: object) => {
    const { steps } = unrolledSteps(await languageModel({ cell: "lstm", ...spec }), "The");
    return formulasOf("lstm", steps[2]!.layers[0]!, 0);
  };
  expect((await of({ forgetGate: "coupled" })).areExact).toBe(false);
  expect((await of({ forgetGate: "own" })).areExact).toBe(true);
  const { steps } = unrolledSteps(await languageModel({ cell: "rnn", nonlinearity: "relu" }), "The");
  for (const { layers } of steps)
    expect(formulasOf("rnn", layers[0]!, 0, { nonlinearity: "relu" }).areExact).toBe(true);
});

it("names the gates that a cell has", () => {
  expect(gateNames("gru", { h: 1, c̃: 1, Γu: 1 }).map(({ name }) => name)).toEqual(["Γu", "c̃", "h"]);
  expect(gateNames("rnn", { h: 1 }).map(({ isGate }) => isGate)).toEqual([false]);
});

it("takes one unit or the mean of all", () => {
  const values = Float32Array.of(1, 2, 3, 5, 7, 9);
  expect([...ofUnit(values, 3, 1)]).toEqual([2, 7]);
  expect([...meanOfUnits(values, 3)]).toEqual([2, 7]);
  expect(scaleEnd([[0.2, -2.31]])).toBe(2.4);
  expect(scaleEnd([[0.2]])).toBe(1);
  expect(scaleEnd([[1.2]])).toBe(1.2);
});

it("mixes colours from the middle to the ends", () => {
  const scale = { low: [0, 0, 255], middle: [255, 255, 255], high: [200, 100, 0] } as const;
  expect(colourOf(0, scale)).toEqual([255, 255, 255]);
  expect(colourOf(-1, scale)).toEqual([0, 0, 255]);
  expect(colourOf(5, scale)).toEqual([200, 100, 0]);
  expect(colourOf(0.5, scale)).toEqual([228, 178, 128]);
});

it("tells surprise in bits", () => {
  const view = {
    symbols: ["b"],
    next: [
      ["a", "b"],
      ["b", "c"],
    ],
    probabilities: Float32Array.of(0.5, 0.25, 0.9, 0.05),
    rest: Float32Array.of(0.25, 0.05),
    entropy: Float32Array.of(2, 1),
    logProbabilities: Float32Array.of(Math.log(0.25)),
  };
  const bits = surprises(view);
  expect(bits[0]).toBeCloseTo(2, 5);
  expect(likeliest(view, 1)[1]).toEqual({ symbol: "c", probability: Math.fround(0.05) });
  expect(surpriseTip(view, bits, 0)).toBe("‘b’ came: 25%, 2.0 bits\nlikeliest: ‘a’ 50%, ‘b’ 25%");
  expect([0.999, 0.43, 0.004, 1e-9].map(chance)).toEqual([
    "over 99%",
    "43%",
    "1 in 250",
    "under 1 in a million",
  ]);
});

it("compares two continuations", () => {
  expect(sharedBeginning(["a", "b", "c"], ["a", "b", "d", "e"])).toBe(2);
  expect(sharedBeginning(["a"], ["a"])).toBe(1);
  const [before, after] = [
    [0.1, 0.6, 0.3, 0],
    [0.1, 0.2, 0.2, 0.5],
  ];
  expect(mostProbable(["a", "b", "c", "d"], before!, after!, 2)).toEqual([
    { symbol: "b", before: 0.6, after: 0.2 },
    { symbol: "d", before: 0, after: 0.5 },
  ]);
  expect(shift(before!, after!)).toBeCloseTo(0.5, 6);
});

it("writes no sign before 0", () => {
  expect([-0.004, -0.006, 0, 1.234].map((value) => fixed(value, 2))).toEqual([
    "0.00",
    "-0.01",
    "0.00",
    "1.23",
  ]);
});

it("labels axes in round steps", () => {
  expect([0.3, 3, 20, 21, 5000].map(roundStep)).toEqual([1, 5, 20, 50, 1000]);
});

it("finds the unit that moves most over the steps", () => {
  // Three units at four steps: one is high and steady, one flickers a little, one swings.
  const values = Float32Array.of(0.9, 0.1, -0.5, 0.9, -0.1, 0.5, 0.9, 0.1, 0.6, 0.9, -0.1, -0.4);
  expect(liveliest(values, 3)).toBe(2);
  expect(liveliest(values.subarray(0, 3), 3)).toBe(0);
});
