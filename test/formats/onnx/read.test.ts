import { describe, expect, it } from "vitest";
import { readOnnx } from "../../../src/formats/onnx/read.ts";
import { joined } from "../../../src/formats/onnx/write-protobuf.ts";
import type { Graph } from "../../../src/graph/graph.ts";
import {
  attribute,
  type Fields,
  field,
  graph,
  integers,
  model,
  node,
  opset,
  tensor,
  value,
} from "./build.ts";
import { refusal } from "./refusal.ts";

const { int, message, string } = field;

const shown = (graph: Graph) =>
  graph.nodes.map(({ op, inputs, outputs }) => `${op}(${inputs.join(" ")}) -> ${outputs.join(" ")}`);
const x = value("x", [1]);
const y = value("y", [1]);
/** A model that makes y of x. */
const made = (nodes: readonly (string | Fields)[], constants: Fields[] = [], functions: Fields[] = []) =>
  model(
    {
      nodes: nodes.map((given) => (typeof given === "string" ? node(given) : given)),
      ...{ constants, inputs: [x], outputs: [y] },
    },
    [opset(17), opset(1, "my")],
    functions,
  );
const nodes = (...given: (string | Fields)[]) => shown(readOnnx(made(given)));
const body = (parts: Parameters<typeof graph>[0], name = "body") => attribute.graph(name, graph(parts));

describe("inputs and outputs", () => {
  it("have names, types and shapes", () => {
    const { inputs, outputs } = readOnnx(
      model({
        nodes: [node("Identity(a) -> y")],
        inputs: [value("a", [2, "time", null, -1]), value("b", undefined, 7), value("c", [], 9)],
        outputs: [y, [string(1, "a")]],
      }),
    );
    expect(inputs).toEqual([
      { name: "a", dtype: "float32", shape: [2, "time", null, null] },
      { name: "b", dtype: "int64", shape: undefined },
      { name: "c", dtype: "bool", shape: [] },
    ]);
    expect(outputs).toEqual([
      { name: "y", dtype: "float32", shape: [1] },
      { name: "a", dtype: "float32", shape: undefined },
    ]);
  });

  it("are constants if they are initializers", () => {
    const file = model({
      nodes: [node("Add(x w) -> y")],
      constants: [tensor("w", [1], [2])],
      inputs: [x, value("w", [1])],
      outputs: [y, value("w", [1])],
    });
    const { inputs, constants, outputs } = readOnnx(file);
    expect(inputs.map(({ name }) => name)).toEqual(["x"]);
    expect([...constants.keys()]).toEqual(["w"]);
    expect(outputs[1]!.name).toBe("w");
  });

  it.each([
    ["sequence", message(2, message(4))],
    ["map", message(2, message(5))],
    ["sparse tensor", message(2, message(8))],
    ["optional", message(2, message(9))],
    ["unknown", message(2)],
  ])("of type %s are refused", (name, type) => {
    const text = `value "s" is of type ${name}, expected a tensor`;
    expect(refusal(model({ inputs: [[string(1, "s"), type]] }))).toContain(text);
  });

  it("of texts, without a type of elements, without a name and of one name are refused", () => {
    expect(refusal(model({ inputs: [value("s", [1], 8)] }))).toContain(
      'value "s" has elements of type string',
    );
    expect(refusal(model({ inputs: [value("s", [1], 0)] }))).toContain(
      'value "s" has elements of type undefined',
    );
    expect(refusal(model({ inputs: [value("", [1])] }))).toContain("input has no name");
    expect(refusal(model({ inputs: [x, x] }))).toContain('input "x": the graph has two values of this name');
    expect(refusal(model({ outputs: [y] }))).toContain('nothing makes the output "y"');
  });
});

