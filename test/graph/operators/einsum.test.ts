import { describe, expect, it } from "vitest";
import { random } from "../../random.ts";
import { expectClose, expectRefused, floats, int64, runNode } from "../run.ts";

const source = random(4);
const draw = (...shape: number[]) =>
  floats(
    shape,
    source.array(
      shape.reduce((a, b) => a * b, 1),
      2,
    ),
  );

/** Sums products over all indices up to `lengths`. @param terms the place in each operand and in the result */
function sums(
  lengths: number[],
  size: number,
  terms: (...index: number[]) => [value: number, to: number],
): number[] {
  const result = new Array<number>(size).fill(0);
  const visit = (index: number[]): void => {
    if (index.length < lengths.length) {
      for (let i = 0; i < lengths[index.length]!; i++) visit([...index, i]);
      return;
    }
    const [value, to] = terms(...index);
    result[to]! += value;
  };
  visit([]);
  return result;
}

describe("Einsum", () => {
  const check = (
    equation: string,
    inputs: ReturnType<typeof draw>[],
    shape: number[],
    expected: number[],
  ) => {
    const [y] = runNode("Einsum", inputs, { equation });
    expect(y!.shape).toEqual(shape);
    expectClose(y!.data, expected, 1e-5);
  };
  const [a, b] = [draw(2, 3, 4), draw(2, 5, 4)];

  it("multiplies matrices, with and without a result", () => {
    const product = sums([2, 3, 5, 4], 30, (n, i, j, k) => [
      a.data[(n! * 3 + i!) * 4 + k!]! * b.data[(n! * 5 + j!) * 4 + k!]!,
      (n! * 3 + i!) * 5 + j!,
    ]);
    check("bik, bjk -> bij", [a, b], [2, 3, 5], product);
    const total = product.slice(0, 15).map((value, i) => value + product[15 + i]!);
    check("bik,bjk", [a, b], [3, 5], total);
    check("...ik,...jk->...ij", [a, b], [2, 3, 5], product);
  });

  it("sorts the letters of a result that is not given", () => {
    const [y] = runNode("Einsum", [draw(2, 3)], { equation: "ba" });
    expect(y!.shape).toEqual([3, 2]);
  });

  it("takes diagonals, traces, transposes and sums", () => {
    const square = floats([2, 2], [1, 2, 3, 4]);
    check("ii->i", [square], [2], [1, 4]);
    check("ii", [square], [], [5]);
    check("ij->ji", [square], [2, 2], [1, 3, 2, 4]);
    check("ij->", [square], [], [10]);
    check("...j->...", [square], [2], [3, 7]);
  });

  it("takes three operands, and broadcasts an ellipsis", () => {
    const [x, y, z] = [floats([2], [1, 2]), floats([3], [1, 10, 100]), floats([1], [3])];
    check("a,b,c->cab", [x, y, z], [1, 2, 3], [3, 30, 300, 6, 60, 600]);
    check("...i,i...->...", [floats([3, 2], [1, 2, 3, 4, 5, 6]), x], [3], [5, 11, 17]);
    check(
      "...,...->...",
      [floats([2, 3], [1, 2, 3, 4, 5, 6]), floats([3], [1, 0, 2])],
      [2, 3],
      [1, 0, 6, 4, 0, 12],
    );
  });

  it("takes scalars, integers and axes of 0 and 1", () => {
    check(",->", [floats([], [2]), floats([], [4])], [], [8]);
    check("ij,jk->ik", [floats([2, 0], []), floats([0, 2], [])], [2, 2], [0, 0, 0, 0]);
    check("ij,jk->ik", [floats([1, 1], [3]), floats([1, 1], [2])], [1, 1], [6]);
    expect(runNode("Einsum", [int64([2], [2, 3]), int64([2], [4, 5])], { equation: "i,i" })).toEqual([
      int64([], [23]),
    ]);
  });

  it("refuses equations that do not fit", () => {
    const refused = (equation: string, code: string, part: string) =>
      expectRefused("Einsum", [a, b], { equation }, code, part);
    refused("bik->b", "ERR_FORMAT", "for 2 inputs");
    refused("bi,bjk->b", "ERR_SHAPE", "input 0 is [2,3,4], expected axes bi");
    refused("bik,bjk->bq", "ERR_FORMAT", "bik,bjk->bq");
    refused("bik,bjk->bb", "ERR_FORMAT", "bb");
    refused("bki,bjk->b", "ERR_SHAPE", "axis k");
    refused("b1k,bjk->b", "ERR_FORMAT", "b1k");
  });

  it("refuses more products than it can compute", () => {
    const long = floats([2048], new Array(2048).fill(1));
    expectRefused("Einsum", [long, long, long], { equation: "a,b,c->" }, "ERR_MEMORY", "products");
  });
});
