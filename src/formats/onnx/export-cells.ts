import { type Activation, type ActivationName, activationCode } from "../../autograd/activation.ts";
import type { CellWeights } from "../../autograd/cell-weights.ts";
import type { Cell } from "../../autograd/cells.ts";
import { UnrolledError } from "../../errors.ts";
import type { Attribute } from "../../graph/graph.ts";
import type { NetworkSpec } from "../../network/spec.ts";
import { show } from "../../schema.ts";
import type { GraphBuilder } from "./graph-builder.ts";

/** Refuses a field of a spec. @throws ERR_VALUE, always */
export function refuse(field: string, value: unknown, reason: string): never {
  throw new UnrolledError("ERR_VALUE", `exportOnnx: ${field} is ${show(value)}, which ${reason}`);
}

/** ONNX's names of activations, and how many of alpha and beta each has. */
const ACTIVATIONS: Partial<Record<ActivationName, readonly [name: string, parameters: number]>> = {
  sigmoid: ["Sigmoid", 0],
  tanh: ["Tanh", 0],
  relu: ["Relu", 0],
  softsign: ["Softsign", 0],
  softplus: ["Softplus", 0],
  leakyRelu: ["LeakyRelu", 1],
  thresholdedRelu: ["ThresholdedRelu", 1],
  elu: ["Elu", 1],
  affine: ["Affine", 2],
  scaledTanh: ["ScaledTanh", 2],
  hardSigmoid: ["HardSigmoid", 2],
};

/** Bias of a gate that is always 1. In float32, 1 - sigmoid(100) is 0. */
const OPEN = 100;

/** A cell that ONNX has. */
export interface OnnxCell {
  readonly op: "RNN" | "GRU" | "LSTM";
  readonly attributes: Readonly<Record<string, Attribute>>;
  /** For each of ONNX's blocks of rows: the index of ours. Undefined: the cell has none, so the weights are 0. */
  readonly blocks: readonly (number | undefined)[];
  /** The same for peepholes; undefined if there are none. */
  readonly peepholes?: readonly (number | undefined)[];
  /** The bias of the blocks that the cell does not have. */
  readonly missing: number;
}

/** Returns the activations of each direction, in ONNX's order. */
export function activationsOf({
  cell,
  activations,
  nonlinearity,
  bidirectional,
}: NetworkSpec): readonly Activation[] {
  const standard: readonly Activation[] = {
    rnn: [nonlinearity],
    gru: ["sigmoid", "tanh"],
    lstm: ["sigmoid", "tanh", "tanh"],
  }[cell] as Activation[];
  const given = activations ?? standard;
  return bidirectional && given.length === standard.length ? [...given, ...given] : given;
}

const nameOf = (activation: Activation) => (typeof activation === "string" ? activation : activation.name);

/** Returns the attributes of activations; undefined if ONNX's cells do not have one of them. */
function activationAttributes(spec: NetworkSpec): OnnxCell["attributes"] | undefined {
  const own = activationsOf(spec);
  const found = own.map((activation) => ACTIVATIONS[nameOf(activation)]);
  if (found.includes(undefined)) return undefined;
  const parameters = (least: number, name: "alpha" | "beta") =>
    own
      .filter((_, i) => found[i]![1] >= least)
      .map((activation) => activationCode("exportOnnx", activation)[name]);
  const [alpha, beta] = [parameters(1, "alpha"), parameters(2, "beta")];
  return {
    activations: found.map((known) => known![0]),
    ...(alpha.length > 0 && { activation_alpha: alpha }),
    ...(beta.length > 0 && { activation_beta: beta }),
  };
}

/** Tells whether a bias can open a gate for good. */
const opensByBias = (spec: NetworkSpec) =>
  !spec.gateClip &&
  activationsOf(spec).every((f, i) => i % (spec.cell === "gru" ? 2 : 3) > 0 || f === "sigmoid");

