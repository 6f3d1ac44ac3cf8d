import { expect, it } from "vitest";
import { power } from "../../src/optim/power.ts";

it.each([
  [0.9, 0, 1],
  [0.9, 1, 0.9],
  [2, 10, 1024],
  [3, 13, 1594323],
  [0.5, 40, 2 ** -40],
])("power(%d, %i)", (base, n, expected) => {
  expect(power(base, n)).toBe(expected);
});

it("is the power, except in the last bits", () => {
  expect(power(0.999, 100_000) / 0.999 ** 100_000).toBeCloseTo(1, 10);
});
