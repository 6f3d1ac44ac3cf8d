import { LEVELS, type Level } from "../../data/labelled.ts";
import { checkTokens, newTextFields, type TokenRule, textFields } from "../../data/words.ts";
import {
  checkTogether,
  checkTokenNetwork,
  MAX_WIDTH,
  type NetworkSpec,
  networkSchema,
  stackWidth,
} from "../../network/spec.ts";
import { ATTENTIONS } from "../../nn/attention.ts";
import { flag, type Infer, object, oneOf, type Refuse, whole } from "../../schema.ts";

/** The fields of an encoder that differs from its decoder. */
const encoderFields = () => ({
  /** Size of each vector of a source, such as the number of features of sound, at most 65,536. If 0, a source has tokens. */
  features: whole(0, MAX_WIDTH).default(0),
  /** Number of layers of the encoder, at most 100. With 0, the encoder has `layers` layers. */
  encoderLayers: whole(0, 100).default(0),
  /** Units in each layer of the encoder, at most 65,536. With 0, each layer has `hidden` units. */
  encoderHidden: whole(0, MAX_WIDTH).default(0),
  /** The recurrent cell of the encoder: `rnn`, `gru` or `lstm`. With `same`, it is `cell`. */
  encoderCell: oneOf([...networkSchema.fields.cell.choices!, "same"]).default("same"),
});

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
  ...encoderFields(),
});

/**
 * The spec of an encoder-decoder (seq2seq) as plain JSON. The network's fields apply to both encoder and decoder, unless
 * `encoderLayers`, `encoderHidden` or `encoderCell` say otherwise for the encoder.
 */
export interface EncoderDecoderSpec extends NetworkSpec, Infer<typeof encoderDecoderFields> {}

/** The fields of `EncoderDecoderSpec`. */
export const encoderDecoderSchema = () =>
  object({ ...encoderDecoderFields(), ...networkSchema.fields }, (spec, refuse) => {
    checkTokens(spec.tokens, "spaces", [spec.sourceLevel, spec.targetLevel], refuse);
    const { features, lowerCase } = spec;
    if (features && lowerCase) refuse(`lowerCase is true, but features is ${features}: vectors have no case`);
    checkHalves(spec, refuse);
    const [source, target] = [encoderSpec(spec), decoderSpec(spec)].map(stackWidth);
    if (spec.attention === "dot" && source !== target) {
      refuse(
        `attention is dot, which needs outputs of equal width, but the encoder has ${source} and the decoder ${target}; use additive or none`,
      );
    }
  });

const autoencoderFields = () => ({
  /** The task's name in specs and files. */
  task: oneOf(["autoencoder"]),
  /** Whether tokens are characters or words. */
  level: oneOf(LEVELS),
  ...textFields("spaces"),
  ...encoderFields(),
});

/**
 * The spec of an autoencoder (its decoder reproduces the sequence from one vector) as plain JSON. The network's fields apply to
 * both halves, as those of `EncoderDecoderSpec` do.
 */
export interface AutoencoderSpec extends NetworkSpec, Infer<typeof autoencoderFields> {}

/** The fields of `AutoencoderSpec`. */
export const autoencoderSchema = () =>
  object({ ...autoencoderFields(), ...networkSchema.fields }, (spec, refuse) => {
    checkTokens(spec.tokens, "spaces", [spec.level], refuse);
    const { features, embedding } = spec;
    if (features && embedding) {
      refuse(`embedding is ${embedding}, but features is ${features}: vectors are read as they are`);
    }
    checkHalves(spec, refuse);
  });

/** The fields of a spec that describe the networks of encoder and decoder. */
export interface HalvesNetwork extends NetworkSpec, Infer<typeof encoderFields> {}

/** A spec from which an encoder and a decoder are made. */
export type HalvesSpec = EncoderDecoderSpec | AutoencoderSpec;

const defaultNetwork = (): HalvesNetwork => ({
  ...networkSchema.defaults,
  ...object(encoderFields()).defaults,
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
 * @param features 0 (default) if sources have tokens. If they have vectors, the size of a vector; `sourceLevel` then has no effect
 */
export function defaultEncoderDecoderSpec(
  sourceLevel: Level = "char",
  targetLevel: Level = "char",
  features = 0,
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
    inputDropout: features ? 0 : 0.2,
    features,
  };
}

/**
 * Returns the default spec of an autoencoder.
 *
 * @param level whether tokens are characters or words
 * @param features 0 (default) if the autoencoder reads tokens. If it reads vectors, the size of a vector; `level` then has no effect
 */
export function defaultAutoencoderSpec(level: Level = "char", features = 0): AutoencoderSpec {
  return {
    ...defaultNetwork(),
    task: "autoencoder",
    level,
    ...newTextFields,
    tokens: newTokens(level),
    features,
    ...(features && { embedding: 0 }),
  };
}

/** Checks a spec and adds the defaults of missing fields. @throws ERR_VALUE if a field is invalid */
export function checkEncoderDecoderSpec(given: unknown): EncoderDecoderSpec {
  return encoderDecoderSchema().check(given, "spec");
}

/** Checks a spec and adds the defaults of missing fields. @throws ERR_VALUE if a field is invalid */
export function checkAutoencoderSpec(given: unknown): AutoencoderSpec {
  return autoencoderSchema().check(given, "spec");
}

function checkHalves(spec: HalvesSpec, refuse: Refuse): void {
  const { task, cell, bidirectional, encoderHidden, activations } = spec;
  const encoder = encoderHalf(spec);
  if (bidirectional && encoder.hidden % 2) {
    refuse(
      `${encoderHidden ? "encoderHidden" : "hidden"} is ${encoder.hidden}, but each direction of a bidirectional encoder has half of it: expected an even number`,
    );
  }
  if (activations && encoder.cell !== cell) {
    refuse(
      `activations is ${JSON.stringify(activations)}, but encoderCell is ${encoder.cell} and cell ${cell}, which take different numbers of functions; use null`,
    );
  }
  (spec.features ? checkTogether : checkTokenNetwork)(encoderSpec(spec), refuse);
  (spec.features && task === "autoencoder" ? checkTogether : checkTokenNetwork)(decoderSpec(spec), refuse);
}

/**
 * Returns the encoder's cell, layers and hidden units. If it is bidirectional, `hidden` has the units of both directions, as the
 * encoder's final states have.
 */
export function encoderHalf(spec: HalvesNetwork): NetworkSpec {
  const { encoderLayers, encoderHidden, encoderCell } = spec;
  return {
    ...spec,
    cell: encoderCell === "same" ? spec.cell : encoderCell,
    layers: encoderLayers || spec.layers,
    hidden: encoderHidden || spec.hidden,
  };
}

/**
 * Returns the spec of the encoder's network. If it is bidirectional, each direction has half of the hidden units. If it reads vectors,
 * it has no embedding.
 */
export function encoderSpec(spec: HalvesNetwork): NetworkSpec {
  const half = encoderHalf(spec);
  return {
    ...half,
    hidden: half.bidirectional ? half.hidden / 2 : half.hidden,
    embedding: spec.features ? 0 : half.embedding,
    tied: false,
    head: [],
  };
}

/** Returns the spec of the decoder's network, which cannot be bidirectional. */
export function decoderSpec(spec: HalvesNetwork): NetworkSpec {
  return { ...spec, bidirectional: false };
}
