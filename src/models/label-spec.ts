import { POOLINGS, type Pooling } from "../autograd/pool.ts";
import type { Level } from "../data/labelled.ts";
import { UnrolledError } from "../errors.ts";
import { checkFields, oneOf } from "./fields.ts";
import {
  checkTokenNetwork,
  DEFAULT_NETWORK,
  NETWORK_DEFAULTS,
  NETWORK_FIELDS,
  type NetworkSpec,
} from "./network-spec.ts";

/** What a classifier is, as plain JSON: one label for a whole sequence. */
export interface ClassifierSpec extends NetworkSpec {
  readonly task: "classifier";
  /** What a token is; words are lower-cased. */
  readonly level: Level;
  /** How the steps become one vector: the states after each direction's last step, or their mean or maximum. */
  readonly pooling: Pooling;
}

/** What a tagger is, as plain JSON: one label for every word. */
export interface TaggerSpec extends NetworkSpec {
  readonly task: "tagger";
  readonly level: "word";
}

export type LabelSpec = ClassifierSpec | TaggerSpec;

/** A classifier of sentences, or (`char`) of single words such as names. */
export function defaultClassifierSpec(level: Level = "word"): ClassifierSpec {
  const words = level === "word";
  return {
    ...DEFAULT_NETWORK,
    task: "classifier",
    level,
    pooling: words ? "max" : "last",
    hidden: 64,
    layers: 1,
    embedding: words ? 64 : 32,
    dropout: words ? 0.5 : 0.3,
    inputDropout: words ? 0.5 : 0,
    bidirectional: true,
  };
}

export function defaultTaggerSpec(): TaggerSpec {
  return {
    ...DEFAULT_NETWORK,
    task: "tagger",
    level: "word",
    layers: 1,
    embedding: 100,
    dropout: 0.3,
    inputDropout: 0.3,
    bidirectional: true,
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
        ...NETWORK_FIELDS,
      },
      NETWORK_DEFAULTS,
    ),
  );
}

/** @returns the spec, completed @throws ERR_VALUE naming the field, what was given and what is expected */
export function checkTaggerSpec(given: unknown): TaggerSpec {
  return checkLabels(
    checkFields<TaggerSpec>(
      "spec",
      given,
      { task: oneOf("tagger"), level: oneOf("word"), ...NETWORK_FIELDS },
      NETWORK_DEFAULTS,
    ),
  );
}

function checkLabels<T extends LabelSpec>(spec: T): T {
  const { tied, task } = spec;
  if (tied) {
    throw new UnrolledError(
      "ERR_VALUE",
      `spec: tied is true, but a ${task} reads tokens and predicts labels: they share no weight`,
    );
  }
  return checkTokenNetwork(spec);
}
