import { describe, expect, it } from "vitest";
import { expectRefused, floats, int64, numbersOf, runNode, tensor, typesOf } from "../run.ts";

describe("TopK", () => {
  const x = floats([2, 4], [3, 1, 3, 2, -1, 5, 0, 5]);

  it("chooses the largest or smallest; the first of equals comes first", () => {
    expect(runNode("TopK", [x, int64([1], [3])], {}, 2)).toEqual([
      floats([2, 3], [3, 3, 2, 5, 5, 0]),
      int64([2, 3], [0, 2, 3, 1, 3, 2]),
    ]);
    expect(runNode("TopK", [x, int64([1], [1])], { largest: 0, axis: 0 }, 2)).toEqual([
      floats([1, 4], [-1, 1, 0, 2]),
      int64([1, 4], [1, 0, 1, 0]),
    ]);
  });

  it("takes k of 0 and integers", () => {
    expect(typesOf(runNode("TopK", [x, int64([1], [0])], {}, 2))).toEqual(["float32[2,0]", "int64[2,0]"]);
    expect(runNode("TopK", [int64([3], [7, 9, 8]), int64([1], [2])], {}, 2)[0]).toEqual(int64([2], [9, 8]));
  });

  it("refuses k that is not there", () => {
    expectRefused("TopK", [x, int64([1], [5])], {}, "ERR_SHAPE", "k is [5], expected a number from 0 to 4");
    expectRefused("TopK", [x, int64([1], [-1])], {}, "ERR_SHAPE", "k is [-1]");
    expectRefused("TopK", [x], {}, "ERR_FORMAT", "input 1 is missing");
  });
});

describe("OneHot", () => {
  const values = floats([2], [-1, 2]);

  it("writes one value for each index, along a new axis", () => {
    const expected = [-1, 2, -1, -1, -1, 2];
    expect(runNode("OneHot", [int64([2], [1, -1]), int64([], [3]), values])).toEqual([
      floats([2, 3], expected),
    ]);
    expect(runNode("OneHot", [int64([2], [1, -1]), int64([], [3]), values], { axis: 0 })).toEqual([
      floats([3, 2], [-1, -1, 2, -1, -1, 2]),
    ]);
  });

  it("leaves out indices that are out of range", () => {
    expect(numbersOf("OneHot", [int64([2], [3, -4]), int64([1], [3]), values])).toEqual([
      -1, -1, -1, -1, -1, -1,
    ]);
  });

  it("takes floats as indices, a scalar and a depth of 0", () => {
    expect(runNode("OneHot", [floats([], [1]), floats([1], [2]), int64([2], [0, 9])])).toEqual([
      int64([2], [0, 9]),
    ]);
    expect(typesOf(runNode("OneHot", [int64([2], [0, 0]), int64([], [0]), values]))).toEqual([
      "float32[2,0]",
    ]);
  });

  it("refuses what does not fit", () => {
    expectRefused("OneHot", [int64([1], [0]), int64([], [-1]), values], {}, "ERR_SHAPE", "[1,-1]");
    expectRefused(
      "OneHot",
      [int64([1], [0]), int64([], [2]), floats([1], [1])],
      {},
      "ERR_SHAPE",
      "expected [2]",
    );
    expectRefused("OneHot", [int64([1], [0]), int64([], [2]), values], { axis: 2 }, "ERR_FORMAT", "axis 2");
    expectRefused("OneHot", [int64([1], [0]), int64([], [2 ** 30]), values], {}, "ERR_MEMORY", "MiB");
  });
});

describe("CumSum", () => {
  const x = floats([2, 3], [1, 2, 3, 4, 5, 6]);

  it.each([
    [{}, [1, 3, 6, 4, 9, 15]],
    [{ exclusive: 1 }, [0, 1, 3, 0, 4, 9]],
    [{ reverse: 1 }, [6, 5, 3, 15, 11, 6]],
    [{ exclusive: 1, reverse: 1 }, [5, 3, 0, 11, 6, 0]],
  ])("sums with %j", (attributes, expected) => {
    expect(numbersOf("CumSum", [x, int64([], [1])], attributes)).toEqual(expected);
    expect(numbersOf("CumSum", [x, int64([1], [-1])], attributes)).toEqual(expected);
  });

  it("sums the first axis, and nothing", () => {
    expect(numbersOf("CumSum", [x, int64([], [0])])).toEqual([1, 2, 3, 5, 7, 9]);
    expect(runNode("CumSum", [int64([0], []), int64([], [0])])).toEqual([int64([0], [])]);
    expectRefused("CumSum", [x, int64([], [2])], {}, "ERR_FORMAT", "axis 2");
  });
});

describe("NonZero", () => {
  it("lists the places axis by axis", () => {
    expect(runNode("NonZero", [floats([2, 3], [0, 5, 0, -1, 0, 2])])).toEqual([
      int64([2, 3], [0, 1, 1, 1, 0, 2]),
    ]);
  });

  it("takes bools, scalars, zeros and nothing", () => {
    expect(runNode("NonZero", [tensor("bool", [3], [1, 0, 1])])).toEqual([int64([1, 2], [0, 2])]);
    expect(runNode("NonZero", [floats([], [3])])).toEqual([int64([0, 1], [])]);
    expect(runNode("NonZero", [floats([2], [0, 0])])).toEqual([int64([1, 0], [])]);
    expect(runNode("NonZero", [floats([0, 2], [])])).toEqual([int64([2, 0], [])]);
  });
});

