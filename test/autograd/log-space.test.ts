import { describe, expect, it } from "vitest";
import { exp, logAdd, logSoftmaxRow } from "../../src/autograd/log-space.ts";
import { random } from "../random.ts";

const numbers = (count: number, low: number) =>
  Array.from(random(7).array(count), (x) => (Math.abs(x) % 1) * low);

describe("probabilities as logarithms", () => {
  it("exp", () => {
    for (const x of [0, 1e-16, -1e-9, -0.3466, -Math.LN2, -40, -700, ...numbers(500, -100)]) {
      expect(Math.abs(exp(x) / Math.exp(x) - 1)).toBeLessThan(1e-13);
    }
    expect([exp(-746), exp(-Infinity), exp(Number.NaN)]).toEqual([0, 0, Number.NaN]);
    expect(exp(-744)).toBeGreaterThan(0);
  });

  it("logAdd", () => {
    for (const [i, a] of numbers(500, -30).entries()) {
      const b = numbers(500, -5)[(i * 7) % 500]!;
      const sum = logAdd(a, b);
      expect(sum).toBe(logAdd(b, a));
      expect(Math.abs(sum - Math.log(Math.exp(a) + Math.exp(b)))).toBeLessThan(1e-13);
    }
    expect(logAdd(-Infinity, -3)).toBe(-3);
    expect(logAdd(-Infinity, -Infinity)).toBe(-Infinity);
  });

  it("log-softmax of a row", () => {
    const out = new Float64Array(5).fill(9);
    logSoftmaxRow(Float32Array.of(1000, 1001, 1003), out, 1);
    const lse = 3 + Math.log(1 + Math.exp(-2) + Math.exp(-3));
    for (const [i, want] of [9, -lse, 1 - lse, 3 - lse, 9].entries()) expect(out[i]).toBeCloseTo(want, 12);
    logSoftmaxRow(Float32Array.of(0, Number.NaN), out);
    expect(out[0]).toBeNaN();
    logSoftmaxRow(new Float32Array(4).fill(-5), out);
    for (const log of out.subarray(0, 4)) expect(log).toBeCloseTo(-Math.log(4), 14);
  });
});
