import fc from "fast-check";
import type { Activation } from "../../src/autograd/activation.ts";
import type * as nn from "../../src/nn/index.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { MODULES } from "./cells.ts";

/** A network and an input that fit each other, drawn at random. */
export interface Drawn {
  kind: "RNN" | "GRU" | "LSTM";
  /** Options of the constructor other than the sizes. */
  options: Record<string, unknown>;
  direction: "forward" | "reverse" | "bidirectional";
  /** x holds tokens instead of features. */
  tokens: boolean;
  /** Whether the sequences have different lengths, and whether first states are given. */
  lengths: boolean;
  states: boolean;
  T: number;
  B: number;
  inputSize: number;
  hiddenSize: number;
  numLayers: number;
  bias: boolean;
  batchFirst: boolean;
  /** Seed of the values in tensors. */
  seed: number;
}

const within = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const pair = (min: number, max: number) => fc.record({ alpha: within(min, max), beta: within(-1, 1) });

/**
 * Every activation, with parameters that keep a few steps bounded. Only exp overflows float32 in a loop, so it comes with a
 * clip.
 */
const activation: fc.Arbitrary<Activation> = fc.oneof(
  fc.constantFrom(
    "exp",
    "sigmoid",
    "tanh",
    "relu",
    "softsign",
    "softplus",
    "logSigmoid",
    "elu",
    "hardSigmoid",
  ),
  fc.record({ name: fc.constantFrom("leakyRelu", "elu"), alpha: within(0, 1.5) }),
  fc.record({ name: fc.constant("thresholdedRelu"), alpha: within(-1, 1) }),
  pair(-0.8, 0.8).map((parameters) => ({ name: "affine", ...parameters })),
  pair(-1, 1).map((parameters) => ({ name: "hardSigmoid", ...parameters })),
  pair(0.25, 1.5).map((parameters) => ({ name: "scaledTanh", ...parameters })),
) as fc.Arbitrary<Activation>;

const sizes = {
  direction: fc.constantFrom("forward", "reverse", "bidirectional"),
  tokens: fc.boolean(),
  lengths: fc.boolean(),
  states: fc.boolean(),
  T: fc.integer({ min: 1, max: 4 }),
  B: fc.integer({ min: 1, max: 3 }),
  inputSize: fc.integer({ min: 1, max: 4 }),
  hiddenSize: fc.integer({ min: 1, max: 6 }),
  numLayers: fc.integer({ min: 1, max: 2 }),
  bias: fc.boolean(),
  batchFirst: fc.boolean(),
  seed: fc.nat(1000),
} as const;

/** Options of one kind of cell; `count` activations. */
const KINDS = {
  RNN: { count: 1, own: fc.record({ nonlinearity: activation }) },
  GRU: { count: 2, own: fc.record({ resetAfter: fc.boolean(), resetGate: fc.boolean() }) },
  LSTM: {
    count: 3,
    own: fc.record({
      forgetGate: fc.constantFrom("own", "coupled", "none"),
      peepholes: fc.constantFrom(false, true, "previous"),
    }),
  },
} as const;

export const drawn: fc.Arbitrary<Drawn> = fc
  .tuple(
    fc.constantFrom("RNN", "GRU", "LSTM"),
    fc.record(sizes),
    fc.array(activation, { minLength: 6, maxLength: 6 }),
    fc.constantFrom("own", "same", "different"),
    fc.option(within(0.25, 1.5)),
    fc.boolean(),
  )
  .chain(([kind, rest, functions, chosen, clip, gateNorm]) =>
    (KINDS[kind].own as fc.Arbitrary<Record<string, unknown>>).map((own) => {
      const { count } = KINDS[kind];
      const both = chosen === "different" && rest.direction === "bidirectional";
      const activations = chosen !== "own" && functions.slice(0, both ? 2 * count : count);
      const exponential = [...(activations || []), own.nonlinearity].includes("exp");
      const limit = clip ?? (exponential ? 1 : 0);
      // With one or two units, or zeros at the bends of functions, normalisation is too steep for differences.
      const norm = gateNorm && rest.hiddenSize > 2 && rest.bias;
      const chosenFunctions = activations && { activations };
      return { kind, ...rest, options: { ...own, ...chosenFunctions, clip: limit, gateNorm: norm } };
    }),
  );

export function network(rt: Runtime, given: Drawn): nn.Recurrent {
  const { kind, options, direction, inputSize, hiddenSize, numLayers, bias, batchFirst } = given;
  const shared = { inputSize, hiddenSize, numLayers, bias, batchFirst };
  const directions = { reverse: direction === "reverse", bidirectional: direction === "bidirectional" };
  return new MODULES[kind](rt, { ...shared, ...directions, ...options });
}
