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

/** Files always have these fields. The others came later, so a file has them only if they differ from their defaults. */
const FIRST = { file: "required" } as const;

/**
 * The fields of `NetworkSpec`. The schemas of the tasks are functions, so that a bundler drops those that a page does not use.
 */
export const networkSchema = object({
  cell: oneOf(Object.keys(CELLS) as (keyof typeof CELLS)[]).default("lstm", FIRST),
  /** Units in each layer. */
  hidden: whole(1).default(128, FIRST),
  /** 1 to 100; designed for 1 to 8. */
  layers: whole(1, 100).default(2, FIRST),
  /** Dropout on the output of every layer in training, 0 to below 1. */
  dropout: fraction().default(0, FIRST),
  /** Width of the symbols' embeddings; 0: one-hot vectors. */
  embedding: whole().default(0, FIRST),
  /** rnn: the activation function. */
  nonlinearity: oneOf(["tanh", "relu"]).default("tanh", { only: { cell: "rnn" } }),
  /** rnn: starts with the identity as recurrent weight. */
  identityStart: flag().default(false, { only: { cell: "rnn" } }),
  /** gru: true: the reset gate multiplies W_hn h + b_hn (PyTorch); false: it multiplies h (Cho et al. 2014). */
  resetAfter: flag().default(true, { only: { cell: "gru" } }),
  /** gru: false for the simplified GRU without a reset gate. */
  resetGate: flag().default(true, { only: { cell: "gru" } }),
  /** lstm: a separate forget gate, 1 - input gate, or none (the LSTM of 1997). */
  forgetGate: oneOf(["own", "coupled", "none"]).default("own", { only: { cell: "lstm" } }),
  /** lstm: the gates see the cell state. */
  peepholes: flag().default(false, { only: { cell: "lstm" } }),
  /** lstm: initial bias_ih of the forget gate. */
  forgetBias: number().default(1, { only: { cell: "lstm" } }),
  /** The cell's activations in ONNX's order (`CellOptions`); null: its standard ones. */
  activations: rule<readonly Activation[] | null>(
    "null or a list of activations",
    (value) => value === null || Array.isArray(value),
  ).default(null),
  /** Limit of the inputs of the cell's activations; 0: none. */
  gateClip: numberFrom(0).default(0),
  /** Layer normalisation of each gate in the cell (`CellOptions.gateNorm`). */
  gateNorm: flag().default(false),
  /** Each layer reads the sequence from both ends. */
  bidirectional: flag().default(false),
  /** How layers are connected. */
  connections: oneOf(CONNECTIONS).default("plain"),
  /** Normalisation of each layer's output. */
  norm: oneOf(NORM_KINDS).default("none"),
  /** Dropout on the input's features in training, 0 to below 1. */
  inputDropout: fraction().default(0),
  /** Dropout keeps one mask for all steps of a sequence. */
  variationalDropout: flag().default(false),
  /** Units of each hidden layer between the recurrent layers and the output. */
  head: listOf(whole(1)).default([]),
  /** Activation after each hidden layer of the head. */
  headActivation: oneOf(["relu", "tanh"]).default("relu"),
  /** The output layer shares the embedding's weight. */
  tied: flag().default(false),
});

/** A recurrent network and its head as plain JSON: the fields that all tasks share. */
export interface NetworkSpec extends Infer<typeof networkSchema> {}

/** Returns the number of features of the recurrent stack's output. */
export function stackWidth({ connections, layers, hidden, bidirectional }: NetworkSpec): number {
  return connectedWidth(connections, layers, hidden * (bidirectional ? 2 : 1));
}

/** Returns the options of the cell's module. */
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

/** Returns the cell of each direction. @throws ERR_VALUE if an activation is invalid or missing */
function cellsOf(spec: NetworkSpec): Cell[] {
  return CELLS[spec.cell](spec.bidirectional ? 2 : 1, moduleOptions(spec));
}

/** Tells whether the cell has a cell state c in addition to h. */
export function hasCellState(spec: NetworkSpec): boolean {
  return cellsOf(spec)[0]!.memory;
}

/** Counts the numbers in the states of a sequence: h of all layers, and the cell states if there are any. */
export function stateSize(spec: NetworkSpec): number {
  return spec.layers * spec.hidden * (hasCellState(spec) ? 2 : 1);
}

/** Refuses fields that are valid by themselves, but not together. @throws ERR_VALUE */
export function checkTogether(spec: NetworkSpec, refuse: Refuse): void {
  /** Refuses a field that has no effect because of the value of `other`. */
  const needless = (field: keyof NetworkSpec, other: keyof NetworkSpec) => {
    if ([field, other].some((name) => networkSchema.isDefault(name, spec[name]))) return;
    const [value, cause] = [field, other].map((name) => `${name} is ${JSON.stringify(spec[name])}`);
    refuse(`${value}, which has no effect if ${cause}`);
  };
  needless("nonlinearity", "activations");
  needless("resetAfter", "resetGate");
  needless("forgetBias", "forgetGate");
  cellsOf(spec);
  if (!spec.tied) return;
  const width = spec.head.at(-1) ?? stackWidth(spec);

  if (width !== spec.embedding) {
    refuse(
      `tied is true, but embedding is ${spec.embedding}, expected ${width}, the width of the output layer`,
    );
  }
}

/** Like `checkTogether`, for a network that reads tokens. */
export function checkTokenNetwork(spec: NetworkSpec, refuse: Refuse): void {
  if (spec.inputDropout && !spec.embedding) {
    refuse(`inputDropout is ${spec.inputDropout}, but embedding is 0; use an embedding`);
  }
  checkTogether(spec, refuse);
}

/** Refuses both directions. @param reader the kind of model, for the message, such as "a generator" */
export function checkOneWay({ bidirectional }: NetworkSpec, refuse: Refuse, reader: string): void {
  if (bidirectional) refuse(`bidirectional is true, but ${reader} must not see the future`);
}

export interface NetworkSizes {
  /** Number of tokens, or of features. */
  readonly inputs: number;
  /** Outputs of the head at each step. */
  readonly outputs: number;
  /** Extra features concatenated to each embedding; default 0. */
  readonly beside?: number;
  /** Inputs of the head, in multiples of the recurrent stack's output; default 1. */
  readonly pooled?: number;
}
