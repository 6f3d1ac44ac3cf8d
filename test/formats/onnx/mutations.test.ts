import fc from "fast-check";
import { expect, it } from "vitest";
import { UnrolledError } from "../../../src/errors.ts";
import { readOnnx } from "../../../src/formats/onnx/read.ts";
import { attribute, field, graph, integers, model, node, opset, tensor, value } from "./build.ts";

const branch = (name: string) =>
  attribute.graph(
    name,
    graph({
      nodes: [
        node("Softmax(h) -> s", [attribute.int("axis", 1)]),
        node("Clip(s) -> r", [attribute.float("min", 0)]),
      ],
      constants: [integers("n", [2], [1, -1])],
      outputs: [value("r", [null])],
    }),
  );

/** A file with most of what a file may have. */
const file = model(
  {
    nodes: [
      node("Constant() -> k", [attribute.floats("value_floats", [1, 2, 3])]),
      node("LSTM(x w w b) -> _ h", [
        attribute.int("hidden_size", 3),
        attribute.strings("activations", ["Tanh"]),
      ]),
      node("Dropout(h) -> d m"),
      node("F(d b) -> f", [attribute.float("alpha", 0.5)], [field.string(7, "my")]),
      node("Slice(f) -> g", [attribute.ints("starts", [0]), attribute.ints("ends", [2n ** 63n - 1n])]),
      node("If(c) -> i", [branch("then_branch"), branch("else_branch")]),
      node("Sum(g i k) -> y"),
    ],
    constants: [
      tensor("w", [2, 2], [1, 2, 3, 4]),
      integers("b", [1], [-5]),
      [field.string(8, "c"), field.int(2, 9), field.bytes(9, Uint8Array.of(1))],
      [field.string(8, "half"), field.int(2, 10), field.ints(1, [2]), field.ints(5, [1, 2])],
    ],
    inputs: [value("x", ["t", null, 2]), value("b", [1], 7)],
    outputs: [value("y", ["t"]), value("half", [2], 10)],
  },
  [opset(9), opset(1, "my")],
  [
    [
      ...[field.string(1, "F"), field.string(4, "a"), field.string(4, "b"), field.string(5, "r")],
      field.message(7, ...node("ReduceSum(a) -> r", [attribute.ints("axes", [0])])),
      ...[field.message(9, ...opset(11)), field.string(10, "my")],
    ],
  ],
);

it("the file is read", () => {
  expect(readOnnx(file).nodes.map(({ op }) => op)).toEqual([
    "LSTM",
    "Identity",
    "ReduceSum",
    "Slice",
    "If",
    "Sum",
  ]);
});

const refusedOrRead = (bytes: Uint8Array) => {
  try {
    readOnnx(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(UnrolledError);
    expect((error as UnrolledError).code).toBe("ERR_FORMAT");
  }
};

it("is read or refused at every length", () => {
  for (let length = 0; length < file.length; length++) refusedOrRead(file.slice(0, length));
});

it("is read or refused with each byte changed", () => {
  for (let at = 0; at < file.length; at++) {
    for (const byte of [0, 1, 0x7f, 0x80, 0xff, file[at]! ^ 1, file[at]! ^ 8, file[at]! ^ 2]) {
      const changed = file.slice();
      changed[at] = byte;
      refusedOrRead(changed);
    }
  }
});

it("is read or refused with random bytes changed, moved or left out", () => {
  const place = fc.nat(file.length - 1);
  const edit = fc.tuple(place, fc.nat(255), fc.constantFrom("set", "insert", "remove", "copy"), place);
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 6 }), (edits) => {
      const bytes = [...file];
      for (const [at, byte, kind, from] of edits) {
        if (kind === "set") bytes[at] = byte;
        else if (kind === "insert") bytes.splice(at, 0, byte);
        else if (kind === "remove") bytes.splice(at, 1);
        else bytes.splice(at, 4, ...bytes.slice(from, from + 4));
      }
      refusedOrRead(Uint8Array.from(bytes, (byte) => byte ?? 0));
    }),
    { numRuns: 3000 },
  );
});
