import type { Graph, GraphNode, Value, ValueInfo } from "../../graph/graph.ts";
import { addOperators } from "../../graph/known-operators.ts";
import { OPERATORS } from "../../graph/operators/index.ts";
import {
  BLOCKS,
  endingsOf,
  findEmbedding,
  findLinear,
  findRecurrent,
  type State,
  weightOf,
} from "./find-weights.ts";
import { checkSpec, type TorchSpec } from "./spec.ts";

/** The blocks of weights in ONNX's order (i, o, f, c and z, r, h), by their places in PyTorch's (i, f, g, o and r, z, n). */
const ORDER = { LSTM: [0, 3, 1, 2], GRU: [1, 0, 2], RNN: [0] } as const;

const floats = (shape: readonly number[], data: Float32Array): Value => ({ dtype: "float32", shape, data });

/**
 * Makes a graph of a state_dict: embedding, recurrent layers, linear layer.
 *
 * The input is `ids`, [B, T] int64, or `x`, [B, T, features], without an embedding. The output is `y`, [B, T, out].
 *
 * @param state the weights by name
 * @param spec what the names and shapes do not say
 * @throws ERR_VALUE if the spec is invalid; ERR_FORMAT if weights are missing or have other shapes
 */
export function torchGraph(state: State, spec: TorchSpec): Graph {
  addOperators(OPERATORS);
  const full = checkSpec(spec);
  const { cell, hidden, layers, bidirectional, embedding, out, batchFirst, states } = full;
  const directions = bidirectional ? 2 : 1;
  const width = directions * hidden;
  const rows = BLOCKS[cell] * hidden;
  const prefix = findRecurrent(state, full);
  const features = embedding?.[1] ?? full.features ?? state[`${prefix}weight_ih_l0`]!.shape[1]!;
  const constants = new Map<string, Value>();
  const nodes: GraphNode[] = [];
  const keep = (name: string, value: Value) => {
    constants.set(name, value);
    return name;
  };
  const keepNumbers = (...data: readonly number[]) =>
    keep(`n${data}`, { dtype: "int64", shape: [data.length], data: Int32Array.from(data) });
  const addAll = (
    op: string,
    inputs: string[],
    outputs: string[],
    attributes: GraphNode["attributes"] = {},
  ) => {
    nodes.push({ op, name: outputs[0]!, inputs, outputs, attributes });
    return outputs[0]!;
  };
  const add = (op: string, inputs: string[], output: string, attributes?: GraphNode["attributes"]) =>
    addAll(op, inputs, [output], attributes);
  const swap = (x: string, to: string) => (batchFirst ? add("Transpose", [x], to, { perm: [1, 0, 2] }) : x);

  /** Keeps the weights of a layer: for each direction the parts, whose blocks of rows are put into ONNX's order. */
  const keepWeights = (
    name: string,
    endings: readonly string[],
    parts: readonly string[],
    columns?: number,
  ) => {
    const shape = columns ? [rows, columns] : [rows];
    const data = endings.flatMap((ending) =>
      parts.flatMap((part) => {
        const own = weightOf(state, prefix + part + ending, ...shape);
        const size = own.length / BLOCKS[cell];
        return ORDER[cell].map((block) => own.subarray(block * size, (block + 1) * size));
      }),
    );
    const joined = new Float32Array(directions * parts.length * rows * (columns ?? 1));
    for (const [i, block] of data.entries()) joined.set(block, i * block.length);
    const all = columns ? shape : [parts.length * rows];
    return keep(name, floats([directions, ...all], joined));
  };

  const axes = batchFirst ? ["batch", "time"] : ["time", "batch"];
  const table = embedding ? findEmbedding(state, full, ...embedding) : "";
  let x = "x";
  if (embedding) {
    const value = floats(embedding, weightOf(state, table, ...embedding));
    x = add("Gather", [keep("embedding", value), "ids"], "embedded", { axis: 0 });
  }
  const inputs: ValueInfo[] = [
    embedding
      ? { name: "ids", dtype: "int64", shape: axes }
      : { name: "x", dtype: "float32", shape: [...axes, features] },
  ];
  x = swap(x, "steps");
  const endings = endingsOf(full);
  const kinds = !states ? [] : cell === "LSTM" ? ["h", "c"] : ["h"];
  for (let layer = 0; layer < layers; layer++) {
    const begin = layer * directions;
    const own = endings.slice(begin, begin + directions);
    const initial = kinds.map((kind) =>
      add(
        "Slice",
        [`${kind}0`, keepNumbers(begin), keepNumbers(begin + directions), keepNumbers(0)],
        `${kind}0_${layer}`,
      ),
    );
    const weights = [
      keepWeights(`W${layer}`, own, ["weight_ih"], layer ? width : features),
      keepWeights(`R${layer}`, own, ["weight_hh"], hidden),
      (full.bias ?? `${prefix}bias_ih_l0` in state)
        ? keepWeights(`B${layer}`, own, ["bias_ih", "bias_hh"])
        : "",
    ];
    const outputs = [`y${layer}`, ...kinds.map((kind) => `${kind}n_${layer}`)];
    const y = addAll(cell, [x, ...weights, ...(states ? ["", ...initial] : [])], outputs, {
      hidden_size: hidden,
      direction: bidirectional ? "bidirectional" : "forward",
      ...(cell === "GRU" && { linear_before_reset: 1 }),
      ...(full.nonlinearity === "relu" && { activations: own.map(() => "Relu") }),
    });
    // [T, directions, B, H] to [T, B, directions * H]
    const turned = add("Transpose", [y], `turned${layer}`, { perm: [0, 2, 1, 3] });
    x = add("Reshape", [turned, keepNumbers(0, 0, width)], `x${layer + 1}`);
  }
  x = swap(x, "sequence");
  if (out) {
    const name = findLinear(state, full, out, width, table);
    const weight = keep("weight", floats([out, width], weightOf(state, `${name}weight`, out, width)));
    x = add("MatMul", [x, add("Transpose", [weight], "transposed", { perm: [1, 0] })], "product");
    const bias = state[`${name}bias`];
    if (bias) x = add("Add", [x, keep("bias", floats([out], weightOf(state, `${name}bias`, out)))], "sum");
  }
  add("Identity", [x], "y");
  const outputs: ValueInfo[] = [{ name: "y", dtype: "float32", shape: [...axes, out ?? width] }];
  for (const kind of kinds) {
    const parts = Array.from({ length: layers }, (_, layer) => `${kind}n_${layer}`);
    add("Concat", parts, `${kind}n`, { axis: 0 });
    const shape = [layers * directions, "batch", hidden];
    inputs.push({ name: `${kind}0`, dtype: "float32", shape });
    outputs.push({ name: `${kind}n`, dtype: "float32", shape });
  }
  return { inputs, outputs, constants, nodes };
}
