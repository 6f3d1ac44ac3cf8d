import { describe, expect, it } from "vitest";
import { floats, numbersOf, runNode, tensor } from "../run.ts";

describe("convolutions", () => {
  const [x, w] = [floats([1, 1, 3], [1, 2, 3]), floats([1, 1, 2], [1, 1])];

  it.each(["Conv", "ConvTranspose"])("%s refuses a kernel_shape that its weights do not have", (op) => {
    expect(() => runNode(op, [x, w], { kernel_shape: [400] })).toThrow("kernel_shape [400]");
    expect(() => runNode(op, [x, w], { kernel_shape: [1] })).toThrow("kernel_shape [1]");
  });

  it.each([
    ["Conv", [w]],
    ["ConvTranspose", [w]],
    ["MaxPool", []],
    ["AveragePool", []],
    ["GlobalMaxPool", []],
  ])("%s refuses integers", (op, weights) => {
    const whole = tensor("int8", [1, 1, 3], [1, -2, 3]);
    expect(() => runNode(op, [whole, ...weights], { kernel_shape: [2] })).toThrow("expected floats");
  });
});

it("AveragePool counts padding, but not what is behind it", () => {
  const average = (numbers: number[], pads: number[]) =>
    numbersOf("AveragePool", [floats([1, 1, numbers.length], numbers)], {
      ...{ kernel_shape: [3], strides: [2], ceil_mode: 1, count_include_pad: 1, pads },
    });
  expect(average([3, 6, 9, 6], [0, 0])).toEqual([6, 7.5]);
  expect(average([3, 6, 9], [1, 0])).toEqual([3, 7.5]);
  expect(average([3, 6, 9], [0, 2])).toEqual([6, 3]);
});
