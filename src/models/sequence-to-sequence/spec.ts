import { LEVELS, type Level } from "../../data/labelled.ts";
import { checkTokens, newTextFields, type TokenRule, textFields } from "../../data/words.ts";
import { checkTokenNetwork, type NetworkSpec, networkSchema } from "../../network/spec.ts";
import { ATTENTIONS } from "../../nn/attention.ts";
import { flag, type Infer, object, oneOf, type Refuse } from "../../schema.ts";

const encoderDecoderFields = () => ({
  /** The task's name in specs and files. */
  task: oneOf(["encoder-decoder"]),
  /** Whether tokens of a source are characters or words. */
  sourceLevel: oneOf(LEVELS),
  /** Whether tokens of a target are characters or words. */
  targetLevel: oneOf(LEVELS),
  ...textFields("spaces"),
  /** Whether sources are lower-cased. Targets are never lower-cased. */
  lowerCase: flag().default(false, { file: "required" }),
  /** Attention of the decoder to the source: `dot`, `additive`, or `none`. */
  attention: oneOf([...ATTENTIONS, "none"]).default("dot", { file: "required" }),
});

/** The spec of an encoder-decoder (seq2seq) as plain JSON. The network's fields apply to both encoder and decoder. */
export interface EncoderDecoderSpec extends NetworkSpec, Infer<typeof encoderDecoderFields> {}

/** The fields of `EncoderDecoderSpec`. */
export const encoderDecoderSchema = () =>
  object({ ...encoderDecoderFields(), ...networkSchema.fields }, (spec, refuse) => {
    checkTokens(spec.tokens, "spaces", [spec.sourceLevel, spec.targetLevel], refuse);
    checkHalves(spec, refuse);
  });

const autoencoderFields = () => ({
  /** The task's name in specs and files. */
  task: oneOf(["autoencoder"]),
  /** Whether tokens are characters or words. */
  level: oneOf(LEVELS),
  ...textFields("spaces"),
});

/** The spec of an autoencoder (its decoder reproduces the sequence from one vector) as plain JSON. */
export interface AutoencoderSpec extends NetworkSpec, Infer<typeof autoencoderFields> {}

/** The fields of `AutoencoderSpec`. */
export const autoencoderSchema = () =>
  object({ ...autoencoderFields(), ...networkSchema.fields }, (spec, refuse) => {
    checkTokens(spec.tokens, "spaces", [spec.level], refuse);
    checkHalves(spec, refuse);
  });

/** A spec from which an encoder and a decoder are made. */
export type HalvesSpec = EncoderDecoderSpec | AutoencoderSpec;

const defaultNetwork = (): NetworkSpec => ({
  ...networkSchema.defaults,
  cell: "gru",
  layers: 1,
  embedding: 64,
  bidirectional: true,
});

/** Returns the rule of a new model. If no tokens are words, it has no effect and is that of older files. */
const newTokens = (...levels: readonly Level[]): TokenRule => (levels.includes("word") ? "words" : "spaces");

/**
 * Returns the default spec of an encoder-decoder.
 *
 * @param sourceLevel whether tokens of a source are characters or words
 * @param targetLevel whether tokens of a target are characters or words
 */
export function defaultEncoderDecoderSpec(
  sourceLevel: Level = "char",
  targetLevel: Level = "char",
): EncoderDecoderSpec {
  const { lowerCase, attention } = encoderDecoderFields();
  return {
    ...defaultNetwork(),
    task: "encoder-decoder",
    sourceLevel,
    targetLevel,
    ...newTextFields,
    tokens: newTokens(sourceLevel, targetLevel),
    lowerCase: lowerCase.standard,
    attention: attention.standard,
    dropout: 0.2,
    inputDropout: 0.2,
  };
}

/**
 * Returns the default spec of an autoencoder.
 *
 * @param level whether tokens are characters or words
 */
export function defaultAutoencoderSpec(level: Level = "char"): AutoencoderSpec {
  return { ...defaultNetwork(), task: "autoencoder", level, ...newTextFields, tokens: newTokens(level) };
}

/** Checks a spec and adds the defaults of missing fields. @throws ERR_VALUE if a field is invalid */
export function checkEncoderDecoderSpec(given: unknown): EncoderDecoderSpec {
  return encoderDecoderSchema().check(given, "spec");
}

/** Checks a spec and adds the defaults of missing fields. @throws ERR_VALUE if a field is invalid */
export function checkAutoencoderSpec(given: unknown): AutoencoderSpec {
  return autoencoderSchema().check(given, "spec");
}

function checkHalves(spec: NetworkSpec, refuse: Refuse): void {
  if (spec.bidirectional && spec.hidden % 2) {
    refuse(
      `hidden is ${spec.hidden}, but each direction of a bidirectional encoder has half of it: expected an even number`,
    );
  }
  checkTokenNetwork(encoderSpec(spec), refuse);
  checkTokenNetwork(decoderSpec(spec), refuse);
}

/** Returns the spec of the encoder's network. If it is bidirectional, each direction has half of the hidden units. */
export function encoderSpec(spec: NetworkSpec): NetworkSpec {
  const { hidden, bidirectional } = spec;
  return { ...spec, hidden: bidirectional ? hidden / 2 : hidden, tied: false, head: [] };
}

/** Returns the spec of the decoder's network, which cannot be bidirectional. */
export function decoderSpec(spec: NetworkSpec): NetworkSpec {
  return { ...spec, bidirectional: false };
}
