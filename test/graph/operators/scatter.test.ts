import { describe, expect, it } from "vitest";
import { random } from "../../random.ts";
import { expectRefused, floats, int64, numbersOf, runNode, tensor } from "../run.ts";

const x = floats([2, 3, 4], random(5).array(24));
const at = (i: number, j: number, k: number) => x.data[(i * 3 + j) * 4 + k]!;
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

describe("GatherElements", () => {
  it("reads one element for each index", () => {
    const indices = int64([2, 2, 3], [0, 1, 2, -1, 0, 1, 2, 2, 2, 0, -3, 1]);
    const expected = range(2).flatMap((i) =>
      range(2).flatMap((j) => range(3).map((k) => at(i, (indices.data[(i * 2 + j) * 3 + k]! + 3) % 3, k))),
    );
    expect(runNode("GatherElements", [x, indices], { axis: 1 })).toEqual([floats([2, 2, 3], expected)]);
    expect(numbersOf("GatherElements", [x, indices], { axis: -2 })).toEqual(expected);
  });

  it("takes longer indices along its axis, one and none", () => {
    expect(numbersOf("GatherElements", [floats([2], [5, 6]), int64([3], [1, 0, 1])])).toEqual([6, 5, 6]);
    expect(numbersOf("GatherElements", [floats([1], [5]), int64([1], [0])])).toEqual([5]);
    expect(runNode("GatherElements", [x, int64([0, 3, 4], [])])).toEqual([floats([0, 3, 4], [])]);
  });

  it("refuses indices that do not fit or are out of range", () => {
    expectRefused("GatherElements", [x, int64([2], [0, 0])], {}, "ERR_SHAPE", "indices [2] into [2,3,4]");
    expectRefused("GatherElements", [x, int64([1, 4, 1], [0, 0, 0, 0])], {}, "ERR_SHAPE", "indices");
    expectRefused("GatherElements", [floats([2], [5, 6]), int64([1], [2])], {}, "ERR_DATA", "index 2 of 2");
    expectRefused("GatherElements", [x, x], {}, "ERR_DTYPE", "float32, expected int64");
  });
});

describe("GatherND", () => {
  it("reads slices and elements", () => {
    expect(runNode("GatherND", [x, int64([1, 2], [1, -1])])).toEqual([
      floats(
        [1, 4],
        range(4).map((k) => at(1, 2, k)),
      ),
    ]);
    expect(numbersOf("GatherND", [x, int64([2, 3], [0, 1, 2, -1, 0, -4])])).toEqual([
      at(0, 1, 2),
      at(1, 0, 0),
    ]);
  });

  it("reads within batches", () => {
    const indices = int64([2, 2, 1], [0, 2, 1, -1]);
    const expected = [0, 2].flatMap((j) => range(4).map((k) => at(0, j, k)));
    expected.push(...[1, 2].flatMap((j) => range(4).map((k) => at(1, j, k))));
    expect(runNode("GatherND", [x, indices], { batch_dims: 1 })).toEqual([floats([2, 2, 4], expected)]);
  });

  it("gives nothing for no indices", () => {
    expect(runNode("GatherND", [x, int64([0, 2], [])])).toEqual([floats([0, 4], [])]);
  });

  it("refuses indices that do not fit or are out of range", () => {
    expectRefused(
      "GatherND",
      [x, int64([1, 4], [0, 0, 0, 0])],
      {},
      "ERR_SHAPE",
      "indices [1,4] into [2,3,4]",
    );
    expectRefused("GatherND", [x, int64([3, 1], [0, 0, 0])], { batch_dims: 1 }, "ERR_SHAPE", "batch");
    expectRefused("GatherND", [x, int64([], [0])], {}, "ERR_SHAPE", "scalar");
    expectRefused("GatherND", [x, int64([1, 2], [0, 3])], {}, "ERR_DATA", "index 3 of 3");
  });
});

