import type { Activation } from "../autograd/activation.ts";
import { CELLS, type Cell } from "../autograd/cells.ts";
import { CONNECTIONS, connectedWidth } from "../nn/connections.ts";
import { NORM_KINDS } from "../nn/make-norm.ts";
import {
  type Defaulted,
  type Field,
  flag,
  fraction,
  type Infer,
  listOf,
  number,
  numberFrom,
  object,
  oneOf,
  type Refuse,
  rule,
  whole,
} from "../schema.ts";

/** Files always have these fields; the others came later, so a file has them if they differ from their defaults. */
const FIRST = { file: "required" } as const;

/**
 * The fields of `NetworkSpec`. The schemas of the tasks are functions: so a bundler drops those that a page does not use.
 */
export const networkSchema = object({
  cell: oneOf(Object.keys(CELLS) as (keyof typeof CELLS)[]).default("lstm", FIRST),
  /** Units in each layer. */
  hidden: whole(1).default(128, FIRST),
  /** 1 to 100; made for 1 to 8. */
  layers: whole(1, 100).default(2, FIRST),
  /** Dropout on the output of every layer in training, 0 to below 1. */
  dropout: fraction().default(0, FIRST),
  /** Length of the vectors that stand for symbols; 0: one-hot vectors. */
  embedding: whole().default(0, FIRST),
  /** rnn: the function of the cell. */
  nonlinearity: oneOf(["tanh", "relu"]).default("tanh", { only: { cell: "rnn" } }),
  /** rnn: starts with the identity as recurrent weight. */
  identityStart: flag().default(false, { only: { cell: "rnn" } }),
  /** gru: the reset gate multiplies the product with the state (PyTorch), or the state before it (Cho et al. 2014). */
  resetAfter: flag().default(true, { only: { cell: "gru" } }),
  /** gru: false for the simplified GRU, which has none. */
  resetGate: flag().default(true, { only: { cell: "gru" } }),
  /** lstm: a forget gate of its own, 1 - input gate, or none (the LSTM of 1997). */
  forgetGate: oneOf(["own", "coupled", "none"]).default("own", { only: { cell: "lstm" } }),
  /** lstm: gates see the memory cell. */
  peepholes: flag().default(false, { only: { cell: "lstm" } }),
  /** lstm: bias_ih of the forget gate at the start. */
  forgetBias: number().default(1, { only: { cell: "lstm" } }),
  /** The cell's functions as ONNX lists them (`CellOptions`); null: its own. */
  activations: rule<readonly Activation[] | null>(
    "null or a list of activations",
    (value) => value === null || Array.isArray(value),
  ).default(null),
  /** Limit of what goes into the cell's functions; 0: none. */
  gateClip: numberFrom(0).default(0),
  /** Layer normalisation of each gate inside the cell (`CellOptions.gateNorm`). */
  gateNorm: flag().default(false),
  /** Each layer reads the sequence from both ends. */
  bidirectional: flag().default(false),
  /** How layers are joined. */
  connections: oneOf(CONNECTIONS).default("plain"),
  /** Normalisation of each layer's output. */
  norm: oneOf(NORM_KINDS).default("none"),
  /** Dropout on the input's features in training, 0 to below 1. */
  inputDropout: fraction().default(0),
  /** Dropout keeps its mask for all steps of a sequence. */
  variationalDropout: flag().default(false),
  /** Units of each hidden layer between recurrent layers and output. */
  head: listOf(whole(1)).default([]),
  /** After each hidden layer of the head. */
  headActivation: oneOf(["relu", "tanh"]).default("relu"),
  /** The output layer's weight is the embedding's. */
  tied: flag().default(false),
});

/** A recurrent network and its head as plain JSON: what all tasks share. */
export interface NetworkSpec extends Infer<typeof networkSchema> {}

/** Features of the recurrent stack's output. */
export function stackWidth({ connections, layers, hidden, bidirectional }: NetworkSpec): number {
  return connectedWidth(connections, layers, hidden * (bidirectional ? 2 : 1));
}

/** The options of the cell's module. */
export function moduleOptions(spec: NetworkSpec) {
  const { cell, activations, gateClip, gateNorm, forgetGate } = spec;
  const own = Object.entries<Field<unknown> & Pick<Defaulted<unknown>, "only">>(networkSchema.fields).filter(
    ([field, { only }]) => only?.cell === cell && !(field === "forgetBias" && forgetGate !== "own"),
  );
  return {
    ...Object.fromEntries(own.map(([field]) => [field, spec[field as keyof NetworkSpec]])),
    ...(activations && { activations }),
    clip: gateClip,
    gateNorm,
  };
}

/** The cell of each direction. @throws ERR_VALUE for activations that are none, or too few */
function cellsOf(spec: NetworkSpec): Cell[] {
  return CELLS[spec.cell](spec.bidirectional ? 2 : 1, moduleOptions(spec));
}

/** Whether the cell carries a cell state (a memory cell c) beside h. */
export function hasCellState(spec: NetworkSpec): boolean {
  return cellsOf(spec)[0]!.memory;
}

/** Numbers in the states of a sequence: h of all layers, and the cell states if the cell has them. */
export function stateSize(spec: NetworkSpec): number {
  return spec.layers * spec.hidden * (hasCellState(spec) ? 2 : 1);
}

/** Refuses fields that are valid each by itself, but not together. @throws ERR_VALUE */
export function checkTogether(spec: NetworkSpec, refuse: Refuse): void {
  /** A field that has no meaning where `other` is what it is. */
  const needless = (field: keyof NetworkSpec, other: keyof NetworkSpec) => {
    if ([field, other].some((name) => networkSchema.isDefault(name, spec[name]))) return;
    const [value, cause] = [field, other].map((name) => `${name} is ${JSON.stringify(spec[name])}`);
    refuse(`${value}, which has no meaning where ${cause}`);
  };
  needless("nonlinearity", "activations");
  needless("resetAfter", "resetGate");
  needless("forgetBias", "forgetGate");
  cellsOf(spec);
  if (!spec.tied) return;
  const width = spec.head.at(-1) ?? stackWidth(spec);
  if (!spec.embedding) refuse("tied is true, but embedding is 0: there is no embedding to tie the output to");
  if (width !== spec.embedding) {
    refuse(
      `tied is true, so embedding must be as wide as what the output layer reads: ${width}, not ${spec.embedding}`,
    );
  }
}

/** As `checkTogether`, of a network that reads tokens. */
export function checkTokenNetwork(spec: NetworkSpec, refuse: Refuse): void {
  if (spec.inputDropout && !spec.embedding) {
    refuse(
      `inputDropout is ${spec.inputDropout}, but embedding is 0: one-hot vectors are not dropped; use an embedding`,
    );
  }
  checkTogether(spec, refuse);
}

/** Refuses both directions. @param reader what reads, such as "a generator" @param does what it does with the future */
export function checkOneWay(
  { bidirectional }: NetworkSpec,
  refuse: Refuse,
  reader: string,
  does: string,
): void {
  if (bidirectional) {
    refuse(`bidirectional is true, but ${reader} that reads from both ends would see the future it ${does}`);
  }
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
