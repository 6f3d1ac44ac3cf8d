import { LEVELS, type Level } from "../../data/labelled.ts";
import { checkTokens, newTextFields, textFields } from "../../data/words.ts";
import {
  checkOneWay,
  checkTokenNetwork,
  MAX_WIDTH,
  type NetworkSpec,
  networkSchema,
} from "../../network/spec.ts";
import { type Infer, object, oneOf, whole } from "../../schema.ts";

const fields = () => ({
  /** The task's name in specs and files. */
  task: oneOf(["generator"]),
  /** Whether symbols are words (lower-cased) or characters. */
  level: oneOf(LEVELS),
  ...textFields(),
  /** Size of a condition's vector, or of each of its vectors, at most 65,536. If 0, conditions are names or texts. */
  features: whole(0, MAX_WIDTH).default(0, { file: "kept" }),
  /**
   * What a condition is: one name or vector (`single`), or a `sequence` of words or vectors, such as a summary or the chords of a
   * melody. Recurrent layers like those of the generator read a sequence.
   */
  condition: oneOf(["single", "sequence"]).default("single"),
});

/** The spec of a generator as plain JSON. A generator writes a sequence from a condition. */
export interface GeneratorSpec extends NetworkSpec, Infer<typeof fields> {}

/** Returns the schema of `GeneratorSpec`. */
export const generatorSchema = () =>
  object(
    {
      ...fields(),
      ...networkSchema.fields,
    },
    (spec, refuse) => {
      checkOneWay(spec, refuse, "a generator");
      const words = spec.condition === "sequence" && !spec.features;
      checkTokens(spec.tokens, "words", [spec.level, ...(words ? (["word"] as const) : [])], refuse);
      checkTokenNetwork(spec, refuse);
    },
  );

/** Returns the default spec of a generator. Level "char" is for single words such as names, level "word" for sentences. */
export function defaultGeneratorSpec(level: Level = "char"): GeneratorSpec {
  return {
    ...networkSchema.defaults,
    task: "generator",
    level,
    ...generatorSchema().defaults,
    ...newTextFields,
    layers: 1,
    embedding: level === "char" ? 32 : 128,
    dropout: 0.3,
  };
}

/** Checks a spec and adds the defaults of missing fields. @throws ERR_VALUE if a field is invalid */
export function checkGeneratorSpec(given: unknown): GeneratorSpec {
  return generatorSchema().check(given, "spec");
}
