import { LEVELS, type Level } from "../../data/labelled.ts";
import { checkOneWay, checkTokenNetwork, type NetworkSpec, networkSchema } from "../../network/spec.ts";
import { type Infer, object, oneOf, whole } from "../../schema.ts";

const fields = () => ({
  task: oneOf(["generator"]),
  /** What a symbol is; words are lower-cased. */
  level: oneOf(LEVELS),
  /** Numbers in a condition that is a vector; 0: conditions are names. */
  features: whole().default(0, { file: "kept" }),
});

/** What a generator is, as plain JSON: a sequence written from a condition. */
export interface GeneratorSpec extends NetworkSpec, Infer<typeof fields> {}

/** The fields of `GeneratorSpec`. */
export const generatorSchema = () =>
  object(
    {
      ...fields(),
      ...networkSchema.fields,
    },
    (spec, refuse) => {
      checkOneWay(spec, refuse, "a generator", "writes");
      checkTokenNetwork(spec, refuse);
    },
  );

/** A generator of words such as names (`char`), or of sentences. */
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

/** Completes a spec. @throws ERR_VALUE naming the field, what was given and what is expected */
export function checkGeneratorSpec(given: unknown): GeneratorSpec {
  return generatorSchema().check(given, "spec");
}
