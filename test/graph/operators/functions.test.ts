import { describe, expect, it } from "vitest";
import { expectClose, expectRefused, floats, numbersOf, runNode, tensor } from "../run.ts";

const list = [-2.5, -0.75, -0.5, 0, 0.25, 0.5, 0.9, 3];
const x = floats([8], list);

describe("functions of one number", () => {
  it.each([
    ["Tan", Math.tan],
    ["Asin", Math.asin],
    ["Acos", Math.acos],
    ["Atan", Math.atan],
    ["Sinh", Math.sinh],
    ["Cosh", Math.cosh],
    ["Asinh", Math.asinh],
    ["Acosh", Math.acosh],
    ["Atanh", Math.atanh],
    ["Swish", (v: number) => v / (1 + Math.exp(-v))],
    ["com.microsoft.QuickGelu", (v: number) => v / (1 + Math.exp(-1.702 * v))],
    ["Shrink", (v: number) => (Math.abs(v) > 0.5 ? v : 0)],
  ])("%s", (op, f) => {
    expectClose(
      numbersOf(op, [x]),
      list.map((v) => f(Math.fround(v))),
    );
    expect(runNode(op, [floats([0, 2], [])])).toEqual([floats([0, 2], [])]);
    expectRefused(op, [], {}, "ERR_FORMAT", "input 0 is missing");
  });

  it("have attributes", () => {
    expectClose(numbersOf("Swish", [floats([1], [2])], { alpha: 0.5 }), [2 / (1 + Math.exp(-1))]);
    expect(numbersOf("Shrink", [floats([4], [-2, -1, 1, 2])], { lambd: 1, bias: 0.5 })).toEqual([
      -1.5, 0, 0, 1.5,
    ]);
    const infinite = floats([4], [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1, Number.NaN]);
    expect(runNode("IsInf", [infinite])).toEqual([tensor("bool", [4], [1, 1, 0, 0])]);
    expect(numbersOf("IsInf", [infinite], { detect_negative: 0 })).toEqual([1, 0, 0, 0]);
    expect(numbersOf("IsInf", [infinite], { detect_positive: 0 })).toEqual([0, 1, 0, 0]);
  });
});
