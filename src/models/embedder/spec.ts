import { POOLINGS, type Pooling } from "../../autograd/pool.ts";
import type { Level } from "../../data/labelled.ts";
import { UnrolledError } from "../../errors.ts";
import {
  checkTokenNetwork,
  DEFAULT_NETWORK,
  NETWORK_DEFAULTS,
  NETWORK_FIELDS,
  type NetworkSpec,
} from "../../network/network-spec.ts";
import { checkFields, oneOf, positive, wholeFrom } from "../../schema.ts";

/** What a embedder is, as plain JSON: a vector for a whole sequence. */
export interface EmbedderSpec extends NetworkSpec {
  readonly task: "embedder";
  /** What a token is; words are lower-cased. */
  readonly level: Level;
  /** How the steps become one vector, @see ClassifierSpec.pooling */
  readonly pooling: Pooling;
  /** Numbers in a vector. */
  readonly size: number;
  /** What the cosines are divided by where the loss compares them. */
  readonly temperature: number;
}

/** An embedder of sentences by their words, or (`char`) by their spelling. */
export function defaultEmbedderSpec(level: Level = "word"): EmbedderSpec {
  return {
    ...DEFAULT_NETWORK,
    task: "embedder",
    level,
    pooling: "mean+max",
    size: 128,
    temperature: 0.05,
    hidden: 128,
    layers: 1,
    embedding: level === "word" ? 128 : 32,
    dropout: 0.2,
    inputDropout: 0.2,
    bidirectional: true,
  };
}

/** @returns the spec, completed @throws ERR_VALUE naming the field, what was given and what is expected */
export function checkEmbedderSpec(given: unknown): EmbedderSpec {
  const fields = {
    task: oneOf("embedder"),
    level: oneOf("char", "word"),
    pooling: oneOf(...POOLINGS),
    size: wholeFrom(1),
    temperature: positive,
    ...NETWORK_FIELDS,
  };
  const spec = checkFields<EmbedderSpec>("spec", given, fields, NETWORK_DEFAULTS);
  if (spec.tied) {
    throw new UnrolledError(
      "ERR_VALUE",
      "spec: tied is true, but an embedder reads tokens and gives a vector: they share no weight",
    );
  }
  return checkTokenNetwork(spec);
}
