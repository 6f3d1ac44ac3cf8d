import { describe, expect, it } from "vitest";
import { expectRefused, floats, int64, numbersOf, runNode, typesOf } from "../run.ts";

const row = (...numbers: number[]) => int64([numbers.length], numbers);
const x = floats(
  [2, 3, 4],
  Array.from({ length: 24 }, (_, i) => i),
);

describe("operators that copy elements", () => {
  it("Transpose", () => {
    expect(runNode("Transpose", [floats([2, 3], [1, 2, 3, 4, 5, 6])])).toEqual([
      floats([3, 2], [1, 4, 2, 5, 3, 6]),
    ]);
    const [y] = runNode("Transpose", [x], { perm: [1, 0, 2] });
    expect(y!.shape).toEqual([3, 2, 4]);
    expect([...y!.data.slice(4, 8)]).toEqual([12, 13, 14, 15]);
    expect(runNode("Transpose", [floats([], [7])])).toEqual([floats([], [7])]);
    expectRefused("Transpose", [x], { perm: [0, 1] }, "ERR_FORMAT", "perm [0,1] for 3 axes");
    expectRefused("Transpose", [x], { perm: [0, 1, 1] }, "ERR_FORMAT", "twice");
  });

  it("Slice", () => {
    const list = floats([6], [0, 1, 2, 3, 4, 5]);
    const sliced = (start: number, end: number, step?: number) =>
      numbersOf("Slice", [list, row(start), row(end), row(0), ...(step === undefined ? [] : [row(step)])]);
    const [first, last] = [-2147483648, 2147483647];
    expect(sliced(1, 3)).toEqual([1, 2]);
    expect(sliced(-2, last)).toEqual([4, 5]);
    expect(sliced(last, first, -1)).toEqual([5, 4, 3, 2, 1, 0]);
    expect(sliced(-2, 0, -2)).toEqual([4, 2]);
    expect(sliced(0, last, 4)).toEqual([0, 4]);
    expect(sliced(4, 2)).toEqual([]);
    expect(typesOf(runNode("Slice", [x, row(1, -1), row(9, 9), row(-2, 2)]))).toEqual(["float32[2,2,1]"]);
    expect(numbersOf("Slice", [floats([2, 2], [1, 2, 3, 4]), row(1), row(2)])).toEqual([3, 4]);
    // a start before the beginning is 0, an end there is -1
    expect(numbersOf("Slice", [list, row(-99), row(-99), row(0), row(-1)])).toEqual(
      numbersOf("Slice", [list, row(0), row(1)]),
    );
    expectRefused("Slice", [list, row(0), row(2), row(0), row(0)], {}, "ERR_VALUE", "a step is 0");
    expectRefused("Slice", [list, row(0), row(2), row(1)], {}, "ERR_FORMAT", "axis 1");
    expectRefused("Slice", [list, row(0)], {}, "ERR_FORMAT", "input 2 is missing");
  });

  it("Expand", () => {
    expect(runNode("Expand", [floats([2, 1], [1, 2]), row(3, 1, 2)])[0]!.shape).toEqual([3, 2, 2]);
    expect(numbersOf("Expand", [floats([2, 1], [1, 2]), row(2)])).toEqual([1, 1, 2, 2]);
    expect(runNode("Expand", [floats([1], [1]), row(0)])).toEqual([floats([0], [])]);
    expectRefused("Expand", [floats([2], [1, 2]), row(3)], {}, "ERR_SHAPE", "[2] does not expand to [3]");
  });

  it("Concat and Split", () => {
    const [a, b] = [floats([2, 1], [1, 2]), floats([2, 2], [3, 4, 5, 6])];
    expect(runNode("Concat", [a, b], { axis: -1 })).toEqual([floats([2, 3], [1, 3, 4, 2, 5, 6])]);
    expect(runNode("Concat", [floats([0], []), floats([1], [4])], { axis: 0 })).toEqual([floats([1], [4])]);
    expectRefused("Concat", [a, b], { axis: 0 }, "ERR_SHAPE", "[2,2] does not go beside [2,1]");
    const joined = floats([2, 3], [1, 3, 4, 2, 5, 6]);
    expect(runNode("Split", [joined, row(1, 0, 2)], { axis: 1 }, 3)).toEqual([a, floats([2, 0], []), b]);
    expect(runNode("Split", [floats([3], [1, 2, 3])], {}, 2)).toEqual([
      floats([2], [1, 2]),
      floats([1], [3]),
    ]);
    expectRefused("Split", [joined, row(1, 1)], { axis: 1 }, "ERR_SHAPE", "parts of [1,1] of an axis of 3");
  });

  it("Tile", () => {
    expect(runNode("Tile", [floats([2], [1, 2]), row(2)])).toEqual([floats([4], [1, 2, 1, 2])]);
    expect(runNode("Tile", [floats([1, 2], [1, 2]), row(2, 0)])).toEqual([floats([2, 0], [])]);
    expectRefused("Tile", [x, row(2)], {}, "ERR_FORMAT", "1 repeats for 3 axes");
  });

  it("Pad", () => {
    const list = floats([3], [1, 2, 3]);
    const padded = (mode: string, before: number, after: number) =>
      numbersOf("Pad", [list, row(before, after)], { mode });
    expect(padded("constant", 1, 2)).toEqual([0, 1, 2, 3, 0, 0]);
    expect(padded("constant", -1, 1)).toEqual([2, 3, 0]);
    expect(padded("edge", 2, 1)).toEqual([1, 1, 1, 2, 3, 3]);
    expect(padded("reflect", 2, 2)).toEqual([3, 2, 1, 2, 3, 2, 1]);
    expect(padded("wrap", 2, 1)).toEqual([2, 3, 1, 2, 3, 1]);
    expect(numbersOf("Pad", [floats([1, 1], [5]), row(1, 0), floats([], [9]), row(-1)])).toEqual([9, 5]);
    expectRefused("Pad", [list, row(1)], {}, "ERR_FORMAT", "1 pads for 1 axes");
    expectRefused("Pad", [list, row(-2, -2)], {}, "ERR_SHAPE", "[-1]");
    expectRefused("Pad", [list, row(1, 1)], { mode: "mirror" }, "ERR_FORMAT", "mode mirror");
  });

  it("Gather", () => {
    expect(numbersOf("Gather", [x, int64([], [-1])], { axis: 2 })).toEqual([3, 7, 11, 15, 19, 23]);
    expect(typesOf(runNode("Gather", [x, int64([2, 2], [0, 1, 2, 0])], { axis: 1 }))).toEqual([
      "float32[2,2,2,4]",
    ]);
    expect(typesOf(runNode("Gather", [x, row()]))).toEqual(["float32[0,3,4]"]);
    expectRefused("Gather", [x, row(2)], {}, "ERR_DATA", "index 2 of 2");
    expectRefused("Gather", [x, row(-3)], {}, "ERR_DATA", "index -3 of 2");
  });
});

