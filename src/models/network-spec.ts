import { UnrolledError } from "../errors.ts";
import { CONNECTIONS, type Connections, connectedWidth } from "../nn/connections.ts";
import { NORM_KINDS, type NormKind } from "../nn/make-norm.ts";
import { type Field, flag, fraction, listOf, oneOf, wholeFrom, wholeUpTo } from "./fields.ts";

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
  /** gru: the reset gate multiplies the product with the state (PyTorch), or the state before it (Cho et al. 2014). */
  readonly resetAfter: boolean;
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
  resetAfter: true,
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
  resetAfter: flag,
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
const CELL_FIELDS: Partial<Record<keyof NetworkSpec, NetworkSpec["cell"]>> = {
  nonlinearity: "rnn",
  resetAfter: "gru",
};

/** Whether a field has its default, which may be a list. */
function isDefault(field: string, value: unknown): boolean {
  return String(value) === String(NETWORK_DEFAULTS[field as keyof NetworkSpec]);
}

/** A spec as it is stored: without the fields that have their defaults, but for those that every spec has. */
export function storedSpec<T extends NetworkSpec>(spec: T): Partial<T> {
  const stored = Object.entries(spec).filter(
    ([field, value]) => !Object.hasOwn(NETWORK_DEFAULTS, field) || !isDefault(field, value),
  );
  return Object.fromEntries(stored) as Partial<T>;
}

/** Features of the recurrent stack's output. */
export function stackWidth({ connections, layers, hidden, bidirectional }: NetworkSpec): number {
  return connectedWidth(connections, layers, hidden * (bidirectional ? 2 : 1));
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

/** Blocks of H rows in a cell's weights. */
const GATES = { rnn: 1, gru: 3, lstm: 4 };

/** How many numbers a network's parameters are, without making it; see `Network` for `inputs` and `outputs`. */
export function countParameters(spec: NetworkSpec, inputs: number, outputs: number): number {
  const { cell, hidden: H, layers, embedding, connections, norm, bidirectional, head, tied } = spec;
  const directions = bidirectional ? 2 : 1;
  const width = directions * H;
  let count = inputs * embedding;
  for (let layer = 0; layer < layers; layer++) {
    const I = layer ? connectedWidth(connections, layer, width) : embedding || inputs;
    count += directions * GATES[cell] * H * (I + H + 2);
    if (norm !== "none") count += 2 * width;
    if (layer && connections === "highway") count += width * (width + 1);
  }
  const sizes = [stackWidth(spec), ...head];
  head.forEach((units, i) => {
    count += units * (sizes[i]! + 1);
  });
  return count + outputs * ((tied ? 0 : sizes.at(-1)!) + 1);
}
