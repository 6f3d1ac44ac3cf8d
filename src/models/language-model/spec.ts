import type { Level } from "../../data/labelled.ts";
import { TOKEN_RULES, type TokenRule } from "../../data/words.ts";
import { UnrolledError } from "../../errors.ts";
import {
  checkTokenNetwork,
  DEFAULT_NETWORK,
  NETWORK_DEFAULTS,
  NETWORK_FIELDS,
  type NetworkSpec,
} from "../../network/network-spec.ts";
import { checkFields, type Field, flag, oneOf } from "../../schema.ts";

/** What a language model is, as plain JSON; with the tensors of its file it can be rebuilt anywhere. */
export interface LanguageModelSpec extends NetworkSpec {
  readonly task: "language-model";
  /** What a symbol is. */
  readonly level: Level;
  /** How a text becomes words. */
  readonly tokens: TokenRule;
  /**
   * Each line (of words: sentence) is a sequence of its own, which begins with a newline (`<EOS>`) from a zero state; else the
   * text is one.
   */
  readonly lines: boolean;
}

/**
 * Returns the default spec of a level. Of characters: the network of char-rnn. Of words: the output layer's weight is the
 * embedding's, and part of what both ends read is dropped.
 */
export function defaultLanguageModelSpec(level: Level = "char"): LanguageModelSpec {
  return {
    task: "language-model",
    level,
    ...DEFAULT_NETWORK,
    tokens: "words",
    lines: false,
    ...(level === "word" && {
      hidden: 256,
      layers: 1,
      embedding: 256,
      dropout: 0.4,
      inputDropout: 0.2,
      tied: true,
    }),
  };
}

/** Fields that may be missing, as in files of earlier versions, and their values. */
export const LANGUAGE_MODEL_DEFAULTS: Partial<LanguageModelSpec> = {
  ...NETWORK_DEFAULTS,
  tokens: "words",
  lines: false,
};

const FIELDS: Record<keyof LanguageModelSpec, Field> = {
  task: oneOf("language-model"),
  level: oneOf("char", "word"),
  tokens: oneOf(...TOKEN_RULES),
  ...NETWORK_FIELDS,
  lines: flag,
};

/**
 * Checks a spec that came from outside, field by field and as a whole.
 *
 * @returns the spec, completed: a field that files of earlier versions do not have takes its default
 * @throws ERR_VALUE naming the field, what was given and what is expected
 */
export function checkLanguageModelSpec(given: unknown): LanguageModelSpec {
  const spec = checkFields<LanguageModelSpec>("spec", given, FIELDS, LANGUAGE_MODEL_DEFAULTS);
  if (spec.bidirectional) {
    throw new UnrolledError(
      "ERR_VALUE",
      "spec: bidirectional is true, but a language model that reads from both ends would see the future it predicts",
    );
  }
  if (spec.tokens !== "words" && spec.level === "char") {
    throw new UnrolledError(
      "ERR_VALUE",
      `spec: tokens is ${spec.tokens}, which has no meaning where level is char`,
    );
  }
  return checkTokenNetwork(spec);
}
