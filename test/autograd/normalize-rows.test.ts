import { expect, it } from "vitest";
import { multiply, sum } from "../../src/autograd/elementwise.ts";
import { normalizeRows } from "../../src/autograd/normalize-rows.ts";
import { expectClose } from "../close.ts";
import { gradcheck } from "../gradcheck.ts";
import { describeRuntimes, expectError, gradientOf } from "../runtimes.ts";

describeRuntimes("normalizeRows", (rt) => {
  const X = [3, 4, 0, 1, -2, 2, 0.5, 0.25, -1];
  const G = [1, 0.5, -2, 0, 3, 1, -1, 2, 0.25];

  it("equals torch.nn.functional.normalize, forward and backward", () => {
    const x = rt().tensor(X, [3, 3], { requiresGrad: true });
    const y = normalizeRows(x);
    expectClose(y.toArray(), [
      0.6,
      0.8,
      0,
      1 / 3,
      -2 / 3,
      2 / 3,
      0.4364357590675354,
      0.2182178795337677,
      -0.8728715181350708,
    ]);
    y.backward(rt().tensor(G, [3, 3]));
    expectClose(
      gradientOf(x),
      [
        0.08, -0.06, -0.4, 0.14814816415309906, 0.7037036418914795, 0.6296296715736389, -0.7897409200668335,
        1.7873083353042603, 0.0519566535949707,
      ],
    );
  });

  it("adds gradients that agree with central differences to the existing ones", () => {
    const x = rt().tensor(X, [3, 1, 3], { requiresGrad: true });
    const weights = rt().tensor(G, [3, 1, 3]);
    const value = () => sum(multiply(normalizeRows(x), weights));
    const numbers = x.data as Float32Array;
    for (let times = 1; times <= 2; times++) {
      value().backward();
      gradcheck(
        () => rt().noGrad(() => value().item()),
        numbers,
        gradientOf(x).map((g) => g / times),
        { eps: 1 / 256, tolerance: 2e-3 },
      );
    }
  });

  it("returns rows of 0 unchanged, with finite gradients, and takes tensors without rows", () => {
    const x = rt().tensor([0, 0, 1e30, 1e30], [2, 2], { requiresGrad: true });
    const y = normalizeRows(x);
    expectClose(y.toArray(), [0, 0, Math.SQRT1_2, Math.SQRT1_2]);
    y.backward(rt().tensor([1e-6, 0, 1, 1], [2, 2]));
    expect(gradientOf(x).every(Number.isFinite)).toBe(true);
    expect(normalizeRows(rt().zeros([0, 3])).shape).toEqual([0, 3]);
    expect(normalizeRows(rt().zeros([3, 0])).shape).toEqual([3, 0]);
    expectError(() => normalizeRows(rt().zeros([])), "ERR_SHAPE", "x is ");
    expectError(() => normalizeRows(rt().tensor(Int32Array.of(1), [1])), "ERR_DTYPE");
  });
});
