import { describe, expect, it } from "vitest";
import { random } from "../../random.ts";
import { expectClose, expectRefused, floats, numbersOf, runNode, tensor } from "../run.ts";

const uint8 = (shape: number[], numbers: ArrayLike<number>) => tensor("uint8", shape, numbers);
const int8 = (shape: number[], numbers: ArrayLike<number>) => tensor("int8", shape, numbers);

describe("QuantizeLinear", () => {
  it("rounds halves to even numbers, and limits", () => {
    const x = floats([7], [0.5, 1.5, 2.5, -0.5, -1.5, 300, -300]);
    expect(runNode("QuantizeLinear", [x, floats([], [1])])).toEqual([uint8([7], [0, 2, 2, 0, 0, 255, 0])]);
    expect(runNode("QuantizeLinear", [x, floats([], [1]), int8([], [1])])).toEqual([
      int8([7], [1, 3, 3, 1, -1, 127, -128]),
    ]);
    expect(runNode("QuantizeLinear", [x, floats([], [0.5])], { output_dtype: 5 })).toEqual([
      tensor("int16", [7], [1, 3, 5, -1, -3, 600, -600]),
    ]);
  });

  it("has a scale for each place along an axis, or for each block", () => {
    const x = floats([2, 3], [1, 2, 3, 4, 5, 6]);
    const axis = [x, floats([3], [1, 0.5, 2]), uint8([3], [0, 10, 0])];
    expect(numbersOf("QuantizeLinear", axis)).toEqual([1, 14, 2, 4, 20, 3]);
    expect(numbersOf("QuantizeLinear", axis, { axis: -1 })).toEqual([1, 14, 2, 4, 20, 3]);
    expect(numbersOf("QuantizeLinear", [x, floats([2], [1, 2])], { axis: 0 })).toEqual([1, 2, 3, 2, 2, 3]);
    const blocks = [x, floats([2, 2], [1, 0.5, 2, 0.25])];
    expect(numbersOf("QuantizeLinear", blocks, { block_size: 2 })).toEqual([1, 2, 6, 2, 2, 24]);
  });

  it("refuses what does not fit", () => {
    const x = floats([2, 3], [1, 2, 3, 4, 5, 6]);
    expectRefused("QuantizeLinear", [x, floats([2], [1, 2])], {}, "ERR_SHAPE", "scale is [2], expected [3]");
    const zero = [x, floats([3], [1, 2, 3]), uint8([], [0])];
    expectRefused("QuantizeLinear", zero, {}, "ERR_SHAPE", "zero point [] for scale [3]");
    expectRefused("QuantizeLinear", [x, floats([], [1]), floats([], [1])], {}, "ERR_DTYPE", "float32");
    expectRefused("QuantizeLinear", [x], {}, "ERR_FORMAT", "input 1 is missing");
  });
});

describe("DequantizeLinear", () => {
  it("takes zero points off, and multiplies", () => {
    expect(runNode("DequantizeLinear", [uint8([3], [0, 3, 255]), floats([], [0.5]), uint8([], [3])])).toEqual(
      [floats([3], [-1.5, 0, 126])],
    );
    const rows = [int8([2, 2], [1, -2, 3, 4]), floats([2], [1, 0.5])];
    expect(numbersOf("DequantizeLinear", rows, { axis: 0 })).toEqual([1, -2, 1.5, 2]);
    expect(numbersOf("DequantizeLinear", rows)).toEqual([1, -1, 3, 2]);
    const blocks = [int8([3, 1], [1, 2, 3]), floats([2, 1], [1, 10]), int8([2, 1], [0, 1])];
    expect(numbersOf("DequantizeLinear", blocks, { axis: 0, block_size: 2 })).toEqual([1, 2, 20]);
  });

  it("takes int32 and nothing", () => {
    expect(numbersOf("DequantizeLinear", [tensor("int32", [2], [1000, -1000]), floats([1], [0.5])])).toEqual([
      500, -500,
    ]);
    expect(runNode("DequantizeLinear", [int8([0], []), floats([], [2])])).toEqual([floats([0], [])]);
  });
});

describe("DynamicQuantizeLinear", () => {
  it.each([
    ["both signs", [-1, 0, 1.55], 2.55 / 255, 100, [0, 100, 255]],
    ["numbers above 0", [51, 102, 255], 1, 0, [51, 102, 255]],
    ["numbers below 0", [-255, -51, -102], 1, 255, [0, 204, 153]],
    ["zeros", [0, 0], 1, 0, [0, 0]],
    ["nothing", [], 1, 0, []],
  ])("finds the scale of %s", (_, numbers, scale, zero, expected) => {
    const [y, step, offset] = runNode("DynamicQuantizeLinear", [floats([numbers.length], numbers)], {}, 3);
    expect(y).toEqual(uint8([numbers.length], expected));
    expectClose(step!.data, [scale]);
    expect(offset).toEqual(uint8([], [zero]));
  });
});

describe("MatMulInteger", () => {
  const a = uint8([2, 3, 4], random(6).integers(24, 256));
  const b = int8(
    [4, 5],
    random(7)
      .integers(20, 256)
      .map((v) => v - 128),
  );

  it("multiplies what is left without the zero points", () => {
    const [zeroA, zeros] = [7, [-3, 0, 5, 127, 1]];
    const [y] = runNode("MatMulInteger", [a, b, uint8([], [zeroA]), int8([5], zeros)]);
    const expected = Array.from({ length: 30 }, (_, at) => {
      const [row, column] = [Math.floor(at / 5), at % 5];
      let sum = 0;
      for (let k = 0; k < 4; k++)
        sum += (a.data[row * 4 + k]! - zeroA) * (b.data[k * 5 + column]! - zeros[column]!);
      return sum;
    });
    expect(y).toEqual(tensor("int32", [2, 3, 5], expected));
  });

  it("has a zero point for each row, and none", () => {
    const rows = [uint8([2, 1], [5, 6]), int8([1, 1], [2]), uint8([2], [1, 2])];
    expect(numbersOf("MatMulInteger", rows)).toEqual([8, 8]);
    expect(numbersOf("MatMulInteger", rows.slice(0, 2))).toEqual([10, 12]);
    expect(runNode("MatMulInteger", [uint8([2, 0], []), int8([0, 1], [])])).toEqual([
      tensor("int32", [2, 1], [0, 0]),
    ]);
  });

  it("refuses what does not fit", () => {
    expectRefused("MatMulInteger", [a, floats([4, 1], [1, 2, 3, 4])], {}, "ERR_DTYPE", "input 1 is float32");
    expectRefused("MatMulInteger", [a, int8([3, 1], [1, 2, 3])], {}, "ERR_SHAPE", "[2,3,4] times [3,1]");
    expectRefused("MatMulInteger", [a, b, uint8([2], [1, 2])], {}, "ERR_SHAPE", "zero point [2] for 3 rows");
  });
});
