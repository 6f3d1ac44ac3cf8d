import { describe, expect, it } from "vitest";
import { random } from "../../random.ts";
import { expectClose, expectRefused, floats, int64, numbersOf, runNode } from "../run.ts";

const data = random(2).array(24, 8);
const x = floats([2, 3, 4], data);

/** Applies `f` to each line of [2, 3, 4] along an axis. */
function lines(axis: number, f: (line: number[]) => number[]): number[] {
  const result = new Array<number>(24).fill(0);
  const [length, step] = [
    [2, 12],
    [3, 4],
    [4, 1],
  ][axis]!;
  for (let i = 0; i < 24; i++) {
    if (Math.floor(i / step!) % length!) continue;
    const places = Array.from({ length: length! }, (_, k) => i + k * step!);
    for (const [k, value] of f(places.map((place) => data[place]!)).entries()) result[places[k]!] = value;
  }
  return result;
}

const softmax = (line: number[]) => {
  const sum = line.reduce((total, v) => total + Math.exp(v), 0);
  return line.map((v) => Math.exp(v) / sum);
};
const LINES: Record<string, (line: number[]) => number[]> = {
  Softmax: softmax,
  LogSoftmax: (line) => softmax(line).map(Math.log),
  Hardmax: (line) => line.map((v) => Number(v === Math.max(...line))),
};

describe.each(Object.entries(LINES))("%s", (op, f) => {
  it.each([0, 1, 2])("works along axis %i", (axis) => {
    expectClose(numbersOf(op, [x], { axis }), lines(axis, f), 1e-5);
    expect(numbersOf(op, [x], { axis: axis - 3 })).toEqual(numbersOf(op, [x], { axis }));
  });

  it("works along the last axis if none is given", () => {
    expect(numbersOf(op, [x])).toEqual(numbersOf(op, [x], { axis: 2 }));
  });

  it("takes lines of one element and of none", () => {
    expectClose(numbersOf(op, [floats([2, 1], [5, -5])]), f([5]).concat(f([-5])));
    expect(runNode(op, [floats([2, 0], [])])).toEqual([floats([2, 0], [])]);
  });

  it("refuses a scalar, an axis that is not there, and integers", () => {
    expectRefused(op, [floats([], [1])], {}, "ERR_FORMAT", "axis -1 of a tensor with 0 axes");
    expectRefused(op, [x], { axis: 3 }, "ERR_FORMAT", "axis 3");
    expectRefused(op, [int64([2], [1, 2])], {}, "ERR_DTYPE", "int64, expected floats");
  });
});

it("Softmax and LogSoftmax take large numbers", () => {
  expectClose(numbersOf("Softmax", [floats([2], [1000, 1000])]), [0.5, 0.5]);
  expectClose(numbersOf("LogSoftmax", [floats([2], [-1000, 0])]), [-1000, 0]);
});

it("Hardmax chooses the first of equals", () => {
  expect(numbersOf("Hardmax", [floats([3], [1, 2, 2])])).toEqual([0, 1, 0]);
});
