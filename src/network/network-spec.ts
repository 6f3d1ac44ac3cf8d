import type { Activation } from "../autograd/activation.ts";
import { type Cell, type ForgetGate, gruCells, lstmCells, resetOf, rnnCells } from "../autograd/cells.ts";
import { UnrolledError } from "../errors.ts";
import { CONNECTIONS, type Connections, connectedWidth } from "../nn/connections.ts";
import { NORM_KINDS, type NormKind } from "../nn/make-norm.ts";
import {
  type Field,
  finite,
  flag,
  fraction,
  listOf,
  numberFrom,
  oneOf,
  wholeFrom,
  wholeUpTo,
} from "../schema.ts";

/** A recurrent network and its head as plain JSON: what all tasks share. */
export interface NetworkSpec {
  readonly cell: "rnn" | "gru" | "lstm";
  /** Units in each layer. */
  readonly hidden: number;
  /** 1 to 100; made for 1 to 8. */
  readonly layers: number;
  /** Dropout on the output of every layer in training, 0 to below 1. */
  readonly dropout: number;
  /** Length of the vectors that stand for symbols; 0: one-hot vectors. */
  readonly embedding: number;
  /** rnn: the function of the cell. */
  readonly nonlinearity: "tanh" | "relu";
  /** rnn: starts with the identity as recurrent weight. */
  readonly identityStart: boolean;
  /** gru: the reset gate multiplies the product with the state (PyTorch), or the state before it (Cho et al. 2014). */
  readonly resetAfter: boolean;
  /** gru: false for the simplified GRU, which has none. */
  readonly resetGate: boolean;
  /** lstm: a forget gate of its own, 1 - input gate, or none (the LSTM of 1997). */
  readonly forgetGate: ForgetGate;
  /** lstm: gates see the memory cell. */
  readonly peepholes: boolean;
  /** lstm: bias_ih of the forget gate at the start. */
  readonly forgetBias: number;
  /** The cell's functions as ONNX lists them (`CellOptions`); null: its own. */
  readonly activations: readonly Activation[] | null;
  /** Limit of what goes into the cell's functions; 0: none. */
  readonly gateClip: number;
  /** Layer normalisation of each gate inside the cell (`CellOptions.gateNorm`). */
  readonly gateNorm: boolean;
  /** Each layer reads the sequence from both ends. */
  readonly bidirectional: boolean;
  /** How layers are joined. */
  readonly connections: Connections;
  /** Normalisation of each layer's output. */
  readonly norm: NormKind;
  /** Dropout on the input's features in training, 0 to below 1. */
  readonly inputDropout: number;
  /** Dropout keeps its mask for all steps of a sequence. */
  readonly variationalDropout: boolean;
  /** Units of each hidden layer between recurrent layers and output. */
  readonly head: readonly number[];
  /** After each hidden layer of the head. */
  readonly headActivation: "relu" | "tanh";
  /** The output layer's weight is the embedding's. */
  readonly tied: boolean;
}

export const DEFAULT_NETWORK: NetworkSpec = {
  cell: "lstm",
  hidden: 128,
  layers: 2,
  dropout: 0,
  embedding: 0,
  nonlinearity: "tanh",
  identityStart: false,
  resetAfter: true,
  resetGate: true,
  forgetGate: "own",
  peepholes: false,
  forgetBias: 1,
  activations: null,
  gateClip: 0,
  gateNorm: false,
  bidirectional: false,
  connections: "plain",
  norm: "none",
  inputDropout: 0,
  variationalDropout: false,
  head: [],
  headActivation: "relu",
  tied: false,
};

export const NETWORK_FIELDS: Record<keyof NetworkSpec, Field> = {
  cell: oneOf("rnn", "gru", "lstm"),
  hidden: wholeFrom(1),
  layers: wholeUpTo(100),
  dropout: fraction,
  embedding: wholeFrom(0),
  nonlinearity: oneOf("tanh", "relu"),
  identityStart: flag,
  resetAfter: flag,
  resetGate: flag,
  forgetGate: oneOf("own", "coupled", "none"),
  peepholes: flag,
  forgetBias: finite,
  activations: ["null or a list of activations", (value) => value === null || Array.isArray(value)],
  gateClip: numberFrom(0),
  gateNorm: flag,
  bidirectional: flag,
  connections: oneOf(...CONNECTIONS),
  norm: oneOf(...NORM_KINDS),
  inputDropout: fraction,
  variationalDropout: flag,
  head: listOf(wholeFrom(1)),
  headActivation: oneOf("relu", "tanh"),
  tied: flag,
};

/** The fields that every spec has. The others came later: where one is missing, it has its default. */
const FIRST = ["cell", "hidden", "layers", "dropout", "embedding"] as const;

export const NETWORK_DEFAULTS: Partial<NetworkSpec> = Object.fromEntries(
  Object.entries(DEFAULT_NETWORK).filter(([field]) => !FIRST.some((first) => first === field)),
);

/** Fields that one cell alone has. */
export const CELL_FIELDS: Partial<Record<keyof NetworkSpec, NetworkSpec["cell"]>> = {
  nonlinearity: "rnn",
  identityStart: "rnn",
  resetAfter: "gru",
  resetGate: "gru",
  forgetGate: "lstm",
  peepholes: "lstm",
  forgetBias: "lstm",
};

