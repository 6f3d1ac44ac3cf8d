import { checkChoice, checkOptions, checkThat, checkValue, checkWhole } from "../../checks.ts";
import { UnrolledError } from "../../errors.ts";
import { whole } from "../../schema.ts";

/** What a state_dict of PyTorch does not say about its model: an embedding, recurrent layers and a linear layer, each but the second optional. */
export interface TorchSpec {
  /** The class of the recurrent layers in torch.nn: `LSTM`, `GRU` or `RNN`. */
  readonly cell: "LSTM" | "GRU" | "RNN";
  /** Units of a layer and direction: `hidden_size`. */
  readonly hidden: number;
  /** Number of layers, 1 to 100: `num_layers`. Default 1. */
  readonly layers?: number;
  /** Default false. */
  readonly bidirectional?: boolean;
  /** The embedding, [V, D]: the input is `ids` [B, T]. Without one, the input is `x` [B, T, features]. */
  readonly embedding?: readonly [number, number];
  /** Numbers of a step if there is no embedding: `input_size`. Default: what the weights say. */
  readonly features?: number;
  /** Outputs of the linear layer. Without one, the output is that of the last layer, [B, T, H], or [B, T, 2 H] if bidirectional. */
  readonly out?: number;
  /** Whether the recurrent layers have biases. Default: what the weights say. */
  readonly bias?: boolean;
  /** The activation of an `RNN`: `tanh` or `relu`. Default `tanh`. */
  readonly nonlinearity?: "tanh" | "relu";
  /** Whether inputs and outputs begin with the batch, [B, T, ...], else with the time, [T, B, ...]. Default true. */
  readonly batchFirst?: boolean;
  /**
   * Whether the states are inputs `h0` and outputs `hn`, [layers, B, H], or [2 layers, B, H] if bidirectional, as in PyTorch; an LSTM
   * also has `c0` and `cn`. Streams need them: `stream({ state: { hn: "h0", cn: "c0" } })`. Default false: they begin with 0.
   */
  readonly states?: boolean;
  /** The names of the parts, if several fit: `{ rnn: "decoder.rnn" }` for `decoder.rnn.weight_ih_l0`. Default: found by shapes. */
  readonly names?: { readonly embedding?: string; readonly rnn?: string; readonly out?: string };
  /** Must be 0: projections of LSTMs are not supported. */
  readonly proj_size?: number;
}

/** A spec with its defaults. */
export interface FullSpec extends Omit<TorchSpec, "proj_size" | "names"> {
  readonly layers: number;
  readonly bidirectional: boolean;
  readonly nonlinearity: "tanh" | "relu";
  readonly batchFirst: boolean;
  readonly states: boolean;
  readonly names: NonNullable<TorchSpec["names"]>;
}

/** Checks a spec. @throws ERR_VALUE if a field is missing, unknown or invalid */
export function checkSpec(spec: TorchSpec): FullSpec {
  const given = checkOptions(
    "spec",
    spec,
    "cell hidden layers bidirectional embedding features out bias nonlinearity batchFirst states names proj_size",
  );
  const flag = (name: "bidirectional" | "batchFirst" | "states" | "bias") =>
    checkThat(
      `spec.${name}`,
      given[name],
      ["boolean", "undefined"].includes(typeof given[name]),
      "true or false",
    );
  const { cell, hidden, layers = 1, embedding, features, out, nonlinearity = "tanh", names = {} } = given;
  checkChoice("spec.cell", cell, ["LSTM", "GRU", "RNN"]);
  checkWhole("spec.hidden", hidden, 1);
  checkValue("spec.layers", layers, whole(1, 100));
  if (embedding !== undefined) {
    checkThat("spec.embedding", embedding, Array.isArray(embedding) && embedding.length === 2, "[V, D]");
    for (const [i, size] of embedding.entries()) checkWhole(`spec.embedding[${i}]`, size, 1);
    checkThat("spec.features", features, features === undefined, "none beside an embedding");
  }
  if (features !== undefined) checkWhole("spec.features", features, 1);
  if (out !== undefined) checkWhole("spec.out", out, 1);
  checkChoice("spec.nonlinearity", nonlinearity, ["tanh", "relu"]);
  const isPlain = nonlinearity === "tanh" || cell === "RNN";
  checkThat("spec.nonlinearity", nonlinearity, isPlain, "tanh, unless cell is RNN");
  checkOptions("spec.names", names, "embedding rnn out");
  if (given.proj_size) {
    throw new UnrolledError(
      "ERR_VALUE",
      "spec.proj_size: projections of an LSTM are not supported; export the model with torch.onnx.export for unrolled/onnx",
    );
  }
  return {
    ...{ cell, hidden, layers, nonlinearity, names },
    ...(embedding && { embedding }),
    ...(features && { features }),
    ...(out && { out }),
    ...(given.bias !== undefined && { bias: given.bias }),
    bidirectional: flag("bidirectional") ?? false,
    batchFirst: flag("batchFirst") ?? true,
    states: flag("states") ?? false,
  };
}