describe("nodes", () => {
  it("have names, inputs, outputs and attributes", () => {
    const { float, ints, strings } = attribute;
    const given = [
      attribute.int("hidden_size", 3),
      float("clip", 0.5),
      attribute.string("direction", "reverse"),
      ints("axes", [1, -1]),
      attribute.floats("activation_alpha", [0.5]),
      strings("activations", ["Tanh", "Relu"]),
      attribute.tensor("value", tensor("", [1], [7])),
      [string(1, "zero"), int(20, 2)],
      [string(1, "none"), int(20, 7)],
    ];
    const file = made([node("LSTM(x _ x _ _) -> _ y h", given, [string(3, "first")]), "Relu(h) -> unread"]);
    const [lstm, ...others] = readOnnx(file).nodes;
    expect(others).toEqual([]);
    expect(lstm).toEqual({
      ...{ op: "LSTM", name: "first", inputs: ["x", "", "x"], outputs: ["", "y", ""] },
      attributes: {
        ...{ hidden_size: 3, clip: 0.5, direction: "reverse", axes: [1, -1], activation_alpha: [0.5] },
        activations: ["Tanh", "Relu"],
        value: { dtype: "float32", shape: [1], data: Float32Array.of(7) },
        ...{ zero: 0, none: [] },
      },
    });
  });

  it("without a name are called by their operator and first output", () => {
    expect(readOnnx(made(["Relu(x) -> y"])).nodes[0]!.name).toBe("Relu y");
  });

  it("keep the domain in their operator, unless it is ONNX's own", () => {
    expect(
      nodes(
        node("Relu(x) -> a", [], [string(7, "ai.onnx")]),
        node("F(a) -> y", [], [string(7, "ai.onnx.ml")]),
      ),
    ).toEqual(["Relu(x) -> a", "ai.onnx.ml.F(a) -> y"]);
  });

  it("stay in order, or are sorted", () => {
    expect(nodes("Relu(x) -> a", "Abs(x) -> b", "Add(a b) -> c", "Neg(c) -> y")).toEqual([
      ...["Relu(x) -> a", "Abs(x) -> b", "Add(a b) -> c", "Neg(c) -> y"],
    ]);
    const sorted = nodes("Neg(c) -> y", "Add(a b) -> c", "Abs(x) -> b", "Relu(x) -> a");
    expect(sorted).toEqual(["Abs(x) -> b", "Relu(x) -> a", "Add(a b) -> c", "Neg(c) -> y"]);
  });

  it("sort by what their bodies read", () => {
    const branch = (name: string) => body({ nodes: [node("Relu(a) -> r")], outputs: [value("r")] }, name);
    const given = node("If(x) -> y", [branch("then_branch"), branch("else_branch")]);
    expect(nodes(given, "Neg(x) -> a")).toEqual(["Neg(x) -> a", "If(x) -> y"]);
  });

  it("that nothing reads are left out, and what only they read", () => {
    const { nodes, constants } = readOnnx(
      made(["Relu(x) -> y", "Add(x w) -> a", "Abs(a) -> b"], [tensor("w", [1], [1])]),
    );
    expect(nodes).toHaveLength(1);
    expect([...constants]).toEqual([]);
  });

  it.each([
    ["a circle", ["Add(x b) -> a", "Relu(a) -> b", "Neg(b) -> y"], 'in a circle: "Add a", "Relu b", "Neg y"'],
    ["a missing input", ["Add(x q) -> y"], 'node "Add y" (Add) reads "q", which nothing makes'],
    [
      "two outputs of one name",
      ["Abs(x) -> y", "Neg(x) -> y"],
      'output "y": the graph has two values of this name',
    ],
    [
      "an output with the name of an input",
      ["Abs(x) -> x"],
      'output "x": the graph has two values of this name',
    ],
    ["an output with the name of a constant", ["Abs(x) -> w"], 'output "w": the graph has two values'],
    ["a missing operator", [node("_(x) -> y").filter((_, i) => i !== 2)], "has no operator"],
    [
      "an attribute twice",
      [node("F(x) -> y", [attribute.int("a", 1), attribute.int("a", 2)])],
      '"a" is there twice',
    ],
    [
      "a list of tensors",
      [node("F(x) -> y", [[string(1, "a"), int(20, 9)]])],
      '"a" is of type 9, or has no value',
    ],
    ["a tensor that is missing", [node("F(x) -> y", [[string(1, "a"), int(20, 4)]])], "or has no value"],
    [
      "a reference outside of a function",
      [node("F(x) -> y", [[string(1, "a"), string(21, "b")]])],
      "takes the value",
    ],
  ])("refuse %s", (_, nodes, text) => {
    expect(refusal(made(nodes, [tensor("w", [1], [1])]))).toContain(text);
  });

  it("are refused if their names are __proto__ and missing", () => {
    expect(
      nodes("Relu(x) -> __proto__", "Neg(__proto__) -> constructor", "Abs(constructor) -> y"),
    ).toHaveLength(3);
    expect(refusal(made(["Relu(toString) -> y"]))).toContain('reads "toString", which nothing makes');
  });
});

