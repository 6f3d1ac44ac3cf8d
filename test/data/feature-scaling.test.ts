import { expect, it } from "vitest";
import { FeatureScaling } from "../../src/data/feature-scaling.ts";
import { expectError } from "../runtimes.ts";

it("gives every feature mean 0 and deviation 1 over all steps of all sequences", () => {
  const sequences = [[[1, 5, 1e6], Float64Array.of(2, 5, 1e6 + 2)], [[6, 5, 1e6 + 4]]];
  const scaling = FeatureScaling.of(sequences, 3);
  expect(scaling.mean).toEqual([3, 5, 1e6 + 2]);
  const deviation = [Math.sqrt(14 / 3), 1, Math.sqrt(8 / 3)];
  scaling.deviation.forEach((value, k) => {
    expect(value).toBeCloseTo(deviation[k]!, 9);
  });
  const [a, b] = sequences.map((sequence) => scaling.apply(sequence));
  const expected = [-2, 0, -2, -1, 0, 0, 3, 0, 2].map((x, i) => x / deviation[i % 3]!);
  [...a!, ...b!].forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, 5);
  });
});

it("is the same after JSON; none leaves features as they are", () => {
  const scaling = FeatureScaling.of([[[1], [2], [4]]], 1);
  expect(FeatureScaling.fromJSON(JSON.parse(JSON.stringify(scaling)))).toEqual(scaling);
  expect(FeatureScaling.none(2).apply([[1, 0.5]])).toEqual(Float32Array.of(1, 0.5));
  expect(FeatureScaling.none(2).width).toBe(2);
  for (const json of [
    null,
    [],
    {},
    { mean: [], deviation: [] },
    { mean: [1], deviation: [] },
    { mean: [1], deviation: [0] },
    { mean: [1], deviation: ["1"] },
    { mean: [null], deviation: [1] },
  ]) {
    expectError(() => FeatureScaling.fromJSON(json), "ERR_FORMAT", "scaling is damaged");
  }
});

it("refuses steps of another width or with invalid numbers", () => {
  const scaling = FeatureScaling.none(2);
  expectError(() => scaling.apply([[1, 2], [1]]), "ERR_DATA", "step 2 has 1 number, expected 2");
  expectError(() => scaling.apply([[1, Number.NaN]]), "ERR_DATA", "step 1 has numbers that are not finite");
  expectError(() => scaling.apply(["ab" as never]), "ERR_DATA", "step 1 has no numbers");
  expectError(() => FeatureScaling.of([[[1, 2, 3]]], 2), "ERR_DATA", "3 numbers, expected 2");
  expectError(() => FeatureScaling.of([[[1e300], [-1e300]]], 1), "ERR_DATA", "feature 1 are too large");
});
