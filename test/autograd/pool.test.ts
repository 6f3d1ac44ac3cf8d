import { expect, it } from "vitest";
import { pool } from "../../src/autograd/pool.ts";
import { describeRuntimes, expectError, gradientOf } from "../runtimes.ts";

describeRuntimes("pool", (rt) => {
  // [T, B, D] = [3, 2, 2]. The second sequence has one step; the values past its end must be ignored.
  const x = () => rt().tensor([1, 2, 3, -4, 5, 0, 9, 9, 3, 4, 9, 9], [3, 2, 2]);
  const pooled = (...[how, options]: [Parameters<typeof pool>[1], Parameters<typeof pool>[2]?]) => [
    ...pool(x(), how, options).data,
  ];
  const lengths = [3, 1];

  it("last: each sequence's own last step", () => {
    expect(pooled("last", { lengths })).toEqual([3, 4, 3, -4]);
    expect(pooled("last")).toEqual([3, 4, 9, 9]);
  });

  it("last: the first step of the backward direction", () => {
    expect(pooled("last", { lengths, directionSize: 1 })).toEqual([3, 2, 3, -4]);
  });

  it("mean", () => {
    expect(pooled("mean", { lengths })).toEqual([3, 2, 3, -4]);
  });

  it("max", () => {
    expect(pooled("max", { lengths })).toEqual([5, 4, 3, -4]);
  });

  it("max: the first of equal values gets the gradient", () => {
    const equal = rt().tensor([1, 2, 2], [3, 1, 1], { requiresGrad: true });
    pool(equal, "max").backward();
    expect(gradientOf(equal)).toEqual(Float32Array.of(0, 1, 0));
  });

  it("refuses invalid lengths, shapes and names", () => {
    expectError(() => pooled("sum" as "max"), "ERR_VALUE", "last or mean or max");
    expectError(() => pooled("max", { lengths: [3] }), "ERR_SHAPE", "1 lengths");
    expectError(() => pooled("max", { lengths: [3, 0] }), "ERR_VALUE", "a length is 0");
    expectError(() => pooled("max", { lengths: [4, 1] }), "ERR_VALUE", "1 to 3");
    expectError(() => pool(rt().zeros([3, 2]), "max"), "ERR_SHAPE", "[3,2]");
    expectError(() => pool(rt().zeros([0, 2, 2]), "max"), "ERR_VALUE");
  });
});
