import { expect, expectTypeOf, it } from "vitest";
import { flattenNumbers, type NestedNumbers } from "../../src/runtime/nested-numbers.ts";
import type { Tensor } from "../../src/runtime/tensor.ts";
import { describeRuntimes, expectError } from "../runtimes.ts";

it("flattens nested arrays and returns their shape", () => {
  const shapes: [NestedNumbers, number[]][] = [
    [5, []],
    [[], [0]],
    [
      [[], []],
      [2, 0],
    ],
    [[1, 2, 3], [3]],
    [
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      [3, 2],
    ],
    [
      [
        [[1], [2]],
        [[3], [4]],
      ],
      [2, 2, 1],
    ],
  ];
  for (const [data, nesting] of shapes) {
    expect(flattenNumbers(data)).toEqual({ flat: ([data] as unknown[]).flat(3), nesting });
  }
});

it("says where the nesting is not regular, or where there is no number", () => {
  const refuses = (data: unknown, ...words: string[]) =>
    expectError(() => flattenNumbers(data as NestedNumbers), "ERR_SHAPE", ...words);
  refuses([[1, 2], [3]], "data[1] is array of 1", "expected array of 2");
  refuses([[1, 2], 3], "data[1] is number", "expected array of 2");
  refuses([1, [2]], "data[1] is array of 1", "expected number");
  refuses(
    [
      [[1], [2]],
      [[3], 4],
    ],
    "data[1][1] is number",
    "expected array of 1",
  );
  refuses(
    [
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      [
        [7, 8],
        [9, [0]],
        [1, 2],
      ],
    ],
    "data[1][1][1] is array of 1",
  );
  refuses([[1], null], "data[1] is object");
  const wrong = [
    [1, 2],
    [3, "4"],
  ] as never;
  expectError(() => flattenNumbers(wrong), "ERR_VALUE", "data[1][1] is string, expected number");
  expectError(() => flattenNumbers("12" as never), "ERR_VALUE", "data is string");
});

describeRuntimes("Runtime.tensor", (rt) => {
  it("infers the shape", () => {
    const x = rt().tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect([x.dtype, x.shape, [...x.toArray()]]).toEqual(["float32", [2, 3], [1, 2, 3, 4, 5, 6]]);
    expect(rt().tensor(Int32Array.of(1, 2))).toMatchObject({ dtype: "int32", shape: [2] });
    expect(rt().tensor(7).shape).toEqual([]);
    expect(rt().tensor([[1]], undefined, { requiresGrad: true }).requiresGrad).toBe(true);
    expectTypeOf(rt().tensor([[1], [2]])).toEqualTypeOf<Tensor>();
    // @ts-expect-error: strings are no numbers
    expect(() => rt().tensor([["1"]])).toThrow();
  });

  it("takes a shape with the same number of elements", () => {
    expect(
      rt().tensor(
        [
          [1, 2],
          [3, 4],
        ],
        [4, 1],
      ).shape,
    ).toEqual([4, 1]);
    expectError(() => rt().tensor([[1, 2]], [3]), "ERR_SHAPE", "2 elements", "expected 3", "[3]");
  });
});
