import type { Command } from "commander";
import { LanguageModel } from "../models/language-model/model.ts";
import type { LanguageModelSpec } from "../models/language-model/spec.ts";
import type { NetworkSpec } from "../network/spec.ts";
import { flag } from "../schema.ts";
import { addFields, type Help } from "./field-options.ts";
import { type Given, pick } from "./given.ts";
import { activations, sizes } from "./numbers.ts";

/** The options of `train` that make its spec. */
export type SpecFlags = Partial<
  Omit<LanguageModelSpec, "task" | "level" | "tokens" | "resetAfter"> & { resetBefore: boolean }
>;

const CELL = {
  nonlinearity: "<f> rnn: its function",
  identityStart: "rnn: start with the identity as recurrent weight",
  resetBefore: "gru: the reset gate multiplies the state before its product",
  resetGate: "gru: the simplified one",
  forgetGate: "<kind> lstm: a gate, 1 - input gate, or 1",
  forgetBias: "<b> lstm: bias of the forget gate at the start",
  peepholes: "lstm: gates see the memory cell",
  activations:
    "<list> functions of gates, candidate and (lstm) memory cell, as ONNX has them: tanh, or elu:0.5 with its alpha, ...",
  gateClip: "<limit> limit of what goes into these functions; 0: none",
  gateNorm: "layer normalisation of each gate inside the cell",
} satisfies Partial<Record<keyof NetworkSpec | "resetBefore", Help>>;

const NETWORK: Record<Exclude<keyof NetworkSpec, keyof typeof CELL | "resetAfter">, Help> = {
  cell: "<cell> kind of recurrent layer",
  hidden: "<units> units in each layer",
  layers: "<n> recurrent layers",
  embedding: "<size> length of the vectors that stand for characters, or words; 0: one-hot",
  connections: "<kind> what a layer reads: the output below, or more of what lies below",
  norm: "<kind> normalisation of each layer's output",
  dropout: "<p> dropout on the output of every layer",
  inputDropout: "<p> dropout on the embeddings",
  variationalDropout: "dropout keeps its mask for all steps of a batch",
  head: "<sizes> hidden layers below the output, such as 64,64 (default: none)",
  headActivation: "<f> after each of them",
  tied: ["the output layer's weight is the embedding's (default: of words)", "it is not"],
  bidirectional: [
    "each layer reads from both ends (default: taggers and classifiers do)",
    "each layer reads forwards only",
  ],
};

/** Adds the options under headings of their own. */
export function addSpecOptions(command: Command): Command {
  const fields = { ...LanguageModel.schema().fields, resetBefore: flag().default(false) };
  const how = { parsers: { head: sizes, activations } };
  addFields(command.optionsGroup("Network:"), fields, NETWORK, how);
  addFields(command.optionsGroup("Cell:"), fields, CELL, how);
  return command.optionsGroup("Options:");
}

/** A task's default spec, with what was given instead; not yet checked. */
export function specFrom<Spec extends object>(defaults: Spec, given: Given): Spec {
  return {
    ...defaults,
    ...pick(given, Object.keys(defaults)),
    ...(given.resetBefore === true && { resetAfter: false }),
  };
}
