import { POOLINGS } from "../../autograd/pool.ts";
import { LEVELS, type Level } from "../../data/labelled.ts";
import { checkTogether, checkTokenNetwork, type NetworkSpec, networkSchema } from "../../network/spec.ts";
import { fraction, type Infer, object, oneOf, positive, type Refuse, whole } from "../../schema.ts";

const wordFields = () => ({
  /** Numbers in each step of sequences of vectors, such as features of sound; 0: sequences are of tokens. */
  features: whole().default(0, { file: "kept" }),
  /**
   * Length of the vectors of characters, of which words are also made, besides being symbols: so that a word that was never seen
   * is told by its spelling. 0: none.
   */
  characters: whole().default(0, { file: "kept" }),
  /** Units in each direction of the LSTM that reads the characters of a word. */
  characterHidden: whole(1).default(25, { file: "kept" }),
  /**
   * Share of the tokens that are read as unknown ones in training, 0 to below 1 (Iyyer et al., "Deep Unordered Composition Rivals
   * Syntactic Methods for Text Classification", 2015); their characters are still read.
   */
  wordDropout: fraction().default(0, { file: "kept" }),
  /**
   * Deviation of the vectors of tokens at first. 1 as in PyTorch; where there are few examples a tenth generalises better, since
   * what is not learnt of a vector is noise.
   */
  embeddingStart: positive().default(1, { file: "kept" }),
});

/** What tagger and classifier share. */
interface WordSpec extends NetworkSpec, Infer<typeof wordFields> {}

const classifierFields = () => ({
  task: oneOf(["classifier"]),
  /** What a token is; words are lower-cased. */
  level: oneOf(LEVELS),
  /** How the steps become one vector: the states after each direction's last step, their mean, maximum, or both. */
  pooling: oneOf(POOLINGS),
});

/** What a classifier is, as plain JSON: one label for a whole sequence. */
export interface ClassifierSpec extends WordSpec, Infer<typeof classifierFields> {}

/** The fields of `ClassifierSpec`. */
export const classifierSchema = () =>
  object({ ...classifierFields(), ...networkSchema.fields, ...wordFields() }, checkLabels);

const taggerFields = () => ({ task: oneOf(["tagger"]), level: oneOf(["word"]) });

/** What a tagger is, as plain JSON: one label for every word. */
export interface TaggerSpec extends WordSpec, Infer<typeof taggerFields> {}

/** The fields of `TaggerSpec`. */
export const taggerSchema = () =>
  object({ ...taggerFields(), ...networkSchema.fields, ...wordFields() }, checkLabels);

export type LabelSpec = ClassifierSpec | TaggerSpec;

/** What differs for sequences of vectors, which have no vocabulary. */
const vectors = (features: number) => ({
  features,
  embedding: 0,
  embeddingStart: 1,
  characters: 0,
  wordDropout: 0,
  inputDropout: 0,
});

/** A classifier of sentences, or (`char`) of single words such as names, or of sequences of vectors. */
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

/** Completes a spec. @throws ERR_VALUE naming the field, what was given and what is expected */
export function checkClassifierSpec(given: unknown): ClassifierSpec {
  return classifierSchema().check(given, "spec");
}

/** Completes a spec. @throws ERR_VALUE naming the field, what was given and what is expected */
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
    refuse(`characters is ${characters}, but embedding is 0: one-hot vectors have nothing beside them`);
  }
  for (const field of ["embedding", "characters", "wordDropout"] as const) {
    if (features && spec[field]) {
      refuse(`${field} is ${spec[field]}, but features is ${features}: vectors are read as they are`);
    }
  }
  (features ? checkTogether : checkTokenNetwork)(spec, refuse);
}
