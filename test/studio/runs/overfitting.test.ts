import { expect, it } from "vitest";
import { overfitsSince } from "../../../studio/src/runs/overfitting.ts";

const since = (losses: readonly number[]) =>
  overfitsSince({
    steps: [],
    each: 1,
    validations: losses.map((loss, i) => ({ iteration: 10 * (i + 1), loss })),
  });

it("finds the least loss of a line that has risen", () => {
  expect(since([2, 1.2, 0.9, 0.8, 0.83, 0.9, 0.94, 1, 1.08, 1.14])).toBe(40);
});

it("does not take a flat line that jumps for overfitting", () => {
  expect(since([1, 0.2, 0.05, 0.012, 0.008, 0.011, 0.009, 0.012, 0.01, 0.011])).toBe(undefined);
  expect(since([2, 0.9, 0.52, 0.6, 0.5, 0.58, 0.53, 0.61, 0.52, 0.59, 0.54])).toBe(undefined);
});

it("waits for several validations above the least one, of which none comes back to it", () => {
  expect(since([2, 1, 0.8, 1, 1.2, 1.3])).toBe(undefined);
  expect(since([2, 1.2, 0.9, 0.8, 0.9, 1, 0.81, 1.1, 1.2])).toBe(undefined);
  expect(since([])).toBe(undefined);
});
