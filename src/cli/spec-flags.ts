import type { Command } from "commander";
import { UnrolledError } from "../errors.ts";
import { LanguageModel } from "../models/language-model/model.ts";
import type { LanguageModelSpec } from "../models/language-model/spec.ts";
import type { NetworkSpec } from "../network/spec.ts";
import { flag } from "../schema.ts";
import { addFields, type Help } from "./field-options.ts";
import { type Given, pick } from "./given.ts";
import { activations, onlyValue, sizes } from "./numbers.ts";

/** The options of `train` that set fields of its spec. */
export type SpecFlags = Partial<
  Omit<LanguageModelSpec, "task" | "level" | "tokens" | "resetAfter"> & { resetBefore: boolean }
>;

const CELL = {
  nonlinearity: "<f> rnn: activation function",
  identityStart: "rnn: initialise the recurrent weights with the identity matrix",
  resetBefore: "gru: apply the reset gate to the state before the recurrent product, not after it",
  resetGate: "gru: simplified, without the reset gate",
  forgetGate: "<kind> lstm: a gate of its own, 1 - input gate (coupled), or always 1 (none)",
  forgetBias: "<b> lstm: initial bias of the forget gate",
  peepholes:
    "[previous] lstm: gates also read the cell state; with previous, the output gate reads that before the step, too",
  activations:
    "<list> activation functions of gates, candidate and (lstm) cell state, as in ONNX: tanh, or elu:0.5 with its alpha, ...",
  gateClip: "<limit> clip the inputs of these functions at this limit; 0: no clipping",
  gateNorm:
    "[batch] normalise each gate inside the cell: layer normalisation, or with batch that of the inputs' products over batch and steps",
} satisfies Partial<Record<keyof NetworkSpec | "resetBefore", Help>>;

const NETWORK: Record<Exclude<keyof NetworkSpec, keyof typeof CELL | "resetAfter">, Help> = {
  cell: "<cell> type of the recurrent layers",
  hidden: "<units> hidden units per layer",
  layers: "<n> number of recurrent layers",
  embedding: "<size> width of the embeddings of characters or words; 0: one-hot",
  freezeVectors: "do not train the vectors of --vectors",
  connections: "<kind> what a layer reads: only the output of the layer below (plain), or more",
  norm: "<kind> normalisation of each layer's output",
  dropout: "<p> dropout on the output of each layer",
  inputDropout: "<p> dropout on the embeddings",
  variationalDropout: "use the same dropout mask for all steps of a mini-batch",
  head: "<sizes> sizes of hidden layers before the output layer, such as 64,64 (default: none)",
  headActivation: "<f> activation of these hidden layers",
  tied: [
    "share the embedding's weights with the output layer (default: for words)",
    "do not share the embedding's weights with the output layer",
  ],
  bidirectional: [
    "each layer reads in both directions (default: for taggers and classifiers)",
    "each layer reads forwards only",
  ],
};

/** Adds the options of the spec to the help, under the headings "Network:" and "Cell:". */
export function addSpecOptions(command: Command): Command {
  const fields = { ...LanguageModel.schema().fields, resetBefore: flag().default(false) };
  const how = {
    parsers: { head: sizes, activations, peepholes: onlyValue("previous"), gateNorm: onlyValue("batch") },
  };
  addFields(command.optionsGroup("Network:"), fields, NETWORK, how);
  addFields(command.optionsGroup("Cell:"), fields, CELL, how);
  return command.optionsGroup("Options:");
}

/** @throws ERR_VALUE if encoder and decoder both have a number of layers of their own, so that `layers` has no effect */
export function checkLayers({ layers, encoderLayers, decoderLayers }: Given): void {
  if ([layers, encoderLayers, decoderLayers].includes(undefined)) return;
  const problem = "--layers has no effect beside --encoder-layers and --decoder-layers";
  throw new UnrolledError("ERR_VALUE", `${problem}; leave one of the three out`);
}

/**
 * Returns the default spec of a task. Options that the user set replace its fields. The option `decoderLayers` is the field
 * `layers`, which is the decoder's, and the option `layers` is then the encoder's alone. The result is not yet checked.
 */
export function specFrom<Spec extends object>(defaults: Spec, given: Given): Spec {
  const { layers = (defaults as Partial<NetworkSpec>).layers, decoderLayers } = given;
  return {
    ...defaults,
    ...(decoderLayers !== undefined && { encoderLayers: layers }),
    ...pick(given, Object.keys(defaults)),
    ...(decoderLayers !== undefined && { layers: decoderLayers }),
    ...(given.resetBefore === true && { resetAfter: false }),
  };
}
