import { POOLINGS } from "../../autograd/pool.ts";
import { LEVELS, type Level } from "../../data/labelled.ts";
import { checkTogether, checkTokenNetwork, type NetworkSpec, networkSchema } from "../../network/spec.ts";
import { fraction, type Infer, object, oneOf, positive, type Refuse, whole } from "../../schema.ts";

const wordFields = () => ({
  /** Size of each step's vector, such as features of sound. At 0, steps are tokens. */
  features: whole().default(0, { file: "kept" }),
  /**
   * Width of the character embeddings. Above 0, each word is also encoded from its characters, which helps with unseen
   * words. At 0, characters are not read.
   */
  characters: whole().default(0, { file: "kept" }),
  /** Units in each direction of the LSTM that reads the characters of a word. */
  characterHidden: whole(1).default(25, { file: "kept" }),
  /**
   * Share of the tokens that are read as unknown in training, from 0 to below 1. The characters of these tokens are still read.
   * See Iyyer et al., "Deep Unordered Composition Rivals Syntactic Methods for Text Classification" (2015).
   */
  wordDropout: fraction().default(0, { file: "kept" }),
  /**
   * Initial standard deviation of the token embeddings. The default is 1, as in PyTorch. With few examples, 0.1 generalises
   * better, because initial values that training has not changed are noise.
   */
  embeddingStart: positive().default(1, { file: "kept" }),
});

/** The fields that tagger and classifier share. */
interface WordSpec extends NetworkSpec, Infer<typeof wordFields> {}

const classifierFields = () => ({
  task: oneOf(["classifier"]),
  /** Whether tokens are words (lower-cased) or characters. */
  level: oneOf(LEVELS),
  /**
   * How the steps become one vector. last: the final state of each direction. mean, max: the mean or the maximum of all states.
   * mean+max: both of these, concatenated.
   */
  pooling: oneOf(POOLINGS),
});

/** The spec of a classifier (one label for a whole sequence) as plain JSON. */
export interface ClassifierSpec extends WordSpec, Infer<typeof classifierFields> {}

/** The fields of `ClassifierSpec`. */
export const classifierSchema = () =>
  object({ ...classifierFields(), ...networkSchema.fields, ...wordFields() }, checkLabels);

const taggerFields = () => ({ task: oneOf(["tagger"]), level: oneOf(["word"]) });

/** The spec of a tagger (one label for every word) as plain JSON. */
export interface TaggerSpec extends WordSpec, Infer<typeof taggerFields> {}

/** The fields of `TaggerSpec`. */
export const taggerSchema = () =>
  object({ ...taggerFields(), ...networkSchema.fields, ...wordFields() }, checkLabels);

export type LabelSpec = ClassifierSpec | TaggerSpec;

/** Returns the fields that differ for sequences of vectors, which have no vocabulary. */
const vectors = (features: number) => ({
  features,
  embedding: 0,
  embeddingStart: 1,
  characters: 0,
  wordDropout: 0,
  inputDropout: 0,
});

/**
 * Returns the default spec of a classifier. It classifies sentences (level "word") or single words such as names (level "char").
 * If `features` is above 0, it instead classifies sequences of vectors with that many features.
 */
export function defaultClassifierSpec(level: Level = "word", features = 0): ClassifierSpec {
  const words = level === "word";
  return {
    ...classifierSchema().defaults,
    task: "classifier",
    level,
    pooling: words ? "mean+max" : "last",
    hidden: 64,
    layers: 1,
    embedding: words ? 64 : 32,
    embeddingStart: words ? 0.1 : 1,
    wordDropout: words ? 0.3 : 0,
    dropout: words ? 0.5 : 0.3,
    inputDropout: words ? 0.5 : 0,
    bidirectional: true,
    ...(features && vectors(features)),
  };
}

/** Returns the default spec of a tagger. It tags words, or vectors with `features` features if that is above 0. */
export function defaultTaggerSpec(features = 0): TaggerSpec {
  return {
    ...taggerSchema().defaults,
    task: "tagger",
    level: "word",
    characters: 25,
    layers: 1,
    embedding: 100,
    embeddingStart: 0.1,
    wordDropout: 0.1,
    dropout: 0.3,
    inputDropout: 0.3,
    bidirectional: true,
    ...(features && vectors(features)),
  };
}

/** Completes a spec. @throws ERR_VALUE with the field, its value and what is expected */
export function checkClassifierSpec(given: unknown): ClassifierSpec {
  return classifierSchema().check(given, "spec");
}

/** Completes a spec. @throws ERR_VALUE with the field, its value and what is expected */
export function checkTaggerSpec(given: unknown): TaggerSpec {
  return taggerSchema().check(given, "spec");
}

function checkLabels(spec: LabelSpec, refuse: Refuse): void {
  const { tied, task, characters, level, embedding, features } = spec;
  if (tied) refuse(`tied is true, but a ${task} reads tokens and predicts labels: they share no weight`);
  if (characters && level === "char") {
    refuse(`characters is ${characters}, but level is char: characters are the tokens`);
  }
  if (characters && !embedding) {
    refuse(`characters is ${characters}, but embedding is 0; use an embedding`);
  }
  for (const field of ["embedding", "characters", "wordDropout"] as const) {
    if (features && spec[field]) {
      refuse(`${field} is ${spec[field]}, but features is ${features}: vectors are read as they are`);
    }
  }
  (features ? checkTogether : checkTokenNetwork)(spec, refuse);
}
