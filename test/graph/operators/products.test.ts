import { describe, expect, it } from "vitest";
import { random } from "../../random.ts";
import { expectClose, expectRefused, floats, int64, numbersOf, runNode } from "../run.ts";

const source = random(9);
const draw = (...shape: number[]) =>
  floats(
    shape,
    source.array(
      shape.reduce((a, b) => a * b, 1),
      2,
    ),
  );

/** Multiplies matrices in float64. */
const product = (a: ArrayLike<number>, b: ArrayLike<number>, M: number, K: number, N: number) =>
  Array.from({ length: M * N }, (_, at) => {
    let sum = 0;
    for (let k = 0; k < K; k++) sum += a[Math.floor(at / N) * K + k]! * b[k * N + (at % N)]!;
    return sum;
  });
const turned = ({ data }: ReturnType<typeof draw>, rows: number, columns: number) =>
  Array.from({ length: rows * columns }, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)]!);

describe("MatMul", () => {
  it("multiplies matrices, vectors and stacks", () => {
    const [a, b] = [draw(5, 7), draw(7, 9)];
    expectClose(numbersOf("MatMul", [a, b]), product(a.data, b.data, 5, 7, 9), 1e-5);
    const [v, w] = [draw(7), draw(7)];
    expect(runNode("MatMul", [v, w])[0]!.shape).toEqual([]);
    expectClose(numbersOf("MatMul", [v, w]), product(v.data, w.data, 1, 7, 1), 1e-5);
    expect(runNode("MatMul", [v, b])[0]!.shape).toEqual([9]);
    expect(runNode("MatMul", [a, v])[0]!.shape).toEqual([5]);
    const [left, right] = [draw(2, 1, 3, 4), draw(3, 4, 2)];
    const [y] = runNode("MatMul", [left, right]);
    expect(y!.shape).toEqual([2, 3, 3, 2]);
    const expected = [0, 1].flatMap((i) =>
      [0, 1, 2].flatMap((j) => product(left.data.slice(i * 12), right.data.slice(j * 8), 3, 4, 2)),
    );
    expectClose(y!.data, expected, 1e-5);
  });

  it("takes sizes of 0 and 1", () => {
    expect(runNode("MatMul", [draw(2, 0), draw(0, 2)])).toEqual([floats([2, 2], [0, 0, 0, 0])]);
    expect(runNode("MatMul", [draw(0, 2), draw(2, 3)])).toEqual([floats([0, 3], [])]);
    expect(numbersOf("MatMul", [floats([1, 1], [3]), floats([1, 1], [2])])).toEqual([6]);
  });

  it("refuses what does not fit", () => {
    expectRefused("MatMul", [draw(2, 3), draw(2, 3)], {}, "ERR_SHAPE", "[2,3] times [2,3]");
    expectRefused("MatMul", [draw(2, 2, 3), draw(3, 3, 1)], {}, "ERR_SHAPE", "[2,2,3] times [3,3,1]");
    expectRefused("MatMul", [draw(), draw(2)], {}, "ERR_SHAPE", "scalar");
    expectRefused("MatMul", [draw(1, 1), int64([1, 1], [2])], {}, "ERR_DTYPE", "int64, expected floats");
  });
});

describe("Gemm", () => {
  const [a, b] = [draw(2, 3), draw(3, 4)];
  const plain = product(a.data, b.data, 2, 3, 4);

  it.each([[[4]], [[2, 1]], [[1, 4]], [[2, 4]], [[1]], [[]]])("adds C of [%s]", (shape) => {
    const c = draw(...shape);
    const [row, column] = [shape.length === 2 && shape[0] === 2, shape.at(-1) === 4];
    const at = (i: number) => (row ? Math.floor(i / 4) * (column ? 4 : 1) : 0) + (column ? i % 4 : 0);
    const y = numbersOf("Gemm", [a, b, c], { alpha: 0.5, beta: -2 });
    expectClose(
      y,
      plain.map((v, i) => 0.5 * v - 2 * c.data[at(i)]!),
      1e-5,
    );
  });

  it("turns its inputs", () => {
    const [at, bt] = [floats([3, 2], turned(a, 2, 3)), floats([4, 3], turned(b, 3, 4))];
    expectClose(numbersOf("Gemm", [at, bt], { transA: 1, transB: 1 }), plain, 1e-5);
  });

  it("refuses what does not fit", () => {
    expectRefused("Gemm", [a, b, draw(3)], {}, "ERR_SHAPE", "[3] added to [2,4]");
    expectRefused("Gemm", [a, b], { transB: 1 }, "ERR_SHAPE", "[2,3] times [3,4]");
    expectRefused("Gemm", [draw(2), b], {}, "ERR_SHAPE", "[2], expected two axes");
  });
});