describe("Compress", () => {
  const x = floats([2, 3], [1, 2, 3, 4, 5, 6]);
  const condition = (...bits: number[]) => tensor("bool", [bits.length], bits);

  it("keeps what the condition says", () => {
    expect(runNode("Compress", [x, condition(0, 1)], { axis: 0 })).toEqual([floats([1, 3], [4, 5, 6])]);
    expect(runNode("Compress", [x, condition(1, 0, 1)], { axis: -1 })).toEqual([
      floats([2, 2], [1, 3, 4, 6]),
    ]);
    expect(runNode("Compress", [x, condition(0, 1, 0, 0, 1)])).toEqual([floats([2], [2, 5])]);
    expect(runNode("Compress", [x, condition()], { axis: 1 })).toEqual([floats([2, 0], [])]);
  });

  it("refuses a condition that does not fit", () => {
    expectRefused(
      "Compress",
      [x, condition(1, 1, 1)],
      { axis: 0 },
      "ERR_SHAPE",
      "condition is [3], expected up to 2",
    );
    expectRefused("Compress", [x], {}, "ERR_FORMAT", "input 1 is missing");
  });
});

describe("Unique", () => {
  it("lists different numbers, sorted or in their order", () => {
    const x = floats([6], [2, 1, 1, 3, 4, 3]);
    expect(runNode("Unique", [x], {}, 4)).toEqual([
      floats([4], [1, 2, 3, 4]),
      int64([4], [1, 0, 3, 4]),
      int64([6], [1, 0, 0, 2, 3, 2]),
      int64([4], [2, 1, 2, 1]),
    ]);
    expect(runNode("Unique", [x], { sorted: 0 }, 2)).toEqual([
      floats([4], [2, 1, 3, 4]),
      int64([4], [0, 1, 3, 4]),
    ]);
  });

  it("lists different slices", () => {
    const x = floats([3, 2], [2, 3, 1, 0, 2, 3]);
    expect(runNode("Unique", [x], { axis: 0 }, 4)).toEqual([
      floats([2, 2], [1, 0, 2, 3]),
      int64([2], [1, 0]),
      int64([3], [1, 0, 1]),
      int64([2], [1, 2]),
    ]);
    expect(runNode("Unique", [floats([2, 2], [1, 1, 5, 5])], { axis: 1 })).toEqual([floats([2, 1], [1, 5])]);
    expect(runNode("Unique", [floats([0], [])])).toEqual([floats([0], [])]);
  });
});

describe("Trilu and EyeLike", () => {
  const x = floats([2, 3], [1, 2, 3, 4, 5, 6]);

  it("keep a triangle", () => {
    expect(numbersOf("Trilu", [x])).toEqual([1, 2, 3, 0, 5, 6]);
    expect(numbersOf("Trilu", [x], { upper: 0 })).toEqual([1, 0, 0, 4, 5, 0]);
    expect(numbersOf("Trilu", [x, int64([], [1])])).toEqual([0, 2, 3, 0, 0, 6]);
    expect(numbersOf("Trilu", [x, int64([], [-1])], { upper: 0 })).toEqual([0, 0, 0, 4, 0, 0]);
    expect(numbersOf("Trilu", [floats([2, 1, 1], [7, 8]), int64([], [1])])).toEqual([0, 0]);
    expectRefused("Trilu", [floats([2], [1, 2])], {}, "ERR_SHAPE", "expected two axes or more");
  });

  it("write a diagonal", () => {
    expect(runNode("EyeLike", [x])).toEqual([floats([2, 3], [1, 0, 0, 0, 1, 0])]);
    expect(runNode("EyeLike", [x], { k: 2, dtype: 7 })).toEqual([int64([2, 3], [0, 0, 1, 0, 0, 0])]);
    expect(numbersOf("EyeLike", [x], { k: -1 })).toEqual([0, 0, 0, 1, 0, 0]);
    expectRefused("EyeLike", [floats([2], [1, 2])], {}, "ERR_SHAPE", "expected two axes");
  });
});

describe("ReverseSequence", () => {
  it("reverses the beginning of each sequence", () => {
    const x = floats([3, 2, 1], [1, 10, 2, 20, 3, 30]);
    expect(numbersOf("ReverseSequence", [x, int64([2], [2, 3])])).toEqual([2, 30, 1, 20, 3, 10]);
    const rows = floats([2, 3], [1, 2, 3, 4, 5, 6]);
    const attributes = { batch_axis: 0, time_axis: 1 };
    expect(numbersOf("ReverseSequence", [rows, int64([2], [0, 3])], attributes)).toEqual([1, 2, 3, 6, 5, 4]);
  });

  it("refuses what does not fit", () => {
    const x = floats([2, 2], [1, 2, 3, 4]);
    expectRefused("ReverseSequence", [x, int64([2], [1, 3])], {}, "ERR_DATA", "length 3 of 2");
    expectRefused(
      "ReverseSequence",
      [x, int64([1], [1])],
      {},
      "ERR_SHAPE",
      "sequence_lens is [1], expected [2]",
    );
    expectRefused("ReverseSequence", [x, int64([2], [1, 1])], { time_axis: 1 }, "ERR_SHAPE", "time axis 1");
  });
});