describe("ScatterElements", () => {
  const data = floats([3], [1, 2, 3]);
  const indices = int64([4], [0, -1, 0, 2]);
  const updates = floats([4], [10, 0.5, 20, 4]);

  it.each([
    ["none", [20, 2, 4]],
    ["add", [31, 2, 7.5]],
    ["mul", [200, 2, 6]],
    ["max", [20, 2, 4]],
    ["min", [1, 2, 0.5]],
  ])("combines by %s", (reduction, expected) => {
    expect(numbersOf("ScatterElements", [data, indices, updates], { reduction })).toEqual(expected);
  });

  it("writes along an axis, and leaves the rest", () => {
    const y = numbersOf(
      "ScatterElements",
      [floats([2, 3], [1, 2, 3, 4, 5, 6]), int64([1, 2], [2, 0]), floats([1, 2], [7, 8])],
      { axis: -1 },
    );
    expect(y).toEqual([8, 2, 7, 4, 5, 6]);
  });

  it("multiplies integers", () => {
    const y = runNode("ScatterElements", [int64([2], [3, 4]), int64([1], [1]), int64([1], [5])], {
      reduction: "mul",
    });
    expect(y).toEqual([int64([2], [3, 20])]);
  });

  it("copies without updates", () => {
    expect(numbersOf("ScatterElements", [data, int64([0], []), floats([0], [])])).toEqual([1, 2, 3]);
  });

  it("refuses what does not fit", () => {
    const refused = (inputs: Parameters<typeof runNode>[1], reduction: string, code: string, part: string) =>
      expectRefused("ScatterElements", inputs, { reduction }, code, part);
    refused([data, indices, floats([3], [1, 2, 3])], "none", "ERR_SHAPE", "updates are [3], expected [4]");
    refused([data, indices, int64([4], [1, 2, 3, 4])], "none", "ERR_DTYPE", "updates are int64");
    refused([data, indices, updates], "xor", "ERR_FORMAT", "reduction is xor");
    refused([data, int64([1], [3]), floats([1], [0])], "none", "ERR_DATA", "index 3 of 3");
    refused([data, indices], "none", "ERR_FORMAT", "input 2 is missing");
  });
});

describe("ScatterND", () => {
  const data = floats([2, 2], [1, 2, 3, 4]);

  it("writes rows and elements; the last of equals wins", () => {
    expect(numbersOf("ScatterND", [data, int64([1, 1], [-1]), floats([1, 2], [7, 8])])).toEqual([1, 2, 7, 8]);
    const twice = [data, int64([2, 2], [0, 1, 0, 1]), floats([2], [7, 8])];
    expect(numbersOf("ScatterND", twice)).toEqual([1, 8, 3, 4]);
    expect(numbersOf("ScatterND", twice, { reduction: "add" })).toEqual([1, 17, 3, 4]);
    expect(numbersOf("ScatterND", twice, { reduction: "mul" })).toEqual([1, 112, 3, 4]);
    expect(numbersOf("ScatterND", twice, { reduction: "max" })).toEqual([1, 8, 3, 4]);
    expect(numbersOf("ScatterND", twice, { reduction: "min" })).toEqual([1, 2, 3, 4]);
  });

  it("copies without updates", () => {
    expect(numbersOf("ScatterND", [data, int64([0, 1], []), floats([0, 2], [])])).toEqual([1, 2, 3, 4]);
  });

  it("does not change its input", () => {
    const given = tensor("int32", [2], [1, 2]);
    runNode("ScatterND", [given, int64([1, 1], [0]), tensor("int32", [1], [9])]);
    expect([...given.data]).toEqual([1, 2]);
  });

  it("refuses what does not fit", () => {
    expectRefused("ScatterND", [data, int64([1, 3], [0, 0, 0]), floats([1], [1])], {}, "ERR_SHAPE", "[1,3]");
    expectRefused(
      "ScatterND",
      [data, int64([1, 1], [0]), floats([2], [1, 2])],
      {},
      "ERR_SHAPE",
      "expected [1,2]",
    );
    expectRefused(
      "ScatterND",
      [data, int64([1, 1], [2]), floats([1, 2], [1, 2])],
      {},
      "ERR_DATA",
      "index 2 of 2",
    );
  });
});
