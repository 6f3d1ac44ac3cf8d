import { describe, expect, it } from "vitest";
import { random } from "../../random.ts";
import { expectClose, expectRefused, floats, int64, numbersOf, runNode, typesOf } from "../run.ts";

const source = random(3);
const draw = (...shape: number[]) =>
  floats(
    shape,
    source.array(
      shape.reduce((a, b) => a * b, 1),
      2,
    ),
  );

const mean = (list: number[]) => list.reduce((a, b) => a + b, 0) / list.length;
const variance = (list: number[]) => mean(list.map((v) => (v - mean(list)) ** 2));
const parts = (list: ArrayLike<number>, size: number) =>
  Array.from({ length: list.length / size }, (_, i) => Array.from(list).slice(i * size, (i + 1) * size));

/** Normalizes parts of `size` numbers. */
const normalized = (list: ArrayLike<number>, size: number, epsilon = 1e-5) =>
  parts(list, size).flatMap((part) =>
    part.map((v) => (v - mean(part)) / Math.sqrt(variance(part) + epsilon)),
  );

describe("LayerNormalization", () => {
  const x = draw(2, 3, 4);

  it("normalizes the last axis, and gives means and factors", () => {
    const [scale, bias] = [draw(4), draw(4)];
    const [y, means, factors] = runNode("LayerNormalization", [x, scale, bias], {}, 3);
    const expected = normalized(x.data, 4).map((v, i) => v * scale.data[i % 4]! + bias.data[i % 4]!);
    expectClose(y!.data, expected, 1e-5);
    expect(typesOf([means!, factors!])).toEqual(["float32[2,3,1]", "float32[2,3,1]"]);
    expectClose(means!.data, parts(x.data, 4).map(mean));
    expectClose(
      factors!.data,
      parts(x.data, 4).map((part) => 1 / Math.sqrt(variance(part) + 1e-5)),
      1e-5,
    );
  });

  it("normalizes several axes, with an epsilon and without a bias", () => {
    const scale = draw(3, 4);
    const y = numbersOf("LayerNormalization", [x, scale], { axis: 1, epsilon: 0.1 });
    expectClose(
      y,
      normalized(x.data, 12, 0.1).map((v, i) => v * scale.data[i % 12]!),
      1e-5,
    );
    expect(numbersOf("LayerNormalization", [x, scale], { axis: -2, epsilon: 0.1 })).toEqual(y);
  });

  it("takes rows of one number and of none", () => {
    expect(numbersOf("LayerNormalization", [draw(3, 1), floats([1], [2]), floats([1], [7])])).toEqual([
      7, 7, 7,
    ]);
    const none = runNode("LayerNormalization", [draw(3, 0), draw(0)], {}, 3);
    expect(typesOf(none)).toEqual(["float32[3,0]", "float32[3,1]", "float32[3,1]"]);
  });

  it("refuses shapes that do not fit", () => {
    expectRefused("LayerNormalization", [x, draw(3)], {}, "ERR_SHAPE", "input 1 is [3]");
    expectRefused("LayerNormalization", [x, draw(4), draw(2, 3, 4, 1)], {}, "ERR_SHAPE", "input 2");
    expectRefused("LayerNormalization", [x, undefined], {}, "ERR_FORMAT", "input 1 is missing");
  });
});

describe("RMSNormalization", () => {
  it("divides by the root of the mean square", () => {
    const [x, scale] = [draw(2, 3, 4), draw(4)];
    const rms = (part: number[]) => Math.sqrt(mean(part.map((v) => v * v)) + 1e-5);
    const expected = parts(x.data, 4).flatMap((part) => part.map((v, i) => (v / rms(part)) * scale.data[i]!));
    expectClose(numbersOf("RMSNormalization", [x, scale]), expected, 1e-5);
  });
});

