import { describe, expect, it } from "vitest";
import { readOnnx } from "../../../src/formats/onnx/read.ts";
import type { Graph, GraphNode } from "../../../src/graph/graph.ts";
import { attribute, type Fields, field, integers, model, node, oneNode, tensor, value } from "./build.ts";
import { refusal } from "./refusal.ts";

/** Shows a node as `op(inputs) -> outputs {attributes}`, with constants in place of their names. */
function shown(graph: Graph, { op, inputs, outputs, attributes }: GraphNode): string {
  const names = inputs.map((name) => {
    const constant = graph.constants.get(name);
    if (!constant) return name || "_";
    const { dtype, shape, data } = constant;
    return `${dtype}[${shape}]:${Array.from(data).join(" ")}`;
  });
  const given = Object.keys(attributes).length > 0 ? ` ${JSON.stringify(attributes)}` : "";
  return `${op}(${names.join(", ")}) -> ${outputs.map((name) => name || "_").join(", ")}${given}`;
}

const nodes = (file: Uint8Array) => {
  const graph = readOnnx(file);
  return graph.nodes.map((node) => shown(graph, node));
};
const one = (text: string, opset: number, attributes: Fields[] = [], constants: Fields[] = []) =>
  nodes(oneNode(text, opset, attributes, constants));

const { float, int, ints, floats, string } = attribute;
const MAX = 2n ** 63n - 1n;
const REDUCTIONS = "L1 L2 LogSum LogSumExp Max Mean Min Prod SumSquare".split(" ");

describe("attributes that became inputs", () => {
  it.each([
    ["Squeeze(x) -> z", 12, [ints("axes", [0, -1])], "Squeeze(x, int64[2]:0 -1) -> z"],
    ["Squeeze(x) -> z", 7, [], "Squeeze(x) -> z"],
    ["Unsqueeze(x) -> z", 7, [ints("axes", [2])], "Unsqueeze(x, int64[1]:2) -> z"],
    [
      "ReduceSum(x) -> z",
      11,
      [ints("axes", [1]), int("keepdims", 0)],
      'ReduceSum(x, int64[1]:1) -> z {"keepdims":0}',
    ],
    ...REDUCTIONS.map(
      (name) =>
        [`Reduce${name}(x) -> z`, 17, [ints("axes", [1])], `Reduce${name}(x, int64[1]:1) -> z`] as const,
    ),
    [
      "Slice(x) -> z",
      9,
      [ints("starts", [1, -(2n ** 63n)]), ints("ends", [MAX, 2]), ints("axes", [0, 2])],
      "Slice(x, int64[2]:1 -2147483648, int64[2]:2147483647 2, int64[2]:0 2) -> z",
    ],
    ["Slice(x) -> z", 9, [ints("starts", [0]), ints("ends", [1])], "Slice(x, int64[1]:0, int64[1]:1) -> z"],
    ["Clip(x) -> z", 10, [float("min", 0), float("max", 6)], "Clip(x, float32[]:0, float32[]:6) -> z"],
    ["Clip(x) -> z", 10, [float("max", 6)], "Clip(x, _, float32[]:6) -> z"],
    ["Clip(x) -> z", 10, [], "Clip(x) -> z"],
    [
      "Pad(x) -> z",
      10,
      [ints("pads", [0, 1, 0, 1]), float("value", 0.5), string("mode", "constant")],
      'Pad(x, int64[4]:0 1 0 1, float32[]:0.5) -> z {"mode":"constant"}',
    ],
    ["TopK(x) -> z", 9, [int("k", 3)], "TopK(x, int64[1]:3) -> z"],
    ["Split(x) -> z", 12, [ints("split", [1, 2])], "Split(x, int64[2]:1 2) -> z"],
  ] as const)("%s of opset %i", (text, opset, attributes, expected) => {
    expect(one(text, opset, [...attributes])).toEqual([expected]);
  });

  it.each([
    ["Squeeze(x a) -> z", 13],
    ["Unsqueeze(x a) -> z", 13],
    ["ReduceSum(x a) -> z", 13],
    ["ReduceMean(x a) -> z", 18],
    ["TopK(x a) -> z", 10],
    ["Slice(x a a) -> z", 10],
    ["Split(x a) -> z", 13],
  ])("%s of opset %i has them already", (text, opset) => {
    const [shown] = one(text, opset, [], [integers("a", [1], [1])]);
    expect(shown).toBe(text.replaceAll(" a", ", int64[1]:1"));
  });
});

describe("Softmax, LogSoftmax and Hardmax before opset 13", () => {
  it.each(["Softmax", "LogSoftmax", "Hardmax"])("%s reads all axes from its own on as one row", (op) => {
    for (const [attributes, axis] of [
      [[int("axis", 2)], 2],
      [[], 1],
      [[int("axis", -2)], -2],
    ] as const) {
      expect(one(`${op}(x) -> z`, 12, [...attributes])).toEqual([
        `Flatten(x) -> z/flat {"axis":${axis}}`,
        `${op}(z/flat) -> z/rows {"axis":-1}`,
        "Shape(x) -> z/shape",
        "Reshape(z/rows, z/shape) -> z",
      ]);
    }
  });

  it("stay as they are for the last axis, and from opset 13 on", () => {
    expect(one("Softmax(x) -> z", 11, [int("axis", -1)])).toEqual(['Softmax(x) -> z {"axis":-1}']);
    expect(one("Softmax(x) -> z", 13, [int("axis", 1)])).toEqual(['Softmax(x) -> z {"axis":1}']);
  });
});

