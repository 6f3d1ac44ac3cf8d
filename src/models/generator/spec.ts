import { LEVELS, type Level } from "../../data/labelled.ts";
import { checkOneWay, checkTokenNetwork, type NetworkSpec, networkSchema } from "../../network/spec.ts";
import { type Infer, object, oneOf, whole } from "../../schema.ts";

const fields = () => ({
  task: oneOf(["generator"]),
  /** Whether symbols are words (lower-cased) or characters. */
  level: oneOf(LEVELS),
  /** Size of the vectors that are conditions. At 0, conditions are names. */
  features: whole().default(0, { file: "kept" }),
});

/** The spec of a generator, which writes a sequence from a condition, as plain JSON. */
export interface GeneratorSpec extends NetworkSpec, Infer<typeof fields> {}

/** The fields of `GeneratorSpec`. */
export const generatorSchema = () =>
  object(
    {
      ...fields(),
      ...networkSchema.fields,
    },
    (spec, refuse) => {
      checkOneWay(spec, refuse, "a generator");
      checkTokenNetwork(spec, refuse);
    },
  );

/** Returns the default spec of a generator of single words such as names (level "char"), or of sentences (level "word"). */
export function defaultGeneratorSpec(level: Level = "char"): GeneratorSpec {
  return {
    ...networkSchema.defaults,
    task: "generator",
    level,
    ...generatorSchema().defaults,
    layers: 1,
    embedding: level === "char" ? 32 : 128,
    dropout: 0.3,
  };
}

/** Completes a spec. @throws ERR_VALUE with the field, its value and what is expected */
export function checkGeneratorSpec(given: unknown): GeneratorSpec {
  return generatorSchema().check(given, "spec");
}