describe("Constant nodes", () => {
  it.each([
    [attribute.tensor("value", integers("", [1, 1], [3])), "int64", [1, 1], [3]],
    [attribute.float("value_float", 0.5), "float32", [], [0.5]],
    [attribute.floats("value_floats", [1, 2]), "float32", [2], [1, 2]],
    [attribute.int("value_int", 2n ** 63n - 1n), "int64", [], [2 ** 31 - 1]],
    [attribute.ints("value_ints", []), "int64", [0], []],
  ])("are constants", (given, dtype, shape, data) => {
    const { constants } = readOnnx(made([node("Constant() -> c", [given]), "Add(x c) -> y"]));
    expect(
      Array.from(constants, ([name, { data, ...more }]) => ({ name, ...more, data: [...data] })),
    ).toEqual([{ name: "c", dtype, shape, data }]);
  });

  it.each([
    [attribute.string("value_string", "a")],
    [attribute.strings("value_strings", ["1"])],
    [[string(1, "sparse_value"), int(20, 11)]],
    [attribute.string("value_ints", "12")],
    [body({}, "value_floats")],
    [attribute.int("value_int", 2 ** 40)],
  ])("of texts and others are refused (%#)", (given) => {
    expect(refusal(made([node("Constant() -> c", [given]), "Add(x c) -> y"]))).toContain(
      'node "Constant c" (Constant)',
    );
  });
});

describe("bodies", () => {
  it("see the names around them, and get names of their own", () => {
    const inner = body({ nodes: [node("Add(i a) -> r")], inputs: [value("i", [])], outputs: [value("r")] });
    const outer = body({
      nodes: [node("Neg(i) -> a"), node("Loop(i) -> r", [inner])],
      constants: [tensor("w", [], [1])],
      inputs: [[string(1, "i")]],
      outputs: [[string(1, "r")], value("w", [])],
    });
    const graph = readOnnx(made(["Abs(x) -> a", node("Loop(a) -> y", [outer]), "Relu(x) -> r"]));
    expect(shown(graph)).toEqual(["Abs(x) -> a", "Loop(a) -> y"]);
    const first = graph.nodes[1]!.attributes.body as Graph;
    expect(first.inputs).toEqual([{ name: "i", dtype: "float32", shape: undefined }]);
    expect(first.outputs.map(({ name }) => name)).toEqual(["r_1", "w"]);
    expect([...first.constants.keys()]).toEqual(["w"]);
    expect(shown(first)).toEqual(["Neg(i) -> a_1", "Loop(i) -> r_1"]);
    const second = first.nodes[1]!.attributes.body as Graph;
    expect(second.inputs[0]!.name).toBe("i_1");
    expect(shown(second)).toEqual(["Add(i_1 a_1) -> r_2"]);
  });

  it("must make their outputs, and read what is there", () => {
    const wrong = (parts: Parameters<typeof body>[0]) => refusal(made([node("Loop(x) -> y", [body(parts)])]));
    expect(wrong({ outputs: [value("x")] })).toContain('nothing makes the output "x"');
    expect(wrong({ nodes: [node("Relu(q) -> r")] })).toContain('node "Relu r" (Relu) reads "q"');
    expect(wrong({ inputs: [[string(1, "s"), message(2, message(4))]] })).toContain(
      '"s" is of type sequence',
    );
  });
});

