import { describe, expect, it } from "vitest";
import { random } from "../../random.ts";
import { expectClose, expectRefused, floats, numbersOf, runNode, tensor } from "../run.ts";

const source = random(8);
const draw = (...shape: number[]) =>
  floats(
    shape,
    source.array(
      shape.reduce((a, b) => a * b, 1),
      2,
    ),
  );

describe("operators that are planned as others", () => {
  it("CastLike takes the type of its second input", () => {
    expect(runNode("CastLike", [floats([2], [1.7, -1.7]), tensor("int32", [0], [])])).toEqual([
      tensor("int32", [2], [1, -1]),
    ]);
  });

  it("FusedGemm is Gemm and an activation", () => {
    const inputs = [draw(2, 3), draw(4, 3), draw(4)];
    const attributes = { transB: 1, alpha: 0.5, beta: 2 };
    const plain = numbersOf("Gemm", inputs, attributes);
    const fused = (more: Record<string, string | number>) =>
      numbersOf("com.microsoft.FusedGemm", inputs, { ...attributes, ...more });
    expect(fused({})).toEqual(plain);
    expect(fused({ activation: "Relu" })).toEqual(plain.map((v) => Math.max(v, 0)));
    const leaky = fused({ activation: "LeakyRelu", activation_alpha: 0.25 });
    expectClose(
      leaky,
      plain.map((v) => (v < 0 ? v / 4 : v)),
    );
    const clipped = fused({ activation: "Clip", activation_alpha: -0.5, activation_beta: 0.5 });
    expectClose(
      clipped,
      plain.map((v) => Math.min(Math.max(v, -0.5), 0.5)),
    );
    const refused = { ...attributes, activation: "Cosh" };
    expectRefused(
      "com.microsoft.FusedGemm",
      inputs,
      refused,
      "ERR_FORMAT",
      "activation is Cosh, expected Relu",
    );
  });

  it("FusedMatMul turns its inputs and scales", () => {
    const [a, b] = [draw(2, 3), draw(2, 4)];
    const expected = Array.from({ length: 12 }, (_, at) => {
      const [i, j] = [Math.floor(at / 4), at % 4];
      return 0.5 * (a.data[i]! * b.data[j]! + a.data[3 + i]! * b.data[4 + j]!);
    });
    expectClose(numbersOf("com.microsoft.FusedMatMul", [a, b], { transA: 1, alpha: 0.5 }), expected);
    const turned = floats(
      [4, 2],
      Array.from({ length: 8 }, (_, at) => b.data[(at % 2) * 4 + Math.floor(at / 2)]!),
    );
    const both = { transA: 1, transB: 1, alpha: 0.5 };
    expectClose(numbersOf("com.microsoft.FusedMatMul", [a, turned], both), expected);
    expectRefused("com.microsoft.FusedMatMul", [a, b], { transBatchA: 1 }, "ERR_FORMAT", "transBatchA");
  });

  it("BiasGelu, Gelu and FastGelu are Gelu", () => {
    const [x, bias] = [draw(2, 3), draw(3)];
    const [sum] = runNode("Add", [x, bias]);
    expect(runNode("com.microsoft.Gelu", [x])).toEqual(runNode("Gelu", [x]));
    expect(runNode("com.microsoft.BiasGelu", [x, bias])).toEqual(runNode("Gelu", [sum!]));
    expect(runNode("com.microsoft.FastGelu", [x, bias])).toEqual(
      runNode("Gelu", [sum!], { approximate: "tanh" }),
    );
    expect(runNode("com.microsoft.FastGelu", [x])).toEqual(runNode("Gelu", [x], { approximate: "tanh" }));
  });
});