/** Whether a field has its default, which may be a list. */
export function isDefault(field: string, value: unknown, defaults: object = NETWORK_DEFAULTS): boolean {
  return Object.hasOwn(defaults, field) && String(value) === String(defaults[field as keyof typeof defaults]);
}

/**
 * Returns a spec as it is stored: without the fields that have their defaults.
 *
 * @param defaults fields that a file may lack, and the values that they then have
 */
export function storedSpec<T extends NetworkSpec>(spec: T, defaults: object): Partial<T> {
  const stored = Object.entries(spec).filter(([field, value]) => !isDefault(field, value, defaults));
  return Object.fromEntries(stored) as Partial<T>;
}

/** Features of the recurrent stack's output. */
export function stackWidth({ connections, layers, hidden, bidirectional }: NetworkSpec): number {
  return connectedWidth(connections, layers, hidden * (bidirectional ? 2 : 1));
}

/** The options of the cell's module. */
export function moduleOptions(spec: NetworkSpec) {
  const { cell, activations, gateClip, gateNorm, nonlinearity, identityStart, resetAfter, resetGate } = spec;
  const { forgetGate, peepholes, forgetBias } = spec;
  return {
    ...(cell === "rnn" && { nonlinearity, identityStart }),
    ...(cell === "gru" && { resetAfter, resetGate }),
    ...(cell === "lstm" && { forgetGate, peepholes, ...(forgetGate === "own" && { forgetBias }) }),
    ...(activations && { activations }),
    clip: gateClip,
    gateNorm,
  };
}

/** The cell of each direction. @throws ERR_VALUE for activations that are none, or too few */
function cellsOf(spec: NetworkSpec): Cell[] {
  const options = moduleOptions(spec);
  const directions = spec.bidirectional ? 2 : 1;
  if (spec.cell === "rnn") return rnnCells(directions, spec.nonlinearity, options);
  if (spec.cell === "gru") return gruCells(directions, resetOf(spec), options);
  return lstmCells(directions, spec.forgetGate, spec.peepholes, options);
}

/** @throws ERR_VALUE for fields that are right each by itself, but not together */
export function checkTogether<T extends NetworkSpec>(spec: T): T {
  const refuse = (problem: string): never => {
    throw new UnrolledError("ERR_VALUE", `spec: ${problem}`);
  };
  for (const [field, cell] of Object.entries(CELL_FIELDS)) {
    const value = spec[field as keyof NetworkSpec];
    if (cell === spec.cell || isDefault(field, value)) continue;
    refuse(`${field} is ${JSON.stringify(value)}, which only cell ${cell} has, but cell is ${spec.cell}`);
  }
  /** A field that has no meaning where `other` is what it is. */
  const needless = (field: keyof NetworkSpec, other: keyof NetworkSpec) => {
    if (isDefault(field, spec[field]) || isDefault(other, spec[other])) return;
    const [value, cause] = [field, other].map((name) => `${name} is ${JSON.stringify(spec[name])}`);
    refuse(`${value}, which has no meaning where ${cause}`);
  };
  needless("nonlinearity", "activations");
  needless("resetAfter", "resetGate");
  needless("forgetBias", "forgetGate");
  cellsOf(spec);
  if (spec.tied) {
    const width = spec.head.at(-1) ?? stackWidth(spec);
    if (!spec.embedding)
      refuse("tied is true, but embedding is 0: there is no embedding to tie the output to");
    if (width !== spec.embedding) {
      refuse(
        `tied is true, so embedding must be as wide as what the output layer reads: ${width}, not ${spec.embedding}`,
      );
    }
  }
  return spec;
}

/** As `checkTogether`, of a network that reads tokens. */
export function checkTokenNetwork<T extends NetworkSpec>(spec: T): T {
  if (spec.inputDropout && !spec.embedding) {
    throw new UnrolledError(
      "ERR_VALUE",
      `spec: inputDropout is ${spec.inputDropout}, but embedding is 0: one-hot vectors are not dropped; use an embedding`,
    );
  }
  return checkTogether(spec);
}

export interface NetworkSizes {
  /** Number of tokens, or of features. */
  readonly inputs: number;
  /** What the head gives at each step. */
  readonly outputs: number;
  /** Features that lie beside each embedding; default none. */
  readonly beside?: number;
  /** What the head reads, in widths of the recurrent stack; default 1. */
  readonly pooled?: number;
}

/** How many numbers a network's parameters are, without making it; see `Network`. */
export function countParameters(
  spec: NetworkSpec,
  { inputs, outputs, beside = 0, pooled = 1 }: NetworkSizes,
): number {
  const { hidden: H, layers, embedding, connections, norm, bidirectional, head, tied } = spec;
  const width = (bidirectional ? 2 : 1) * H;
  let count = inputs * embedding;
  for (let layer = 0; layer < layers; layer++) {
    const I = layer ? connectedWidth(connections, layer, width) : (embedding || inputs) + beside;
    for (const { gates, peepholes, norms } of cellsOf(spec)) {
      count += H * (gates * (I + H + 2) + peepholes + norms);
    }
    if (norm !== "none") count += 2 * width;
    if (layer && connections === "highway") count += width * (width + 1);
  }
  const sizes = [pooled * stackWidth(spec), ...head];
  head.forEach((units, i) => {
    count += units * (sizes[i]! + 1);
  });
  return count + outputs * ((tied ? 0 : sizes.at(-1)!) + 1);
}
