import { describe, expect, it } from "vitest";
import { readOnnx } from "../../../src/formats/onnx/read.ts";
import { writeOnnx } from "../../../src/formats/onnx/write.ts";
import type { ElementType, Graph, Value } from "../../../src/graph/graph.ts";

const constant = (dtype: ElementType, ...numbers: number[]): Value => ({
  dtype,
  shape: [1, numbers.length],
  data: (dtype.startsWith("float") ? Float32Array : Int32Array).from(numbers),
});

const body: Graph = {
  inputs: [{ name: "i", dtype: "int64", shape: [] }],
  outputs: [{ name: "r", dtype: "bool", shape: undefined }],
  constants: new Map([["one", constant("int64", 1)]]),
  nodes: [{ op: "Equal", name: "equal", inputs: ["i", "one"], outputs: ["r"], attributes: {} }],
};

const graph: Graph = {
  inputs: [{ name: "x", dtype: "float32", shape: ["time", 2, null] }],
  outputs: [{ name: "y", dtype: "float32", shape: [1] }],
  constants: new Map([
    ["floats", constant("float32", 1.5, -2)],
    ["doubles", constant("float64", 0.5)],
    ["longs", constant("int64", -1, 2 ** 31 - 1)],
    ["unsigned", constant("uint64", 0, 7)],
    ["ints", constant("int32", -5)],
    ["shorts", constant("int16", -300)],
    ["bytes", constant("uint8", 255)],
    ["signed", constant("int8", -128)],
    ["bools", constant("bool", 1, 0)],
  ]),
  nodes: [
    {
      op: "com.microsoft.Anything",
      name: "node",
      inputs: [
        "x",
        "",
        "floats",
        "doubles",
        "longs",
        "unsigned",
        "ints",
        "shorts",
        "bytes",
        "signed",
        "bools",
      ],
      outputs: ["", "y"],
      attributes: {
        ...{ alpha: 1, hidden_size: -3, text: "é", clip: 0.5, activation_alpha: [1, 2] },
        ...{ axes: [-1, 2 ** 40], names: ["a", ""], value: constant("float32", 3), body },
      },
    },
  ],
};

describe("writeOnnx", () => {
  it("writes what readOnnx reads", () => {
    const read = readOnnx(writeOnnx(graph));
    expect({ ...read, constants: [...read.constants] }).toEqual({
      ...graph,
      constants: [...graph.constants],
      nodes: [{ ...graph.nodes[0], attributes: { ...graph.nodes[0]!.attributes } }],
    });
  });

  it("gives nodes of one name different ones", () => {
    const node = { op: "Abs", name: "same", attributes: {} };
    const nodes = [
      { ...node, inputs: ["x"], outputs: ["a"] },
      { ...node, inputs: ["a"], outputs: ["y"] },
    ];
    const read = readOnnx(writeOnnx({ ...graph, constants: new Map(), nodes }));
    expect(read.nodes.map(({ name }) => name)).toEqual(["same", "same_1"]);
  });

  it("writes the opset", () => {
    const squeeze = { op: "Squeeze", name: "", inputs: ["x"], outputs: ["y"], attributes: { axes: [1] } };
    const write = (opset: number) =>
      readOnnx(writeOnnx({ ...graph, constants: new Map(), nodes: [squeeze] }, { opset }));
    expect([...write(12).constants.values()]).toEqual([
      { dtype: "int64", shape: [1], data: Int32Array.of(1) },
    ]);
    expect([...write(13).constants.values()]).toEqual([]);
  });

  it("refuses constants of 16-bit floats", () => {
    const constants = new Map([["h", constant("float16", 1)]]);
    expect(() => writeOnnx({ ...graph, constants })).toThrow(
      expect.objectContaining({
        code: "ERR_DTYPE",
        message: 'ONNX: constant "h" is of float16, which is not written',
      }),
    );
  });
});
