import { POOLINGS } from "../../autograd/pool.ts";
import { LEVELS, type Level } from "../../data/labelled.ts";
import { checkTokens, newTextFields, textFields } from "../../data/words.ts";
import {
  checkTogether,
  checkTokenNetwork,
  MAX_WIDTH,
  type NetworkSpec,
  networkSchema,
} from "../../network/spec.ts";
import { type Infer, object, oneOf, positive, whole } from "../../schema.ts";

const fields = () => ({
  /** The task's name in specs and files. */
  task: oneOf(["embedder"]),
  /** Whether tokens are words (lower-cased) or characters. */
  level: oneOf(LEVELS),
  ...textFields(),
  /** Size of each step's vector, such as the number of features of sound, at most 65,536. If 0, steps are tokens. */
  features: whole(0, MAX_WIDTH).default(0),
  /** How the outputs of all steps are combined into one vector, @see ClassifierSpec.pooling */
  pooling: oneOf(POOLINGS).default("mean+max", { file: "required" }),
  /** Size of a vector, at most 65,536. */
  size: whole(1, MAX_WIDTH).default(128, { file: "required" }),
  /** The loss divides the cosines by this temperature. */
  temperature: positive().default(0.05, { file: "required" }),
});

/** The spec of an embedder (one vector for a whole sequence) as plain JSON. */
export interface EmbedderSpec extends NetworkSpec, Infer<typeof fields> {}

/** The fields of `EmbedderSpec`. */
export const embedderSchema = () =>
  object(
    {
      ...fields(),
      ...networkSchema.fields,
    },
    (spec, refuse) => {
      if (spec.tied) {
        refuse("tied is true, but an embedder has no weight for input and output");
      }
      checkTokens(spec.tokens, "words", [spec.level], refuse);
      const { features, embedding } = spec;
      if (features && embedding) {
        refuse(`embedding is ${embedding}, but features is ${features}: vectors are read as they are`);
      }
      (features ? checkTogether : checkTokenNetwork)(spec, refuse);
    },
  );

/**
 * Returns the default spec for sentences that are read as words or, if `level` is `char`, as characters.
 *
 * @param features 0 (default) if the embedder reads tokens. If it reads vectors, the size of a vector; `level` then has no effect
 */
export function defaultEmbedderSpec(level: Level = "word", features = 0): EmbedderSpec {
  return {
    ...networkSchema.defaults,
    task: "embedder",
    level,
    ...embedderSchema().defaults,
    ...newTextFields,
    hidden: 128,
    layers: 1,
    embedding: level === "word" ? 128 : 32,
    dropout: 0.2,
    inputDropout: 0.2,
    bidirectional: true,
    features,
    ...(features && { embedding: 0, inputDropout: 0 }),
  };
}

/** Completes a spec. @throws ERR_VALUE with the field, its value and what is expected */
export function checkEmbedderSpec(given: unknown): EmbedderSpec {
  return embedderSchema().check(given, "spec");
}
