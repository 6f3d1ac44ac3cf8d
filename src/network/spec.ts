import type { Activation } from "../autograd/activation.ts";
import { CELLS, type Cell } from "../autograd/cells.ts";
import { CONNECTIONS, connectedWidth } from "../nn/connections.ts";
import { NORM_KINDS } from "../nn/make-norm.ts";
import { removable } from "../removable.ts";
import {
  type Defaulted,
  type Field,
  flag,
  flagOr,
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

/** Maximum width of a layer or an embedding. No runtime can hold a wider LSTM: its memory ends at 4 GiB. */
export const MAX_WIDTH = 65_536;

/** Maximum number of hidden layers of a head. */
const MAX_HEAD = 100;

/** Marks the first fields of `networkSchema`. Every file stores these fields, even if they have their default values. */
const FIRST = { file: "required" } as const;

/**
 * The fields of `NetworkSpec`, which all tasks share. The schemas of the tasks add their own fields. These schemas are made by
 * functions, because a bundler can remove the functions of unused tasks.
 */
export const networkSchema = removable(() =>
  object({
    /** The recurrent cell: `rnn`, `gru` or `lstm`. */
    cell: oneOf(Object.keys(CELLS) as (keyof typeof CELLS)[]).default("lstm", FIRST),
    /** Units in each layer, at most 65,536. */
    hidden: whole(1, MAX_WIDTH).default(128, FIRST),
    /** Number of layers, 1 to 100. The library is designed for 1 to 8. */
    layers: whole(1, 100).default(2, FIRST),
    /** Probability of dropout on the output of every layer, in training. From 0 to below 1. */
    dropout: fraction().default(0, FIRST),
    /** Width of the symbols' embeddings, at most 65,536. With 0, symbols are one-hot vectors. */
    embedding: whole(0, MAX_WIDTH).default(0, FIRST),
    /** Whether training leaves the embeddings of the inputs as they are, such as word vectors from elsewhere. */
    freezeVectors: flag().default(false),
    /** rnn: the activation function. */
    nonlinearity: oneOf(["tanh", "relu"]).default("tanh", { only: { cell: "rnn" } }),
    /** rnn: whether the recurrent weight starts as the identity. */
    identityStart: flag().default(false, { only: { cell: "rnn" } }),
    /** gru: whether the reset gate multiplies W_hn h + b_hn (PyTorch) instead of h (Cho et al. 2014). */
    resetAfter: flag().default(true, { only: { cell: "gru" } }),
    /** gru: whether there is a reset gate. The simplified GRU has none. */
    resetGate: flag().default(true, { only: { cell: "gru" } }),
    /** lstm: the forget gate. `own` has its own weights, `coupled` is 1 - input gate, `none` is always 1 (the LSTM of 1997). */
    forgetGate: oneOf(["own", "coupled", "none"]).default("own", { only: { cell: "lstm" } }),
    /** lstm: whether the gates read the cell state. With `previous`, the output gate also reads the state before the step. */
    peepholes: flagOr("previous").default(false, { only: { cell: "lstm" } }),
    /** lstm: initial value of the forget gate's bias `bias_ih`. */
    forgetBias: number().default(1, { only: { cell: "lstm" } }),
    /** The cell's activations in ONNX's order (`CellOptions`). With null, the cell has its standard activations. */
    activations: rule<readonly Activation[] | null>(
      "null or a list of activations",
      (value) => value === null || Array.isArray(value),
    ).default(null),
    /** Clips the inputs of the cell's activations to [-gateClip, gateClip]. With 0, nothing is clipped. */
    gateClip: numberFrom(0).default(0),
    /** Whether each gate in the cell has layer normalisation, or with `batch` batch normalisation (`CellOptions.gateNorm`). */
    gateNorm: flagOr("batch").default(false),
    /** Whether each layer reads the sequence in both directions. */
    bidirectional: flag().default(false),
    /** How layers are connected. */
    connections: oneOf(CONNECTIONS).default("plain"),
    /** Normalisation of each layer's output. */
    norm: oneOf(NORM_KINDS).default("none"),
    /** Probability of dropout on the input's features, in training. From 0 to below 1. */
    inputDropout: fraction().default(0),
    /** Whether dropout uses the same mask for all steps of a sequence. */
    variationalDropout: flag().default(false),
    /** Units of each hidden layer between the recurrent layers and the output. At most 100 layers of 1 to 65,536 units. */
    head: listOf(whole(1, MAX_WIDTH), MAX_HEAD).default([]),
    /** Activation after each hidden layer of the head. */
    headActivation: oneOf(["relu", "tanh"]).default("relu"),
    /** Whether the output layer shares the embedding's weight. */
    tied: flag().default(false),
  }),
);

/**
 * A recurrent network and its head as plain JSON. The specs of all tasks have these fields. A field that is missing in a
 * file gets the default value shown here. A new model has the defaults of its task, which functions such as
 * `defaultClassifierSpec` return.
 */
export interface NetworkSpec extends Infer<typeof networkSchema> {}

/** Returns the number of features of the recurrent stack's output. */
export function stackWidth({ connections, layers, hidden, bidirectional }: NetworkSpec): number {
  return connectedWidth(connections, layers, hidden * (bidirectional ? 2 : 1));
}

/** Returns the options of RNN, GRU or LSTM that describe the cell itself, such as its activations. */
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
export function cellsOf(spec: NetworkSpec): Cell[] {
  return CELLS[spec.cell](spec.bidirectional ? 2 : 1, moduleOptions(spec));
}

/** Tells whether the cell has a cell state c in addition to h. */
export function hasCellState(spec: NetworkSpec): boolean {
  return cellsOf(spec)[0]!.memory;
}

/** Returns how many numbers the states of a sequence have: h of all layers, and c if the cell has it. */
export function stateSize(spec: NetworkSpec): number {
  return spec.layers * spec.hidden * (hasCellState(spec) ? 2 : 1);
}

/** Refuses a spec if two fields do not fit together, although each field alone is valid. @throws ERR_VALUE if it refuses */
export function checkTogether(spec: NetworkSpec, refuse: Refuse): void {
  /** Refuses the spec if both fields differ from their defaults. `field` then has no effect because of the value of `other`. */
  const needless = (field: keyof NetworkSpec, other: keyof NetworkSpec) => {
    if ([field, other].some((name) => networkSchema.isDefault(name, spec[name]))) return;
    const [value, cause] = [field, other].map((name) => `${name} is ${JSON.stringify(spec[name])}`);
    refuse(`${value}, which has no effect if ${cause}`);
  };
  cellsOf(spec);
  needless("nonlinearity", "activations");
  needless("resetAfter", "resetGate");
  needless("forgetBias", "forgetGate");
  if (spec.freezeVectors && !spec.embedding)
    refuse("freezeVectors is true, but embedding is 0, expected at least 1");
  if (!spec.tied) return;
  const width = spec.head.at(-1) ?? stackWidth(spec);

  if (width !== spec.embedding) {
    refuse(
      `tied is true, but embedding is ${spec.embedding}, expected ${width}, the width of the output layer`,
    );
  }
}

/**
 * Checks that the fields of a network that reads tokens fit together.
 *
 * @throws ERR_VALUE if `checkTogether` refuses the spec, or if there is input dropout but no embedding
 */
export function checkTokenNetwork(spec: NetworkSpec, refuse: Refuse): void {
  if (spec.inputDropout && !spec.embedding) {
    refuse(`inputDropout is ${spec.inputDropout}, but embedding is 0; use an embedding`);
  }
  checkTogether(spec, refuse);
}

/** Refuses a bidirectional network. @param reader the kind of model in the message, such as "a generator" */
export function checkOneWay({ bidirectional }: NetworkSpec, refuse: Refuse, reader: string): void {
  if (bidirectional) refuse(`bidirectional is true, but ${reader} must not see the future`);
}

export interface NetworkSizes {
  /** Number of different tokens. If the network reads features, the number of features. */
  readonly inputs: number;
  /** Number of outputs of the head at each step. */
  readonly outputs: number;
  /** Number of extra features that are concatenated to each embedding. Default 0. */
  readonly beside?: number;
  /** Width of the head's input divided by the width of the recurrent layers' output. 2 for the pooling `mean+max`. Default 1. */
  readonly pooled?: number;
}
