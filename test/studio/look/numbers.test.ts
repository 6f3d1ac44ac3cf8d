import { expect, it } from "vitest";
import { correlation, largest, logSoftmax, quantile } from "../../../studio/src/look/numbers.ts";

it("computes log-softmax of large and of impossible logits", () => {
  const [a, b, c] = logSoftmax([1000, 999, -Infinity]);
  expect(a).toBeCloseTo(-Math.log(1 + Math.exp(-1)), 9);
  expect(b).toBeCloseTo(a! - 1, 9);
  expect(c).toBe(-Infinity);
});

it("finds the largest numbers as sorting does, the first of equals first", () => {
  const numbers = Array.from({ length: 50 }, (_, i) => (i * 7919) % 13);
  for (const count of [0, 1, 5, 50, 60]) {
    const sorted = numbers.map((_, i) => i).sort((i, j) => numbers[j]! - numbers[i]! || i - j);
    expect(largest(numbers, count)).toEqual(sorted.slice(0, count));
  }
});

it("interpolates quantiles as NumPy does", () => {
  const sorted = [1, 2, 4, 8];
  expect([0, 0.25, 0.5, 0.95, 1].map((share) => quantile(sorted, share))).toEqual([
    1,
    1.75,
    3,
    expect.closeTo(7.4, 9),
    8,
  ]);
  expect(quantile([3], 0.3)).toBe(3);
});

it("correlates", () => {
  expect(correlation([1, 2, 3], [2, 4, 6])).toBeCloseTo(1, 9);
  expect(correlation([1, 2, 3], [1, 0, 1])).toBeCloseTo(0, 9);
  expect(correlation([1, 1], [1, 2])).toBe(0);
});
