import fc from "fast-check";
import { CELLS } from "../../src/autograd/cells.ts";
import { defaultLanguageModelSpec, type LanguageModelSpec } from "../../src/models/language-model/spec.ts";
import { type NetworkSpec, networkSchema, stackWidth } from "../../src/network/spec.ts";

/** A small network of any valid spec; tied ones have equal widths. */
export const networkSpec: fc.Arbitrary<NetworkSpec> = fc
  .record({
    cell: fc.constantFrom(...(Object.keys(CELLS) as (keyof typeof CELLS)[])),
    hidden: fc.integer({ min: 1, max: 5 }),
    layers: fc.integer({ min: 1, max: 4 }),
    dropout: fc.constantFrom(0, 0.3),
    embedding: fc.constantFrom(0, 3),
    nonlinearity: fc.constantFrom("tanh" as const, "relu" as const),
    identityStart: fc.boolean(),
    resetAfter: fc.boolean(),
    resetGate: fc.boolean(),
    forgetGate: fc.constantFrom("own" as const, "coupled" as const, "none" as const),
    peepholes: fc.constantFrom(false, true, "previous" as const),
    forgetBias: fc.constantFrom(1, 0, -1.5),
    activations: fc.constantFrom(
      ...([null, null, ["softsign", "tanh"], ["hardSigmoid", { name: "elu", alpha: 0.5 }]] as const),
    ),
    gateClip: fc.constantFrom(0, 0, 0.7),
    gateNorm: fc.constantFrom(false, true, "batch" as const),
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
    const spec = { ...networkSchema.defaults, ...drawn };
    const embedding = spec.tied ? (spec.head.at(-1) ?? stackWidth(spec)) : spec.embedding;
    const own: { -readonly [K in keyof NetworkSpec]?: NetworkSpec[K] } = { activations: fitting(spec) };
    for (const [field, { only, standard }] of Object.entries(networkSchema.fields)) {
      if (only && only.cell !== spec.cell) Object.assign(own, { [field]: standard });
    }
    if (own.activations) own.nonlinearity = networkSchema.defaults.nonlinearity;
    if (!spec.resetGate) own.resetAfter = true;
    if (spec.forgetGate !== "own") own.forgetBias = networkSchema.defaults.forgetBias;
    return { ...spec, embedding, inputDropout: embedding ? spec.inputDropout : 0, ...own };
  });

/** Returns as many activations as the cell has functions. */
function fitting({ cell, activations }: NetworkSpec): NetworkSpec["activations"] {
  if (!activations) return null;
  if (cell === "rnn") return activations.slice(1);
  return cell === "lstm" ? [...activations, "tanh"] : activations;
}

/** A small language model of any spec. */
export const languageModelSpec: fc.Arbitrary<LanguageModelSpec> = networkSpec
  .filter(({ bidirectional }) => !bidirectional)
  .map((spec) => ({ ...defaultLanguageModelSpec(), ...spec }));
