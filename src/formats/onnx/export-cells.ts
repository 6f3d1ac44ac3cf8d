import { type Activation, type ActivationName, activationCode } from "../../autograd/activation.ts";
import type { CellWeights } from "../../autograd/cell-weights.ts";
import { UnrolledError } from "../../errors.ts";
import type { Attribute } from "../../graph/graph.ts";
import type { NetworkSpec } from "../../network/spec.ts";
import { show } from "../../schema.ts";

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

/** A cell as ONNX has it. */
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
function activationsOf({
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

function activationAttributes(spec: NetworkSpec) {
  const parameters: { alpha: number[]; beta: number[] } = { alpha: [], beta: [] };
  const names = activationsOf(spec).map((activation) => {
    const own = typeof activation === "string" ? activation : activation.name;
    const [name, count] = ACTIVATIONS[own] ?? refuse("activations", own, "ONNX's cells do not have");
    const { alpha, beta } = activationCode("exportOnnx", activation);
    if (count > 0) parameters.alpha.push(alpha);
    if (count > 1) parameters.beta.push(beta);
    return name;
  });
  return {
    activations: names,
    ...(parameters.alpha.length > 0 && { activation_alpha: parameters.alpha }),
    ...(parameters.beta.length > 0 && { activation_beta: parameters.beta }),
  };
}

/** Refuses a gate that is always open if a bias cannot open it. */
function checkOpen(spec: NetworkSpec, field: string, value: unknown): void {
  const plain = activationsOf(spec).every((f, i) => i % (spec.cell === "gru" ? 2 : 3) > 0 || f === "sigmoid");
  if (!plain || spec.gateClip) refuse(field, value, "ONNX says only with sigmoid gates and no gateClip");
}

/** Returns the cell of a spec in ONNX's terms. @throws ERR_VALUE if ONNX does not have it */
export function onnxCell(spec: NetworkSpec): OnnxCell {
  const { cell, hidden, bidirectional, gateClip, gateNorm, resetAfter, resetGate, forgetGate, peepholes } =
    spec;
  if (gateNorm === true) refuse("gateNorm", gateNorm, "ONNX's cells do not have; use gateNorm batch or norm");
  const attributes = {
    hidden_size: hidden,
    ...(bidirectional && { direction: "bidirectional" }),
    ...activationAttributes(spec),
    ...(gateClip && { clip: gateClip }),
  };
  if (cell === "rnn") return { op: "RNN", attributes, blocks: [0], missing: 0 };
  if (cell === "gru") {
    // ONNX: z, r, h. PyTorch: r, z, n; without a reset gate z, n.
    if (!resetGate) checkOpen(spec, "resetGate", resetGate);
    return {
      op: "GRU",
      attributes: { ...attributes, linear_before_reset: Number(resetAfter || !resetGate) },
      blocks: resetGate ? [1, 0, 2] : [0, undefined, 1],
      missing: OPEN,
    };
  }
  // ONNX: i, o, f, c, peepholes i, o, f. PyTorch: i, f, g, o, peepholes i, f, o.
  // ONNX Runtime does not limit the cell state on its way into h, as ONNX says (microsoft/onnxruntime 27224).
  if (gateClip) refuse("gateClip", gateClip, "ONNX Runtime's LSTM reads in another way; use an RNN or a GRU");
  if (peepholes === "previous") refuse("peepholes", peepholes, "ONNX's LSTM does not have");
  const own = forgetGate === "own";
  if (forgetGate === "none") checkOpen(spec, "forgetGate", forgetGate);
  return {
    op: "LSTM",
    attributes: { ...attributes, ...(forgetGate === "coupled" && { input_forget: 1 }) },
    blocks: own ? [0, 3, 1, 2] : [0, 2, undefined, 1],
    ...(peepholes && { peepholes: own ? [0, 2, 1] : [0, 1, undefined] }),
    missing: forgetGate === "none" ? OPEN : 0,
  };
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

/** Weights of one direction in ONNX's order: of the input, of the state, biases and peepholes. */
export function onnxWeights(
  { blocks, peepholes, missing }: OnnxCell,
  spec: NetworkSpec,
  weights: CellWeights,
  input: readonly number[],
) {
  const H = spec.hidden;
  const { weightIh, weightHh, biasIh, biasHh, peephole, inputNorm } = weights;
  let w: ArrayLike<number> = weightIh.data;
  let b: ArrayLike<number> | undefined = biasIh?.data;
  if (inputNorm) {
    // Batch normalisation in inference scales and shifts the products, in the order of the kernels' columns.
    const normal = inputNorm.scaleAndShift();
    const N = normal.length / 2;
    const I = weightIh.shape[1]!;
    const place = (row: number) => input[Math.floor(row / H)]! * H + (row % H);
    w = Float32Array.from(weightIh.data, (value, i) => value * normal[place(Math.floor(i / I))]!);
    b = Float32Array.from({ length: N }, (_, row) => normal[N + place(row)]! + (biasIh?.data[row] ?? 0));
  }
  return {
    W: ordered(w, H * weightIh.shape[1]!, blocks),
    R: ordered(weightHh.data, H * H, blocks),
    B: [ordered(b, H, blocks, missing), ordered(biasHh?.data, H, blocks)],
    P: peepholes && ordered(peephole?.data, H, peepholes),
  };
}
