import { describe, expect, it } from "vitest";
import { expectClose, expectRefused, floats, int64, numbersOf, runNode, tensor, typesOf } from "../run.ts";

const list = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  0,
  0.5,
  1.5,
  2.5,
  -0.5,
  -1.5,
  1.25,
  -3.75,
];
const x = floats([list.length], list);
const sigmoid = (v: number) => 1 / (1 + Math.exp(-v));
const softplus = (v: number) => (v > 30 ? v : Math.log1p(Math.exp(v)));

describe("operators of one tensor", () => {
  it.each<[op: string, f: (v: number) => number]>([
    ["Abs", Math.abs],
    ["Neg", (v) => -v],
    ["Ceil", Math.ceil],
    ["Floor", Math.floor],
    ["Sign", Math.sign],
    ["Sqrt", Math.sqrt],
    ["Reciprocal", (v) => 1 / v],
    ["Exp", Math.exp],
    ["Log", Math.log],
    ["Relu", (v) => (v < 0 ? 0 : v)],
    ["Sigmoid", sigmoid],
    ["Tanh", Math.tanh],
    ["Softplus", softplus],
    ["ThresholdedRelu", (v) => (v > 1 ? v : 0)],
    ["LeakyRelu", (v) => (v < 0 ? 0.01 * v : v)],
    ["Elu", (v) => (v < 0 ? Math.exp(v) - 1 : v)],
    ["HardSigmoid", (v) => Math.min(Math.max(0.2 * v + 0.5, 0), 1)],
  ])("%s", (op, f) => {
    expectClose(numbersOf(op, [x]), list.map(f));
    expect(numbersOf(op, [floats([], [0.5])])).toHaveLength(1);
    expect(runNode(op, [floats([0, 2], [])])).toEqual([floats([0, 2], [])]);
  });

  it.each<[op: string, f: (v: number) => number]>([
    ["Sin", Math.sin],
    ["Cos", Math.cos],
    ["Softsign", (v) => v / (1 + Math.abs(v))],
    ["HardSwish", (v) => (v * Math.min(Math.max(v + 3, 0), 6)) / 6],
    ["Mish", (v) => v * Math.tanh(softplus(v))],
    ["Celu", (v) => Math.max(v, 0) + Math.min(0, Math.exp(v) - 1)],
    ["Selu", (v) => 1.0507009873554805 * (v > 0 ? v : 1.6732632423543772 * (Math.exp(v) - 1))],
  ])("%s of finite numbers", (op, f) => {
    const finite = list.slice(3);
    expectClose(numbersOf(op, [floats([finite.length], finite)]), finite.map(f));
  });

  it("Erf and Gelu", () => {
    // erf by its series 2 / sqrt(pi) sum (-1)^n x^(2n+1) / (n! (2n+1))
    const erf = (v: number) => {
      let [term, sum] = [v, v];
      for (let n = 1; n < 60; n++) {
        term *= (-v * v) / n;
        sum += term / (2 * n + 1);
      }
      return (2 / Math.sqrt(Math.PI)) * sum;
    };
    const numbers = [-3, -1, -0.25, 0, 0.5, 2, 3.5];
    expectClose(numbersOf("Erf", [floats([7], numbers)]), numbers.map(erf), 1e-6);
    const gelu = numbers.map((v) => 0.5 * v * (1 + erf(v / Math.SQRT2)));
    expectClose(numbersOf("Gelu", [floats([7], numbers)]), gelu, 1e-6);
    expectClose(numbersOf("Gelu", [floats([7], numbers)], { approximate: "tanh" }), gelu, 1e-3);
  });

  it("Round rounds halves to even numbers", () => {
    expect(numbersOf("Round", [floats([6], [0.5, 1.5, 2.5, -0.5, -1.5, 2.6])])).toEqual([0, 2, 2, 0, -2, 3]);
  });

  it("IsNaN and Not give bools", () => {
    expect(runNode("IsNaN", [floats([2], [Number.NaN, 1])])).toEqual([tensor("bool", [2], [1, 0])]);
    expect(runNode("Not", [tensor("bool", [2], [1, 0])])).toEqual([tensor("bool", [2], [0, 1])]);
  });

  it("Cast cuts, wraps and tests for 0", () => {
    const numbers = floats([5], [0, 0.5, 1.75, -1.75, 300]);
    expect(runNode("Cast", [numbers], { to: 7 })).toEqual([int64([5], [0, 0, 1, -1, 300])]);
    expect(runNode("Cast", [numbers], { to: 9 })).toEqual([tensor("bool", [5], [0, 1, 1, 1, 1])]);
    expect(runNode("Cast", [int64([3], [300, -200, 7])], { to: 2 })).toEqual([
      tensor("uint8", [3], [44, 56, 7]),
    ]);
    expect(runNode("Cast", [int64([2], [3, -4])], { to: 1 })).toEqual([floats([2], [3, -4])]);
    expectRefused("Cast", [numbers], { to: 8 }, "ERR_FORMAT", "type string");
  });

  it("Clip has limits that may be absent", () => {
    const given = floats([3], [-2, 0, 2]);
    expect(numbersOf("Clip", [given, floats([], [-1]), floats([], [1])])).toEqual([-1, 0, 1]);
    expect(numbersOf("Clip", [given, undefined, floats([], [1])])).toEqual([-2, 0, 1]);
    expect(numbersOf("Clip", [given])).toEqual([-2, 0, 2]);
  });
});