describe("Dropout", () => {
  it.each([7, 10])("of opset %i is Identity", (opset) => {
    expect(one("Dropout(x) -> z, m", opset, [float("ratio", 0.5)])).toEqual(["Identity(x) -> z"]);
  });

  it("of opset 12 is Identity if training_mode is a constant false, or absent", () => {
    const training = (on: number): Fields => attribute.tensor("value", bool("", on));
    const bool = (name: string, on: number) => integers(name, [], [on]);
    const file = (on: number) =>
      model({
        nodes: [node("Dropout(x r t) -> z m"), node("Constant() -> t", [training(on)])],
        constants: [tensor("r", [], [0.5])],
        inputs: [value("x", [1])],
        outputs: [value("z")],
      });
    expect(nodes(file(0))).toEqual(["Identity(x) -> z"]);
    expect([...readOnnx(file(0)).constants]).toEqual([]);
    expect(refusal(file(1))).toContain('node "Dropout z" (Dropout): training_mode is not a constant false');
    expect(one("Dropout(x) -> z", 13)).toEqual(["Identity(x) -> z"]);
    expect(refusal(oneNode("Dropout(x _ x) -> z", 13))).toContain("training_mode is not a constant false");
  });

  it("is refused if its mask is read", () => {
    const file = model({
      nodes: [node("Dropout(x) -> y m"), node("Where(m y x) -> z")],
      inputs: [value("x", [1])],
      outputs: [value("z")],
    });
    expect(refusal(file)).toContain('node "Dropout y" (Dropout): its mask is read, which only training has');
  });
});

describe("BatchNormalization", () => {
  const text = "BatchNormalization(x x x x x) -> z m v";
  it("loses what only training needs", () => {
    const expected = 'BatchNormalization(x, x, x, x, x) -> z {"epsilon":0.5}';
    const old = [float("epsilon", 0.5), int("spatial", 1)];
    expect(one(text, 7, old)).toEqual([expected]);
    expect(one(text, 15, [float("epsilon", 0.5)])).toEqual([expected]);
  });

  it("is refused in training mode, and if it is not spatial", () => {
    expect(refusal(oneNode(text, 15, [int("training_mode", 1)]))).toContain("training_mode is 1, expected 0");
    expect(refusal(oneNode(text, 7, [int("spatial", 0)]))).toContain("spatial is 0, expected 1");
    expect(refusal(oneNode(text.replace("z m", "m z"), 7))).toContain("its mean or variance is read");
  });
});

describe("Upsample and Resize", () => {
  const mode = (nearest: string) =>
    `{"mode":"nearest","coordinate_transformation_mode":"asymmetric","nearest_mode":"${nearest}"}`;
  const given = [string("mode", "nearest")];
  it("turn coordinates into others without an offset before opset 11", () => {
    expect(one("Upsample(x) -> z", 7, [...given, floats("scales", [1, 2])])).toEqual([
      `Resize(x, _, float32[2]:1 2) -> z ${mode("floor")}`,
    ]);
    expect(one("Upsample(x s) -> z", 9, given, [tensor("s", [2], [1, 2])])).toEqual([
      `Resize(x, _, float32[2]:1 2) -> z ${mode("floor")}`,
    ]);
    expect(one("Resize(x s) -> z", 10, given, [tensor("s", [2], [1, 0.5])])).toEqual([
      `Resize(x, _, float32[2]:1 0.5) -> z ${mode("ceil")}`,
    ]);
    expect(refusal(oneNode("Resize(x s) -> z", 10, given, [tensor("s", [2], [2, 0.5])]))).toContain(
      "makes some axes smaller and others larger",
    );
  });

  it("have no empty inputs", () => {
    const constants = [tensor("e", [0], []), integers("n", [1], [5])];
    expect(one("Resize(x e e n) -> z", 11, [], constants)).toEqual(["Resize(x, _, _, int64[1]:5) -> z"]);
  });
});

describe("Others", () => {
  it("Scatter has another name", () => {
    expect(one("Scatter(x x x) -> z", 9, [int("axis", 1)])).toEqual([
      'ScatterElements(x, x, x) -> z {"axis":1}',
    ]);
  });

  it("Split without sizes makes as many equal parts as it has outputs", () => {
    expect(one("Split(x) -> z _ b", 13, [int("axis", 1)])).toEqual([
      'Split(x) -> z, _, _ {"axis":1,"num_outputs":3}',
    ]);
    expect(one("Split(x) -> z", 18, [int("num_outputs", 4)])).toEqual(['Split(x) -> z {"num_outputs":4}']);
  });

  it("Cast to a type that is not read is refused", () => {
    expect(one("Cast(x) -> z", 9, [int("to", 7)])).toEqual(['Cast(x) -> z {"to":7}']);
    expect(refusal(oneNode("Cast(x) -> z", 9, [int("to", 8)]))).toContain(
      'node "Cast z" (Cast) has elements of type string',
    );
  });

  it("Scan of opset 8 and GroupNormalization of opset 18 are refused", () => {
    expect(refusal(oneNode("Scan(_ x) -> z", 8))).toContain("it has a batch axis of its own in opset 8");
    expect(refusal(oneNode("GroupNormalization(x x x) -> z", 18))).toContain("a scale for each group");
    expect(one("GroupNormalization(x x x) -> z", 21)).toHaveLength(1);
  });

  it("other domains are left alone, also if their operators have the same names", () => {
    const file = model(
      {
        nodes: [node("Squeeze(x) -> z", [ints("axes", [1])], [field.string(7, "com.microsoft")])],
        inputs: [value("x", [1])],
        outputs: [value("z")],
      },
      9,
    );
    expect(nodes(file)).toEqual(['com.microsoft.Squeeze(x) -> z {"axes":[1]}']);
  });

  it.each(["constructor", "__proto__", "toString"])("the operator %s is only a name", (op) => {
    expect(one(`${op}(x) -> z`, 7)).toEqual([`${op}(x) -> z`]);
  });
});
