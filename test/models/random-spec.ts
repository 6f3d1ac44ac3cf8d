import fc from "fast-check";
import { DEFAULT_NETWORK, type NetworkSpec, stackWidth } from "../../src/models/network-spec.ts";
import { DEFAULT_SPEC, type LanguageModelSpec } from "../../src/models/spec.ts";

/** A small network of any spec that can be asked for; tied ones are as wide as they have to be. */
export const networkSpec: fc.Arbitrary<NetworkSpec> = fc
  .record({
    cell: fc.constantFrom("rnn" as const, "gru" as const, "lstm" as const),
    hidden: fc.integer({ min: 1, max: 5 }),
    layers: fc.integer({ min: 1, max: 4 }),
    dropout: fc.constantFrom(0, 0.3),
    embedding: fc.constantFrom(0, 3),
    nonlinearity: fc.constantFrom("tanh" as const, "relu" as const),
    resetAfter: fc.boolean(),
    bidirectional: fc.boolean(),
    connections: fc.constantFrom("plain" as const, "residual" as const, "dense" as const, "highway" as const),
    norm: fc.constantFrom("none" as const, "layer" as const, "batch" as const),
    inputDropout: fc.constantFrom(0, 0.3),
    variationalDropout: fc.boolean(),
    head: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 2 }),
    headActivation: fc.constantFrom("relu" as const, "tanh" as const),
    tied: fc.boolean(),
  })
  .map((drawn) => {
    const spec = { ...DEFAULT_NETWORK, ...drawn };
    const embedding = spec.tied ? (spec.head.at(-1) ?? stackWidth(spec)) : spec.embedding;
    return {
      ...spec,
      embedding,
      inputDropout: embedding ? spec.inputDropout : 0,
      nonlinearity: spec.cell === "rnn" ? spec.nonlinearity : DEFAULT_NETWORK.nonlinearity,
      resetAfter: spec.cell === "gru" ? spec.resetAfter : DEFAULT_NETWORK.resetAfter,
    };
  });

/** A small language model of any spec. */
export const languageModelSpec: fc.Arbitrary<LanguageModelSpec> = networkSpec
  .filter(({ bidirectional }) => !bidirectional)
  .map((spec) => ({ ...DEFAULT_SPEC, ...spec }));
