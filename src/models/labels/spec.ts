import { POOLINGS, type Pooling } from "../../autograd/pool.ts";
import type { Level } from "../../data/labelled.ts";
import { UnrolledError } from "../../errors.ts";
import {
  checkTogether,
  checkTokenNetwork,
  DEFAULT_NETWORK,
  NETWORK_DEFAULTS,
  NETWORK_FIELDS,
  type NetworkSpec,
} from "../../network/network-spec.ts";
import { checkFields, fraction, oneOf, positive, wholeFrom } from "../../schema.ts";

/** What tagger and classifier share. */
interface WordSpec extends NetworkSpec {
  /** Numbers in each step of sequences of vectors, such as features of sound; 0: sequences are of tokens. */
  readonly features: number;
  /**
   * Length of the vectors of characters, of which words are also made, besides being symbols: so that a word that was never seen
   * is told by its spelling. 0: none.
   */
  readonly characters: number;
  /** Units in each direction of the LSTM that reads the characters of a word. */
  readonly characterHidden: number;
  /**
   * Share of the tokens that are read as unknown ones in training, 0 to below 1 (Iyyer et al., "Deep Unordered Composition Rivals
   * Syntactic Methods for Text Classification", 2015); their characters are still read.
   */
  readonly wordDropout: number;
  /**
   * Deviation of the vectors of tokens at first. 1 as in PyTorch; where there are few examples a tenth generalises better, since
   * what is not learnt of a vector is noise.
   */
  readonly embeddingStart: number;
}

/** What a classifier is, as plain JSON: one label for a whole sequence. */
export interface ClassifierSpec extends WordSpec {
  readonly task: "classifier";
  /** What a token is; words are lower-cased. */
  readonly level: Level;
  /** How the steps become one vector: the states after each direction's last step, their mean, maximum, or both. */
  readonly pooling: Pooling;
}

/** What a tagger is, as plain JSON: one label for every word. */
export interface TaggerSpec extends WordSpec {
  readonly task: "tagger";
  readonly level: "word";
}

export type LabelSpec = ClassifierSpec | TaggerSpec;

const FIELDS = {
  ...NETWORK_FIELDS,
  features: wholeFrom(0),
  characters: wholeFrom(0),
  characterHidden: wholeFrom(1),
  wordDropout: fraction,
  embeddingStart: positive,
};

/** Of the fields that may be missing, as in files of earlier versions. */
const DEFAULTS = {
  ...NETWORK_DEFAULTS,
  features: 0,
  characters: 0,
  characterHidden: 25,
  wordDropout: 0,
  embeddingStart: 1,
};

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
    ...DEFAULT_NETWORK,
    ...DEFAULTS,
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
    ...DEFAULT_NETWORK,
    ...DEFAULTS,
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

/** @returns the spec, completed @throws ERR_VALUE naming the field, what was given and what is expected */
export function checkClassifierSpec(given: unknown): ClassifierSpec {
  return checkLabels(
    checkFields<ClassifierSpec>(
      "spec",
      given,
      {
        task: oneOf("classifier"),
        level: oneOf("char", "word"),
        pooling: oneOf(...POOLINGS),
        ...FIELDS,
      },
      DEFAULTS,
    ),
  );
}

/** @returns the spec, completed @throws ERR_VALUE naming the field, what was given and what is expected */
export function checkTaggerSpec(given: unknown): TaggerSpec {
  return checkLabels(
    checkFields<TaggerSpec>(
      "spec",
      given,
      { task: oneOf("tagger"), level: oneOf("word"), ...FIELDS },
      DEFAULTS,
    ),
  );
}

function checkLabels<T extends LabelSpec>(spec: T): T {
  const { tied, task, characters, level, embedding, features } = spec;
  const refuse = (problem: string): never => {
    throw new UnrolledError("ERR_VALUE", `spec: ${problem}`);
  };
  if (tied) refuse(`tied is true, but a ${task} reads tokens and predicts labels: they share no weight`);
  if (characters && level === "char") {
    refuse(`characters is ${characters}, but level is char: characters are the tokens`);
  }
  if (characters && !embedding) {
    refuse(`characters is ${characters}, but embedding is 0: one-hot vectors have nothing beside them`);
  }
  if (!features) return checkTokenNetwork(spec);
  for (const field of ["embedding", "characters", "wordDropout"] as const) {
    if (spec[field])
      refuse(`${field} is ${spec[field]}, but features is ${features}: vectors are read as they are`);
  }
  return checkTogether(spec);
}
