import { describe, expect, it } from "vitest";
import { random } from "../../random.ts";
import { expectClose, expectRefused, floats, int64, numbersOf, runNode, tensor, typesOf } from "../run.ts";

const data = random(1).array(24, 2);
const x = floats([2, 3, 4], data);

/** What each operator makes of a list, in float64. */
const REDUCE: Record<string, (list: number[]) => number> = {
  ReduceSum: (list) => list.reduce((a, b) => a + b, 0),
  ReduceMean: (list) => list.reduce((a, b) => a + b, 0) / list.length,
  ReduceMax: (list) => Math.max(...list),
  ReduceMin: (list) => Math.min(...list),
  ReduceProd: (list) => list.reduce((a, b) => a * b, 1),
  ReduceL1: (list) => list.reduce((a, b) => a + Math.abs(b), 0),
  ReduceL2: (list) => Math.hypot(...list),
  ReduceSumSquare: (list) => list.reduce((a, b) => a + b * b, 0),
  ReduceLogSum: (list) => Math.log(list.reduce((a, b) => a + b, 0)),
  ReduceLogSumExp: (list) => Math.log(list.reduce((a, b) => a + Math.exp(b), 0)),
};

/** Groups the elements of x by the axes that stay. */
function groups(kept: (i: number, j: number, k: number) => string): number[][] {
  const lists = new Map<string, number[]>();
  for (let i = 0; i < 2; i++) {
    for (let j = 0; j < 3; j++) {
      for (let k = 0; k < 4; k++) {
        const key = kept(i, j, k);
        lists.set(key, [...(lists.get(key) ?? []), data[(i * 3 + j) * 4 + k]!]);
      }
    }
  }
  return [...lists.values()];
}

describe.each(Object.entries(REDUCE))("%s", (op, reduce) => {
  const check = (
    attributes: Record<string, number>,
    axes: number[] | undefined,
    lists: number[][],
    shape: number[],
  ) => {
    const [y] = runNode(op, [x, axes && int64([axes.length], axes)], attributes);
    expect(y!.shape).toEqual(shape);
    expectClose(y!.data, lists.map(reduce), 1e-5);
  };

  it("reduces the axes that are given", () => {
    check(
      { keepdims: 0 },
      [1],
      groups((i, _, k) => `${i} ${k}`),
      [2, 4],
    );
    check(
      {},
      [1],
      groups((i, _, k) => `${i} ${k}`),
      [2, 1, 4],
    );
    check(
      { keepdims: 0 },
      [-1, 0],
      groups((_, j) => `${j}`),
      [3],
    );
    check(
      { keepdims: 1 },
      [0, 2],
      groups((_, j) => `${j}`),
      [1, 3, 1],
    );
  });

  it("reduces all axes if none is given, or none by noop_with_empty_axes", () => {
    check(
      { keepdims: 0 },
      undefined,
      groups(() => ""),
      [],
    );
    check(
      {},
      [],
      groups(() => ""),
      [1, 1, 1],
    );
    check(
      { noop_with_empty_axes: 1 },
      [],
      groups((...at) => at.join()),
      [2, 3, 4],
    );
    check(
      { noop_with_empty_axes: 1 },
      undefined,
      groups((...at) => at.join()),
      [2, 3, 4],
    );
  });

  it("takes scalars and tensors of one element", () => {
    expectClose(numbersOf(op, [floats([], [0.5])]), [reduce([0.5])]);
    expectClose(numbersOf(op, [floats([1, 1], [0.5]), int64([1], [1])]), [reduce([0.5])]);
  });

  it("gives nothing for no lists, and its value for empty ones", () => {
    expect(typesOf(runNode(op, [floats([0, 3], []), int64([1], [1])]))).toEqual(["float32[0,1]"]);
    const [y] = runNode(op, [floats([0, 2], []), int64([1], [0])], { keepdims: 0 });
    expectClose(y!.data, [reduce([]), reduce([])]);
  });

  it("refuses axes that are not there or twice", () => {
    expectRefused(op, [x, int64([1], [3])], {}, "ERR_FORMAT", "axis 3 of a tensor with 3 axes");
    expectRefused(op, [x, int64([2], [1, -2])], {}, "ERR_FORMAT", "twice");
  });
});

describe("reductions", () => {
  it("sums in float64", () => {
    const many = new Float32Array(100_000).fill(0.1);
    expectClose(numbersOf("ReduceSum", [floats([100_000], many)]), [100_000 * Math.fround(0.1)], 1e-7);
  });

  it("keep integers", () => {
    const [y] = runNode("ReduceSum", [int64([2, 2], [1, 2, 3, 4]), int64([1], [0])], { keepdims: 0 });
    expect(y).toEqual(int64([2], [4, 6]));
    expect(numbersOf("ReduceMean", [tensor("int32", [2], [-3, -4])])).toEqual([-3]);
    expect(numbersOf("ReduceMax", [tensor("uint8", [3], [7, 255, 9])])).toEqual([255]);
  });

  it("find NaN", () => {
    expect(numbersOf("ReduceMax", [floats([3], [1, Number.NaN, 3])])).toEqual([Number.NaN]);
    expect(numbersOf("ReduceMin", [floats([3], [1, Number.NaN, 3])])).toEqual([Number.NaN]);
  });

  it("take the logarithm of sums of large exponentials", () => {
    expectClose(numbersOf("ReduceLogSumExp", [floats([2], [1000, 1000])]), [1000 + Math.LN2]);
  });
});

describe("ArgMax and ArgMin", () => {
  const ties = floats([2, 3], [1, 3, 3, 3, 1, 1]);

  it("find places along an axis", () => {
    expect(runNode("ArgMax", [ties], { axis: 1 })).toEqual([int64([2, 1], [1, 0])]);
    expect(runNode("ArgMax", [ties], { axis: -1, keepdims: 0, select_last_index: 1 })).toEqual([
      int64([2], [2, 0]),
    ]);
    expect(runNode("ArgMin", [ties], { keepdims: 0 })).toEqual([int64([3], [0, 1, 1])]);
    expect(runNode("ArgMin", [ties], { axis: 1, keepdims: 0, select_last_index: 1 })).toEqual([
      int64([2], [0, 2]),
    ]);
  });

  it("refuse an axis of nothing", () => {
    expectRefused("ArgMax", [floats([2, 0], [])], { axis: 1 }, "ERR_SHAPE", "empty");
    expect(runNode("ArgMax", [floats([0, 2], [])], { axis: 1 })).toEqual([int64([0, 1], [])]);
  });
});
