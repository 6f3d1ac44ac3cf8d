import { inspect } from "node:util";
import { expect, it } from "vitest";
import { showElements } from "../../src/runtime/show-elements.ts";
import { describeRuntimes } from "../runtimes.ts";

it("rounds fractions to 4 digits, but not whole numbers", () => {
  const values = Float32Array.of(0.123456, 12345.678, 123456, -1e-9, Number.NaN, Number.NEGATIVE_INFINITY);
  expect(showElements(values, [6])).toBe("[0.1235,12350,123456,-1e-9,NaN,-Infinity]");
  expect(showElements(Int32Array.of(1234567), [1, 1])).toBe("[[1234567]]");
});

it("nests the elements by the shape, and shows at most 6 of an axis", () => {
  const count = Int32Array.from({ length: 14 }, (_, i) => i);
  expect(showElements(count.subarray(0, 6), [2, 1, 3])).toBe("[[[0,1,2]],[[3,4,5]]]");
  expect(showElements(count, [2, 7])).toBe("[[0,1,2,3,4,5,…],[7,8,9,10,11,12,…]]");
  expect(showElements(count, [7, 2])).toBe("[[0,1],[2,3],[4,5],[6,7],[8,9],[10,11],…]");
  expect(showElements(count.subarray(0, 1), [])).toBe("0");
  expect(showElements(new Int32Array(), [2, 0])).toBe("[[],[]]");
});

describeRuntimes("a printed tensor", (rt) => {
  it("shows its shape, type and elements", () => {
    const x = rt().tensor(
      [
        [1, 2, 3],
        [4, 5, 6.5],
      ],
      undefined,
      { requiresGrad: true },
    );
    const expected = "Tensor [2, 3] float32 requiresGrad [[1, 2, 3], [4, 5, 6.5]]";
    expect([String(x), inspect(x), inspect([x])]).toEqual([expected, expected, `[ ${expected} ]`]);
    expect(String(rt().tensor(Int32Array.of(7)))).toBe("Tensor [1] int32 [7]");
  });

  it("says that it was disposed, with its runtime or alone", () => {
    const [x, y] = [rt().zeros([2, 3]), rt().zeros([1])];
    x.dispose();
    expect(inspect(x)).toBe("Tensor [2, 3] disposed");
    rt().dispose();
    expect(inspect(y)).toBe("Tensor [1] disposed");
  });
});
