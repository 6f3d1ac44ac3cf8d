// Writes ONNX models of one recurrent layer, for ONNX Runtime.

import protobuf from "protobufjs";

/** The part of onnx.proto that such a model needs, with its names and numbers. */
const { root } = protobuf.parse(
  `
  syntax = "proto3";
  message Attribute { string name = 1; int64 i = 3; int32 type = 20; }
  message Dimension { int64 dim_value = 1; }
  message Shape { repeated Dimension dim = 1; }
  message TensorType { int32 elem_type = 1; Shape shape = 2; }
  message Type { TensorType tensor_type = 1; }
  message ValueInfo { string name = 1; Type type = 2; }
  message Tensor { repeated int64 dims = 1; int32 data_type = 2; string name = 8; bytes raw_data = 9; }
  message Node { repeated string input = 1; repeated string output = 2; string op_type = 4; repeated Attribute attribute = 5; }
  message Graph {
    repeated Node node = 1; string name = 2; repeated Tensor initializer = 5;
    repeated ValueInfo input = 11; repeated ValueInfo output = 12;
  }
  message OperatorSet { string domain = 1; int64 version = 2; }
  message Model { int64 ir_version = 1; string producer_name = 2; Graph graph = 7; repeated OperatorSet opset_import = 8; }
`,
  { keepCase: true },
);

const FLOAT = 1;
const ATTRIBUTE_INT = 2;

/** Indices of ONNX's gates (LSTM i, o, f, c; GRU z, r, h) in PyTorch's order (i, f, g, o; r, z, n). */
const GATES = { LSTM: [0, 3, 1, 2], GRU: [1, 0, 2] };

/** Reorders the rows of a tensor whose first axis is gates * hidden size to ONNX's order of gates. */
function reorder(type, data) {
  const gates = GATES[type];
  const block = data.length / gates.length;
  return Float32Array.from(
    { length: data.length },
    (_, i) => data[gates[Math.floor(i / block)] * block + (i % block)],
  );
}

function initializer(name, dims, data) {
  return {
    name,
    dims,
    data_type: FLOAT,
    raw_data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  };
}

function value(name, shape) {
  const dim = shape.map((dim_value) => ({ dim_value }));
  return { name, type: { tensor_type: { elem_type: FLOAT, shape: { dim } } } };
}

function integer(name, i) {
  return { name, i, type: ATTRIBUTE_INT };
}

/**
 * Makes a model of one step of one sequence: X [1, 1, I], initial_h and, for LSTM, initial_c [1, 1, H] -> Y_h and Y_c.
 *
 * @param type "LSTM" or "GRU"
 * @param state weight_ih_l0, weight_hh_l0, bias_ih_l0 and bias_hh_l0, each {shape, data}, as PyTorch has them
 * @returns the bytes of the model
 */
export function recurrentModel(type, state) {
  const [rows, H] = state.weight_hh_l0.shape;
  const I = state.weight_ih_l0.shape[1];
  const bias = new Float32Array([
    ...reorder(type, state.bias_ih_l0.data),
    ...reorder(type, state.bias_hh_l0.data),
  ]);
  const memory = type === "LSTM";
  const attribute = [integer("hidden_size", H), ...(memory ? [] : [integer("linear_before_reset", 1)])];
  const graph = {
    name: type,
    node: [
      {
        op_type: type,
        input: ["X", "W", "R", "B", "", "initial_h", ...(memory ? ["initial_c"] : [])],
        output: ["", "Y_h", ...(memory ? ["Y_c"] : [])],
        attribute,
      },
    ],
    initializer: [
      initializer("W", [1, rows, I], reorder(type, state.weight_ih_l0.data)),
      initializer("R", [1, rows, H], reorder(type, state.weight_hh_l0.data)),
      initializer("B", [1, 2 * rows], bias),
    ],
    input: [
      value("X", [1, 1, I]),
      value("initial_h", [1, 1, H]),
      ...(memory ? [value("initial_c", [1, 1, H])] : []),
    ],
    output: [value("Y_h", [1, 1, H]), ...(memory ? [value("Y_c", [1, 1, H])] : [])],
  };
  const Model = root.lookupType("Model");
  return Model.encode(
    Model.fromObject({
      ir_version: 8,
      producer_name: "unrolled-bench",
      graph,
      opset_import: [{ version: 14 }],
    }),
  ).finish();
}
