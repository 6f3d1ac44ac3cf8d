import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mae, mse, nrmse, rmse } from "../../src/metrics/regression.ts";
import { expectError } from "../runtimes.ts";

const ALL = { mae, mse, rmse, nrmse };
const TARGETS = [3, -0.5, 2, 7, 1.25];
const PREDICTIONS = [2.5, 0, 2, 8, -1];

// scikit-learn 1.9.1: mean_absolute_error, mean_squared_error; nrmse with numpy's std
it.each([
  ["mae", 0.85],
  ["mse", 1.3125],
  ["rmse", 1.14564392373896],
  ["nrmse", 0.45789140278150453],
] as const)("%s equals the reference", (name, expected) => {
  expect(ALL[name](TARGETS, PREDICTIONS)).toBeCloseTo(expected, 14);
  expect(ALL[name](Float32Array.from(TARGETS), Float32Array.from(PREDICTIONS))).toBeCloseTo(expected, 14);
});

const pairs = fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 })), {
  minLength: 1,
  maxLength: 20,
});

describe("properties", () => {
  it("mae <= rmse; 0 for right predictions; the same both ways", () => {
    fc.assert(
      fc.property(pairs, (all) => {
        const [a, b] = [all.map(([x]) => x), all.map(([, y]) => y)];
        expect(mae(a, b)).toBeLessThanOrEqual(rmse(a, b) + 1e-12);
        for (const of of [mae, mse, rmse]) {
          expect(of(a, b)).toBe(of(b, a));
          expect(of(a, a)).toBe(0);
        }
      }),
    );
  });

  it("nrmse does not depend on unit and offset, and is 1 for the mean", () => {
    fc.assert(
      fc.property(pairs, fc.integer({ min: 1, max: 9 }), (all, unit) => {
        const [a, b] = [all.map(([x]) => x), all.map(([, y]) => y)];
        fc.pre(new Set(a).size > 1);
        const other = (values: number[]) => values.map((value) => unit * value + 5);
        expect(nrmse(other(a), other(b))).toBeCloseTo(nrmse(a, b), 9);
        const mean = a.reduce((sum, value) => sum + value, 0) / a.length;
        expect(nrmse(a, new Float64Array(a.length).fill(mean))).toBeCloseTo(1, 12);
      }),
    );
  });
});

it("nrmse is not finite if all targets are equal", () => {
  expect(nrmse([2, 2], [1, 3])).toBe(Number.POSITIVE_INFINITY);
  expect(nrmse([2, 2], [2, 2])).toBeNaN();
  // The mean of 180 times 5.1 is not 5.1.
  const equal = new Float64Array(180).fill(5.1);
  expect(
    nrmse(
      equal,
      equal.map((value) => value + 1),
    ),
  ).toBe(Number.POSITIVE_INFINITY);
  expect(nrmse(equal, equal)).toBeNaN();
});

it.each(Object.entries(ALL))("%s refuses lists that do not fit", (_, of) => {
  expectError(() => of([1], []), "ERR_SHAPE");
  expectError(() => of([], []), "ERR_SHAPE");
});
