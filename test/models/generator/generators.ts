import { Vocabulary } from "../../../src/data/vocabulary.ts";
import type { Conditioned } from "../../../src/models/generator/examples.ts";
import { ConditionalGenerator, generatorVocabulary } from "../../../src/models/generator/model.ts";
import { defaultGeneratorSpec, type GeneratorSpec } from "../../../src/models/generator/spec.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";

const SOUNDS: Readonly<Record<string, string>> = { cat: "miaow", dog: "wow", cow: "moo" };

/** The calls of animals, repeated once to four times. */
export const CALLS: readonly Conditioned[] = Array.from({ length: 60 }, (_, i) => {
  const condition = Object.keys(SOUNDS)[i % 3]!;
  return { condition, tokens: [...SOUNDS[condition]!.repeat(1 + (i % 4))] };
});

/** Vectors for the names. */
export const FEATURES: Readonly<Record<string, readonly number[]>> = {
  cat: [1, -0.5],
  dog: [-1, 0.25],
  cow: [0, 2],
};
export const VECTOR_CALLS: readonly Conditioned[] = CALLS.map(({ condition, tokens }) => ({
  condition: FEATURES[String(condition)]!,
  tokens,
}));

export function newGenerator(rt: Runtime, spec: Partial<GeneratorSpec> = {}): ConditionalGenerator {
  const whole = { ...defaultGeneratorSpec(), hidden: 8, embedding: 5, dropout: 0, ...spec };
  const conditions = Vocabulary.fromTokens(Object.keys(SOUNDS), { unknown: false });
  return new ConditionalGenerator(rt, whole, {
    vocabulary: generatorVocabulary(CALLS),
    ...(!whole.features && { conditions }),
  });
}
