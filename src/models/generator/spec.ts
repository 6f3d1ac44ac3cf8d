import type { Level } from "../../data/labelled.ts";
import { UnrolledError } from "../../errors.ts";
import {
  checkTokenNetwork,
  DEFAULT_NETWORK,
  NETWORK_DEFAULTS,
  NETWORK_FIELDS,
  type NetworkSpec,
} from "../../network/network-spec.ts";
import { checkFields, oneOf, wholeFrom } from "../../schema.ts";

/** What a generator is, as plain JSON: a sequence written from a condition. */
export interface GeneratorSpec extends NetworkSpec {
  readonly task: "generator";
  /** What a symbol is; words are lower-cased. */
  readonly level: Level;
  /** Numbers in a condition that is a vector; 0: conditions are names. */
  readonly features: number;
}

/** A generator of words such as names (`char`), or of sentences. */
export function defaultGeneratorSpec(level: Level = "char"): GeneratorSpec {
  return {
    ...DEFAULT_NETWORK,
    task: "generator",
    level,
    features: 0,
    layers: 1,
    embedding: level === "char" ? 32 : 128,
    dropout: 0.3,
  };
}

/** @returns the spec, completed @throws ERR_VALUE naming the field, what was given and what is expected */
export function checkGeneratorSpec(given: unknown): GeneratorSpec {
  const fields = {
    task: oneOf("generator"),
    level: oneOf("char", "word"),
    features: wholeFrom(0),
    ...NETWORK_FIELDS,
  };
  const spec = checkFields<GeneratorSpec>("spec", given, fields, { ...NETWORK_DEFAULTS, features: 0 });
  if (spec.bidirectional) {
    throw new UnrolledError(
      "ERR_VALUE",
      "spec: bidirectional is true, but a generator that reads from both ends would see the future it writes",
    );
  }
  return checkTokenNetwork(spec);
}