describe("functions", () => {
  const named = (
    name: string,
    inputs: string,
    outputs: string,
    nodes: Fields[],
    more: Fields = [],
  ): Fields => [
    string(1, name),
    ...inputs.split(" ").map((name) => string(4, name)),
    ...outputs.split(" ").map((name) => string(5, name)),
    ...nodes.map((node) => message(7, ...node)),
    message(9, ...opset(9)),
    message(9, ...opset(1, "my")),
    string(10, "my"),
    ...more,
  ];
  const my = (text: string, attributes: Fields[] = [], more: Fields = []) =>
    node(text, attributes, [string(7, "my"), ...more]);

  it("are written out, by the opset that they name", () => {
    const squeeze = node("Squeeze(b) -> c", [attribute.ints("axes", [1])]);
    const f = named("F", "a w", "c", [node("Add(a w) -> b"), squeeze]);
    const graph = readOnnx(made([my("F(x x) -> t", [], [string(3, "f")]), my("F(t x) -> y")], [], [f]));
    expect(shown(graph)).toEqual([
      "Add(x x) -> f/b",
      "Squeeze(f/b t/axes) -> t",
      "Add(t x) -> my.F y/b",
      "Squeeze(my.F y/b y/axes) -> y",
    ]);
    expect([...graph.constants.keys()].sort()).toEqual(["t/axes", "y/axes"]);
  });

  it("have absent inputs and outputs, and inputs that are outputs", () => {
    const f = named("F", "a b c", "b d a", [node("Clip(a b c) -> d"), node("Relu(d) -> e")]);
    expect(shown(readOnnx(made([my("F(x x) -> y d t")], [], [f])))).toEqual(["Identity(x) -> y"]);
    expect(shown(readOnnx(made([my("F(x _ x) -> _ y t")], [], [f])))).toEqual(["Clip(x  x) -> y"]);
    expect(refusal(made([my("F(x) -> y")], [], [f]))).toContain('nothing in its function makes "b"');
  });

  it("have attributes with defaults, also in bodies and in calls", () => {
    const ref = (name: string, of: string, type: number): Fields => [
      string(1, name),
      string(21, of),
      int(20, type),
    ];
    const inner = named("G", "a", "b", [node("LeakyRelu(a) -> b", [ref("alpha", "slope", 1)])]);
    const loop = body({
      nodes: [my("G(i) -> r", [ref("slope", "s", 1)])],
      inputs: [value("i", [])],
      outputs: [value("r")],
    });
    const outer = named(
      "F",
      "a",
      "b",
      [node("Loop(a) -> b", [loop, ref("absent", "nothing", 2)])],
      [message(11, ...attribute.float("s", 0.25))],
    );
    const slope = (given: Fields[]) => {
      const [node] = readOnnx(made([my("F(x) -> y", given)], [], [inner, outer])).nodes;
      expect(Object.keys(node!.attributes)).toEqual(["body"]);
      return (node!.attributes.body as Graph).nodes[0]!.attributes;
    };
    expect(slope([])).toEqual({ alpha: 0.25 });
    expect(slope([attribute.float("s", 0.5)])).toEqual({ alpha: 0.5 });
  });

  it("share their constants", () => {
    const w = node("Constant() -> w", [attribute.tensor("value", tensor("", [100], Array(100).fill(1)))]);
    const f = named("F", "a", "c", [w, node("Add(a w) -> c")]);
    const { constants } = readOnnx(made([my("F(x) -> t"), my("F(t) -> y")], [], [f]));
    expect(constants.size).toBe(2);
    expect(new Set(constants.values()).size).toBe(1);
  });

  it("do not take graphs, and count what they repeat", () => {
    const given = named("F", "a", "c", [
      node("Loop(a) -> c", [[string(1, "body"), string(21, "g"), int(20, 5)]]),
    ]);
    expect(refusal(made([my("F(x) -> y", [body({}, "g")])], [], [given]))).toContain(
      '"body" is a graph from outside',
    );
    const long = named("F", "a", "c", [node("Slice(a) -> c", [attribute.ints("axes", Array(5e4).fill(0))])]);
    expect(readOnnx(made([my("F(x) -> y")], [], [long])).nodes).toHaveLength(1);
    expect(refusal(made([my("F(x) -> a"), my("F(a) -> y")], [], [long]))).toContain("more than 65536 nodes");
  });

  it("differ by domain and overload", () => {
    const f = named("Relu", "a", "c", [node("Neg(a) -> c")], [string(13, "v2")]);
    expect(nodes(my("Relu(x) -> y"))).toEqual(["my.Relu(x) -> y"]);
    expect(shown(readOnnx(made([my("Relu(x) -> y")], [], [f])))).toEqual(["my.Relu(x) -> y"]);
    expect(shown(readOnnx(made([my("Relu(x) -> y", [], [string(8, "v2")])], [], [f])))).toEqual([
      "Neg(x) -> y",
    ]);
    expect(refusal(made(["Relu(x) -> y"], [], [f, f]))).toContain('the function "Relu" is there twice');
  });

  it("do not see names outside, and are refused if they call themselves or become too many nodes", () => {
    const wrong = (nodes: Fields[], call = "F(x) -> y") =>
      refusal(made([my(call)], [], [named("F", "a", "c", nodes)]));
    expect(wrong([node("Relu(x) -> c")])).toContain('node "Relu c" (Relu) reads "x", which nothing makes');
    expect(wrong([my("F(a) -> c")])).toContain("functions call each other more than 64 deep");
    expect(wrong([node("Relu(a) -> c")], "F(x x) -> y")).toContain(
      "more inputs or outputs than its function",
    );
    expect(wrong([node("Relu(a) -> c"), node("Relu(a) -> a")])).toContain(
      'output "a": the graph has two values',
    );
    const doubling = Array.from({ length: 40 }, (_, i) =>
      named(`F${i}`, "a", "c", [my(`F${i + 1}(a) -> b`), my(`F${i + 1}(b) -> c`)]),
    );
    expect(refusal(made([my("F0(x) -> y")], [], doubling))).toContain("more than 65536 nodes");
  });
});

describe("files", () => {
  it("need a graph, an opset and the bytes", () => {
    expect(refusal(new Uint8Array())).toContain("the file has no graph");
    expect(refusal(model({ nodes: [node("Relu(x) -> y")], inputs: [x], outputs: [y] }, []))).toContain(
      'node "Relu y" (Relu): the model names no opset',
    );
    const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0";
    expect(refusal(new TextEncoder().encode(pointer))).toContain(
      "this is a pointer of Git LFS, not the model",
    );
    expect(refusal(new TextEncoder().encode("<html>"))).toContain("not an ONNX model, or damaged");
    expect(() => readOnnx("model.onnx" as never)).toThrow(expect.objectContaining({ code: "ERR_VALUE" }));
  });

  it.each([
    [6, "the model is of opset 6, expected 7 to 28; convert it with onnx.version_converter"],
    [29, "the model is of opset 29, expected 7 to 28"],
  ])("of opset %i are refused", (version, text) => {
    expect(refusal(model({}, version))).toContain(text);
    expect(readOnnx(model({}, version === 6 ? 7 : 28)).nodes).toEqual([]);
  });

  it("with sparse initializers are refused", () => {
    expect(refusal(joined(message(7, message(15))))).toContain("sparse initializers");
  });
});