describe("operators of two tensors", () => {
  const [a, b] = [floats([2, 1, 3], [1, -2, 3, 4, -5, 6]), floats([2, 1], [2, -3])];
  const each = (f: (a: number, b: number) => number) =>
    [0, 1].flatMap((i) => [0, 1].flatMap((j) => [0, 1, 2].map((k) => f(a.data[i * 3 + k]!, b.data[j]!))));

  it.each<[op: string, f: (a: number, b: number) => number]>([
    ["Add", (p, q) => p + q],
    ["Sub", (p, q) => p - q],
    ["Mul", (p, q) => p * q],
    ["Div", (p, q) => p / q],
    ["Pow", (p, q) => p ** q],
    ["PRelu", (p, q) => (p < 0 ? p * q : p)],
    ["Max", Math.max],
    ["Min", Math.min],
    ["Sum", (p, q) => p + q],
    ["Mean", (p, q) => (p + q) / 2],
  ])("%s broadcasts", (op, f) => {
    const [y] = runNode(op, [a, b]);
    expect(y!.shape).toEqual([2, 2, 3]);
    expectClose(y!.data, each(f));
    expect(typesOf(runNode(op, [floats([0, 3], []), floats([1, 3], [1, 2, 3])]))).toEqual(["float32[0,3]"]);
    expectClose(numbersOf(op, [floats([2], [1, 2]), floats([], [2])]), [f(1, 2), f(2, 2)]);
    expectRefused(
      op,
      [floats([2], [1, 2]), floats([3], [1, 2, 3])],
      {},
      "ERR_SHAPE",
      "shapes [2] and [3] do not fit",
    );
    expectRefused(op, [], {}, "ERR_FORMAT", "input");
  });

  it.each<[op: string, f: (a: number, b: number) => boolean]>([
    ["Equal", (p, q) => p === q],
    ["Less", (p, q) => p < q],
    ["LessOrEqual", (p, q) => p <= q],
    ["Greater", (p, q) => p > q],
    ["GreaterOrEqual", (p, q) => p >= q],
  ])("%s gives bools", (op, f) => {
    expect(runNode(op, [a, b])).toEqual([
      tensor(
        "bool",
        [2, 2, 3],
        each((p, q) => Number(f(p, q))),
      ),
    ]);
  });

  it("And, Or, Xor, Where", () => {
    const [p, q] = [tensor("bool", [2, 1], [1, 0]), tensor("bool", [2], [1, 0])];
    expect(numbersOf("And", [p, q])).toEqual([1, 0, 0, 0]);
    expect(numbersOf("Or", [p, q])).toEqual([1, 1, 1, 0]);
    expect(numbersOf("Xor", [p, q])).toEqual([0, 1, 1, 0]);
    expect(runNode("Where", [p, int64([2], [1, 2]), int64([], [9])])).toEqual([int64([2, 2], [1, 2, 9, 9])]);
    expectRefused("Where", [p, q], {}, "ERR_FORMAT", "2 inputs, expected 3");
  });

  it("divide integers towards 0, and take the sign of the divisor in Mod", () => {
    expect(runNode("Div", [int64([4], [7, -7, 7, -7]), int64([4], [2, 2, -2, -2])])).toEqual([
      int64([4], [3, -3, -3, 3]),
    ]);
    const [p, q] = [int64([4], [7, -7, 7, -7]), int64([4], [3, 3, -3, -3])];
    expect(numbersOf("Mod", [p, q])).toEqual([1, 2, -2, -1]);
    expect(numbersOf("Mod", [p, q], { fmod: 1 })).toEqual([1, -1, 1, -1]);
    expectRefused("Div", [p, int64([], [0])], {}, "ERR_VALUE", "division by 0");
    expectRefused("Mod", [p, int64([], [0])], {}, "ERR_VALUE", "division by 0");
  });
});

describe("integers of 64 bits", () => {
  it.each([
    ["Add", [2e9], [2e9]],
    ["Sub", [-2e9], [2e9]],
    ["Mul", [1e5], [1e5]],
    ["Pow", [10], [12]],
  ])("%s refuses results that do not fit into 32", (op, a, b) => {
    expect(() => runNode(op, [int64([1], a), int64([1], b)])).toThrow("32 bits");
  });

  it.each([
    ["ReduceSum", [int64([2], [2e9, 2e9])]],
    ["ReduceProd", [int64([2], [2e6, 2e6])]],
    ["CumSum", [int64([2], [2e9, 2e9]), int64([], [0])]],
  ])("%s refuses them too", (op, inputs) => {
    expect(() => runNode(op, inputs)).toThrow("32 bits");
  });

  it("are not made of floats that do not fit, but for those that mean the end", () => {
    expect(() => runNode("Cast", [floats([1], [3e9])], { to: "int64" })).toThrow("32 bits");
    const [ends] = runNode("Cast", [floats([2], [Infinity, -1e30])], { to: "int64" });
    expect([...ends!.data]).toEqual([2 ** 31 - 1, -(2 ** 31)]);
  });
});
