import { type Command, Option } from "commander";
import { defaultLanguageModelSpec, type LanguageModelSpec } from "../models/language-model/spec.ts";
import { type Given, pick } from "./given.ts";
import { activations, finite, fraction, from, sizes, whole } from "./numbers.ts";

/** The options of `train` that make its spec. */
export type SpecFlags = Partial<
  Omit<LanguageModelSpec, "task" | "level" | "tokens" | "resetAfter"> & { resetBefore: boolean }
>;

/** Adds the options under headings of their own. */
export function addSpecOptions(command: Command): Command {
  const spec = defaultLanguageModelSpec();
  const choice = (flags: string, what: string, choices: readonly string[], standard: string) =>
    new Option(flags, what).choices(choices).default(standard);
  return command
    .optionsGroup("Network:")
    .addOption(choice("--cell <cell>", "kind of recurrent layer", ["rnn", "gru", "lstm"], spec.cell))
    .option("--hidden <units>", "units in each layer", whole(1), spec.hidden)
    .option("--layers <n>", "recurrent layers", whole(1), spec.layers)
    .option(
      "--embedding <size>",
      "length of the vectors that stand for characters, or words; 0: one-hot",
      whole(0),
      spec.embedding,
    )
    .addOption(
      choice(
        "--connections <kind>",
        "what a layer reads: the output below, or more of what lies below",
        ["plain", "residual", "dense", "highway"],
        spec.connections,
      ),
    )
    .addOption(
      choice("--norm <kind>", "normalisation of each layer's output", ["none", "layer", "batch"], spec.norm),
    )
    .option("--dropout <p>", "dropout on the output of every layer", fraction, spec.dropout)
    .option("--input-dropout <p>", "dropout on the embeddings", fraction, spec.inputDropout)
    .option("--variational-dropout", "dropout keeps its mask for all steps of a batch")
    .option("--head <sizes>", "hidden layers below the output, such as 64,64 (default: none)", sizes)
    .addOption(choice("--head-activation <f>", "after each of them", ["relu", "tanh"], spec.headActivation))
    .option("--tied", "the output layer's weight is the embedding's (default: of words)")
    .option("--no-tied", "it is not")
    .option("--bidirectional", "each layer reads from both ends (default: taggers and classifiers do)")
    .option("--no-bidirectional", "each layer reads forwards only")
    .optionsGroup("Cell:")
    .addOption(choice("--nonlinearity <f>", "rnn: its function", ["tanh", "relu"], spec.nonlinearity))
    .option("--identity-start", "rnn: start with the identity as recurrent weight")
    .option("--reset-before", "gru: the reset gate multiplies the state before its product")
    .option("--no-reset-gate", "gru: the simplified one")
    .addOption(
      choice(
        "--forget-gate <kind>",
        "lstm: a gate, 1 - input gate, or 1",
        ["own", "coupled", "none"],
        spec.forgetGate,
      ),
    )
    .option("--forget-bias <b>", "lstm: bias of the forget gate at the start", finite, spec.forgetBias)
    .option("--peepholes", "lstm: gates see the memory cell")
    .option(
      "--activations <list>",
      "functions of gates, candidate and (lstm) memory cell, as ONNX has them: tanh, or elu:0.5 with its alpha, ...",
      activations,
    )
    .option("--gate-clip <limit>", "limit of what goes into these functions; 0: none", from(0), spec.gateClip)
    .option("--gate-norm", "layer normalisation of each gate inside the cell")
    .optionsGroup("Options:");
}

/** A task's default spec, with what was given instead; not yet checked. */
export function specFrom<Spec extends object>(defaults: Spec, given: Given): Spec {
  return {
    ...defaults,
    ...pick(given, Object.keys(defaults)),
    ...(given.resetBefore === true && { resetAfter: false }),
  };
}