describe("InstanceNormalization and GroupNormalization", () => {
  const [x, scale, bias] = [draw(2, 6, 3, 2), draw(6), draw(6)];
  const affine = (list: number[]) =>
    list.map((v, i) => v * scale.data[Math.floor(i / 6) % 6]! + bias.data[Math.floor(i / 6) % 6]!);

  it("normalize each channel, or groups of channels", () => {
    expectClose(numbersOf("InstanceNormalization", [x, scale, bias]), affine(normalized(x.data, 6)), 1e-5);
    const y = numbersOf("GroupNormalization", [x, scale, bias], { num_groups: 3, epsilon: 0.2 });
    expectClose(y, affine(normalized(x.data, 12, 0.2)), 1e-5);
  });

  it("refuse what does not fit", () => {
    expectRefused(
      "InstanceNormalization",
      [x, draw(5), bias],
      {},
      "ERR_SHAPE",
      "input 1 is [5], expected [6]",
    );
    expectRefused("InstanceNormalization", [draw(6), scale, bias], {}, "ERR_SHAPE", "expected [N, C, ...]");
    expectRefused("GroupNormalization", [x, scale, bias], { num_groups: 4 }, "ERR_SHAPE", "4 groups of 6");
    expectRefused("GroupNormalization", [x, scale, bias], { num_groups: 0 }, "ERR_SHAPE", "0 groups");
  });
});

describe("BatchNormalization", () => {
  const [scale, bias, means, variances] = [draw(3), draw(3), draw(3), floats([3], [0.5, 1, 2])];

  it("uses the mean and the variance that are given", () => {
    const x = draw(2, 3, 5);
    const expected = Array.from(x.data, (v, i) => {
      const c = Math.floor(i / 5) % 3;
      return ((v - means.data[c]!) / Math.sqrt(variances.data[c]! + 1e-5)) * scale.data[c]! + bias.data[c]!;
    });
    expectClose(numbersOf("BatchNormalization", [x, scale, bias, means, variances]), expected, 1e-5);
  });

  it("takes [N, C] and nothing", () => {
    const x = floats([1, 3], means.data);
    expectClose(numbersOf("BatchNormalization", [x, scale, bias, means, variances]), bias.data);
    expect(typesOf(runNode("BatchNormalization", [draw(2, 3, 0), scale, bias, means, variances]))).toEqual([
      "float32[2,3,0]",
    ]);
  });

  it("refuses what does not fit", () => {
    const x = draw(2, 3);
    expectRefused(
      "BatchNormalization",
      [x, scale, bias, draw(2), variances],
      {},
      "ERR_SHAPE",
      "input 3 is [2]",
    );
    expectRefused("BatchNormalization", [x, scale, bias, means], {}, "ERR_FORMAT", "input 4 is missing");
    expectRefused("BatchNormalization", [int64([1, 1], [1])], {}, "ERR_DTYPE", "int64");
  });
});

describe("LpNormalization", () => {
  it("divides lines by their norm, and leaves lines of 0", () => {
    const x = floats([2, 3], [3, 0, 1, -4, 0, 1]);
    expectClose(numbersOf("LpNormalization", [x], { axis: 0 }), [
      0.6,
      0,
      Math.SQRT1_2,
      -0.8,
      0,
      Math.SQRT1_2,
    ]);
    expectClose(numbersOf("LpNormalization", [x], { p: 1 }), [0.75, 0, 0.25, -0.8, 0, 0.2]);
    expectRefused("LpNormalization", [x], { p: 3 }, "ERR_FORMAT", "p is 3, expected 1 or 2");
  });
});

describe("com.microsoft.SkipLayerNormalization", () => {
  it("normalizes a sum, and gives it too", () => {
    const [x, skip, scale, bias, more] = [draw(2, 4), draw(2, 4), draw(4), draw(4), draw(4)];
    const [y, , , sum] = runNode(
      "com.microsoft.SkipLayerNormalization",
      [x, skip, scale, bias, more],
      { epsilon: 0.01 },
      4,
    );
    const expected = Array.from(x.data, (v, i) => v + skip.data[i]! + more.data[i % 4]!);
    expectClose(sum!.data, expected);
    const scaled = normalized(expected, 4, 0.01).map((v, i) => v * scale.data[i % 4]! + bias.data[i % 4]!);
    expectClose(y!.data, scaled, 1e-5);
  });
});