/** Returns the cell of a spec in ONNX's terms; undefined if ONNX does not have it. */
export function onnxCell(spec: NetworkSpec): OnnxCell | undefined {
  const { cell, hidden, bidirectional, gateClip, gateNorm, resetAfter, resetGate, forgetGate, peepholes } =
    spec;
  const activations = activationAttributes(spec);
  if (gateNorm === true || !activations) return undefined;
  const attributes = {
    hidden_size: hidden,
    ...(bidirectional && { direction: "bidirectional" }),
    ...activations,
    ...(gateClip && { clip: gateClip }),
  };
  if (cell === "rnn") return { op: "RNN", attributes, blocks: [0], missing: 0 };
  if (cell === "gru") {
    // ONNX: z, r, h. PyTorch: r, z, n; without a reset gate z, n.
    if (!resetGate && !opensByBias(spec)) return undefined;
    return {
      op: "GRU",
      attributes: { ...attributes, linear_before_reset: Number(resetAfter || !resetGate) },
      blocks: resetGate ? [1, 0, 2] : [0, undefined, 1],
      missing: OPEN,
    };
  }
  // ONNX: i, o, f, c, peepholes i, o, f. PyTorch: i, f, g, o, peepholes i, f, o.
  // ONNX Runtime does not limit the cell state on its way into h, as ONNX says (microsoft/onnxruntime 27224).
  if (gateClip || peepholes === "previous") return undefined;
  const own = forgetGate === "own";
  if (forgetGate === "none" && !opensByBias(spec)) return undefined;
  return {
    op: "LSTM",
    attributes: { ...attributes, ...(forgetGate === "coupled" && { input_forget: 1 }) },
    blocks: own ? [0, 3, 1, 2] : [0, 2, undefined, 1],
    ...(peepholes && { peepholes: own ? [0, 2, 1] : [0, 1, undefined] }),
    missing: forgetGate === "none" ? OPEN : 0,
  };
}

/** Adds an activation as nodes of its own. */
export function addActivation(graph: GraphBuilder, activation: Activation, x: string): string {
  const { alpha, beta } = activationCode("exportOnnx", activation);
  const times = (value: string, by: number) => graph.add("Mul", [value, graph.number("factor", by)]);
  const name = nameOf(activation);
  if (name === "exp") return graph.add("Exp", [x]);
  if (name === "logSigmoid") return graph.add("Neg", [graph.add("Softplus", [graph.add("Neg", [x])])]);
  if (name === "affine") return graph.add("Add", [times(x, alpha), graph.number("shift", beta)]);
  if (name === "scaledTanh") return times(graph.add("Tanh", [times(x, beta)]), alpha);
  const [op, parameters] = ACTIVATIONS[name]!;
  return graph.add(op, [x], { ...(parameters > 0 && { alpha }), ...(parameters > 1 && { beta }) });
}

/** Puts blocks of `size` numbers into another order. Missing ones are `filler`. */
function ordered(
  numbers: ArrayLike<number> | undefined,
  size: number,
  order: readonly (number | undefined)[],
  filler = 0,
): Float32Array {
  const result = new Float32Array(order.length * size);
  order.forEach((block, i) => {
    for (let k = 0; k < size; k++)
      result[i * size + k] = block === undefined ? filler : (numbers?.[block * size + k] ?? 0);
  });
  return result;
}

/** Returns weights and bias of the input of one direction. Batch normalisation in inference is a part of them. */
export function inputWeights(
  { weightIh, biasIh, inputNorm }: CellWeights,
  { input }: Pick<Cell, "input">,
  H: number,
): { w: Float32Array; b: Float32Array | undefined } {
  const [w, b] = [weightIh.data as Float32Array, biasIh?.data as Float32Array | undefined];
  if (!inputNorm) return { w, b };
  // It scales and shifts the products, in the order of the kernels' columns.
  const normal = inputNorm.scaleAndShift();
  const N = normal.length / 2;
  const I = weightIh.shape[1]!;
  const place = (row: number) => input[Math.floor(row / H)]! * H + (row % H);
  return {
    w: w.map((value, i) => value * normal[place(Math.floor(i / I))]!),
    b: Float32Array.from({ length: N }, (_, row) => normal[N + place(row)]! + (b?.[row] ?? 0)),
  };
}

/** Weights of one direction in ONNX's order: of the input, of the state, biases and peepholes. */
export function onnxWeights(
  { blocks, peepholes, missing }: OnnxCell,
  H: number,
  weights: CellWeights,
  cell: Pick<Cell, "input">,
) {
  const { weightIh, weightHh, biasHh, peephole } = weights;
  const { w, b } = inputWeights(weights, cell, H);
  return {
    W: ordered(w, H * weightIh.shape[1]!, blocks),
    R: ordered(weightHh.data, H * H, blocks),
    B: [ordered(b, H, blocks, missing), ordered(biasHh?.data, H, blocks)],
    P: peepholes && ordered(peephole?.data, H, peepholes),
  };
}
