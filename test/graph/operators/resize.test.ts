import { describe, expect, it } from "vitest";
import { expectClose, expectRefused, floats, int64, numbersOf, runNode, tensor, typesOf } from "../run.ts";

const row = floats([1, 1, 1, 5], [1, 2, 4, 8, 16]);
const scales = (...numbers: number[]) => floats([numbers.length], numbers);
const sizes = (...numbers: number[]) => int64([numbers.length], numbers);

/** Made with onnxruntime 1.30: a row of 5 times 1.7. */
const TIMES_1_7: [mode: string, nearest: number[], linear: number[]][] = [
  [
    "half_pixel",
    [1, 1, 2, 4, 4, 8, 8, 16],
    [1, 1.382353, 1.970588, 3.117647, 4.588235, 6.941176, 10.588235, 15.294117],
  ],
  [
    "half_pixel_symmetric",
    [1, 2, 2, 4, 4, 8, 8, 16],
    [1, 1.529412, 2.235294, 3.411764, 5.176469, 7.529412, 11.764706, 16],
  ],
  [
    "pytorch_half_pixel",
    [1, 1, 2, 4, 4, 8, 8, 16],
    [1, 1.382353, 1.970588, 3.117647, 4.588235, 6.941176, 10.588235, 15.294117],
  ],
  [
    "align_corners",
    [1, 2, 2, 4, 4, 8, 8, 16],
    [1, 1.571428, 2.285714, 3.428572, 5.142858, 7.428572, 11.428572, 16],
  ],
  [
    "asymmetric",
    [1, 2, 2, 4, 4, 8, 16, 16],
    [1, 1.588235, 2.352941, 3.529412, 5.411764, 7.764706, 12.235292, 16],
  ],
];

/** Made with onnxruntime 1.30: a row of 5 times 2 by half_pixel, and times 0.4 by asymmetric. */
const NEAREST: [mode: string, twice: number[], less: number[]][] = [
  ["round_prefer_floor", [1, 1, 2, 2, 4, 4, 8, 8, 16, 16], [1, 4]],
  ["round_prefer_ceil", [1, 1, 2, 2, 4, 4, 8, 8, 16, 16], [1, 8]],
  ["floor", [1, 1, 1, 2, 2, 4, 4, 8, 8, 16], [1, 4]],
  ["ceil", [1, 2, 2, 4, 4, 8, 8, 16, 16, 16], [1, 8]],
];

describe("Resize", () => {
  it.each(TIMES_1_7)("finds places by %s", (coordinate_transformation_mode, nearest, linear) => {
    const inputs = [row, undefined, scales(1, 1, 1, 1.7)];
    expect(numbersOf("Resize", inputs, { coordinate_transformation_mode })).toEqual(nearest);
    expectClose(
      numbersOf("Resize", inputs, { coordinate_transformation_mode, mode: "linear" }),
      linear,
      1e-6,
    );
  });

  it.each(NEAREST)("rounds places by %s", (nearest_mode, twice, less) => {
    expect(numbersOf("Resize", [row, undefined, scales(1, 1, 1, 2)], { nearest_mode })).toEqual(twice);
    const attributes = { nearest_mode, coordinate_transformation_mode: "asymmetric" };
    expect(numbersOf("Resize", [row, undefined, scales(1, 1, 1, 0.4)], attributes)).toEqual(less);
  });

  it("interpolates by cubic curves", () => {
    // Made with onnxruntime 1.30.
    const inputs = [row, undefined, undefined, sizes(1, 1, 1, 8)];
    const usual = [0.9071655, 1.2683105, 2.1295776, 3.022522, 4.9881592, 7.4771729, 12.8845215, 16.7426758];
    expectClose(numbersOf("Resize", inputs, { mode: "cubic" }), usual, 1e-6);
    const inside = [0.9280443, 1.2940974, 2.0938721, 3.1937256, 4.968018, 7.6364746, 13.0430412, 16.5756454];
    const attributes = { mode: "cubic", exclude_outside: 1, cubic_coeff_a: -0.5 };
    expectClose(numbersOf("Resize", inputs, attributes), inside, 1e-6);
  });

  it("changes several axes, and those that axes names", () => {
    const x = floats([1, 1, 2, 2], [1, 3, 5, 7]);
    const linear = { mode: "linear", coordinate_transformation_mode: "align_corners" };
    const expected = [1, 2, 3, 3, 4, 5, 5, 6, 7];
    expect(numbersOf("Resize", [x, undefined, undefined, sizes(1, 1, 3, 3)], linear)).toEqual(expected);
    const two = [x, undefined, undefined, sizes(3, 3)];
    expect(numbersOf("Resize", two, { ...linear, axes: [-2, -1] })).toEqual(expected);
  });

  it.each([
    ["stretch", [1, 1, 4, 3]],
    ["not_larger", [1, 1, 4, 2]],
    ["not_smaller", [1, 1, 6, 3]],
  ])("keeps the aspect ratio by %s", (keep_aspect_ratio_policy, shape) => {
    const inputs = [floats([1, 1, 2, 1], [1, 2]), undefined, undefined, sizes(4, 3)];
    expect(runNode("Resize", inputs, { keep_aspect_ratio_policy, axes: [2, 3] })[0]!.shape).toEqual(shape);
  });

  it("takes integers, no change and a length of 1", () => {
    expect(runNode("Resize", [tensor("uint8", [2], [3, 9]), undefined, scales(2)])).toEqual([
      tensor("uint8", [4], [3, 3, 9, 9]),
    ]);
    expect(numbersOf("Resize", [row, undefined, scales(1, 1, 1, 1)], { mode: "linear" })).toEqual([
      1, 2, 4, 8, 16,
    ]);
    expect(numbersOf("Resize", [floats([1], [5]), undefined, scales(3)], { mode: "linear" })).toEqual([
      5, 5, 5,
    ]);
    expect(typesOf(runNode("Resize", [floats([2], [1, 2]), undefined, scales(0.4)]))).toEqual(["float32[0]"]);
  });

  it("refuses what does not fit", () => {
    const refused = (inputs: Parameters<typeof runNode>[1], attributes: object, code: string, part: string) =>
      expectRefused("Resize", inputs, { ...attributes }, code, part);
    refused([row], {}, "ERR_FORMAT", "scales and sizes are both missing");
    refused([row, undefined, scales(2)], {}, "ERR_FORMAT", "1 scales or sizes for 4 axes");
    refused([row, undefined, scales(1, 1, 1, -2)], {}, "ERR_SHAPE", "numbers above 0");
    refused([row, undefined, scales(1, 1, 1, 1e9)], {}, "ERR_MEMORY", "MiB");
    refused(
      [row, undefined, scales(1, 1, 1, 2)],
      { mode: "area" },
      "ERR_FORMAT",
      "mode is area, expected nearest",
    );
    refused([row, undefined, scales(1, 1, 1, 2)], { antialias: 1 }, "ERR_FORMAT", "antialias");
    const crop = { coordinate_transformation_mode: "tf_crop_and_resize" };
    refused(
      [row, undefined, scales(1, 1, 1, 2)],
      crop,
      "ERR_FORMAT",
      "tf_crop_and_resize, expected half_pixel",
    );
    refused([floats([0], []), undefined, scales(2)], {}, "ERR_SHAPE", "no axis of 0");
  });
});