describe("operators about shapes", () => {
  it("give the numbers another shape", () => {
    const shapeOf = (op: string, inputs: Parameters<typeof runNode>[1], attributes = {}) =>
      runNode(op, inputs, attributes)[0]!.shape;
    expect(shapeOf("Reshape", [x, row(0, -1)])).toEqual([2, 12]);
    expect(shapeOf("Reshape", [floats([0, 3], []), row(3, 0)], { allowzero: 1 })).toEqual([3, 0]);
    expect(shapeOf("Reshape", [floats([1], [4]), row()])).toEqual([]);
    expect(shapeOf("Flatten", [x])).toEqual([2, 12]);
    expect(shapeOf("Flatten", [x], { axis: -1 })).toEqual([6, 4]);
    expect(shapeOf("Flatten", [x], { axis: 3 })).toEqual([24, 1]);
    expect(shapeOf("Squeeze", [floats([1, 2, 1], [1, 2])])).toEqual([2]);
    expect(shapeOf("Squeeze", [floats([1, 2, 1], [1, 2]), row(-1)])).toEqual([1, 2]);
    expect(shapeOf("Unsqueeze", [floats([2], [1, 2]), row(0, -1)])).toEqual([1, 2, 1]);
    expect(shapeOf("Identity", [x])).toEqual([2, 3, 4]);
    expectRefused("Reshape", [x, row(5, -1)], {}, "ERR_SHAPE", "its result would be [5,4.8]");
    expectRefused("Reshape", [x, row(-1, -1)], {}, "ERR_SHAPE", "at most one -1");
    expectRefused("Squeeze", [x, row(0)], {}, "ERR_SHAPE", "[2,3,4] cannot become [3,4]");
  });

  it("give shapes, ranges and constants", () => {
    expect(runNode("Shape", [x])).toEqual([row(2, 3, 4)]);
    expect(runNode("Shape", [x], { start: -2, end: -1 })).toEqual([row(3)]);
    expect(runNode("Size", [x])).toEqual([int64([], [24])]);
    expect(runNode("Range", [int64([], [1]), int64([], [8]), int64([], [3])])).toEqual([row(1, 4, 7)]);
    expect(runNode("Range", [floats([], [1]), floats([], [0]), floats([], [-0.5])])).toEqual([
      floats([2], [1, 0.5]),
    ]);
    expect(runNode("Range", [int64([], [5]), int64([], [1]), int64([], [1])])).toEqual([row()]);
    expect(runNode("ConstantOfShape", [row(2)], { value: row(7) })).toEqual([row(7, 7)]);
    expect(runNode("ConstantOfShape", [row(0, 3)])).toEqual([floats([0, 3], [])]);
    expectRefused(
      "Range",
      [int64([], [1]), int64([], [8]), int64([], [0])],
      {},
      "ERR_VALUE",
      "the step is 0",
    );
    expectRefused("ConstantOfShape", [row(1 << 20, 1 << 20)], {}, "ERR_MEMORY", "larger than models need");
    expectRefused("ConstantOfShape", [row(-1)], {}, "ERR_SHAPE", "[-1]");
  });
});
