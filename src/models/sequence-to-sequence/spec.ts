import { LEVELS, type Level } from "../../data/labelled.ts";
import { checkTokenNetwork, type NetworkSpec, networkSchema } from "../../network/spec.ts";
import { ATTENTIONS } from "../../nn/attention.ts";
import { flag, type Infer, object, oneOf, type Refuse } from "../../schema.ts";

const encoderDecoderFields = () => ({
  task: oneOf(["encoder-decoder"]),
  /** What a token of a source is: a character, or what stands between white space. */
  sourceLevel: oneOf(LEVELS),
  /** The same of a target. */
  targetLevel: oneOf(LEVELS),
  /** Sources are lower-cased; targets are not. */
  lowerCase: flag().default(false, { file: "required" }),
  /** What tells the decoder at each step which part of the source matters: `dot`, `additive`, or `none`. */
  attention: oneOf([...ATTENTIONS, "none"]).default("dot", { file: "required" }),
});

/** What an encoder-decoder is, as plain JSON: it makes one sequence of another. The network's fields are those of both halves. */
export interface EncoderDecoderSpec extends NetworkSpec, Infer<typeof encoderDecoderFields> {}

/** The fields of `EncoderDecoderSpec`. */
export const encoderDecoderSchema = () =>
  object({ ...encoderDecoderFields(), ...networkSchema.fields }, checkHalves);

const autoencoderFields = () => ({
  task: oneOf(["autoencoder"]),
  /** What a token is: a character, or what stands between white space. */
  level: oneOf(LEVELS),
});

/** What an autoencoder is, as plain JSON: its decoder makes the sequence again from one vector. */
export interface AutoencoderSpec extends NetworkSpec, Infer<typeof autoencoderFields> {}

/** The fields of `AutoencoderSpec`. */
export const autoencoderSchema = () =>
  object({ ...autoencoderFields(), ...networkSchema.fields }, checkHalves);

/** The fields of both halves: what an encoder and a decoder are made by. */
export type HalvesSpec = EncoderDecoderSpec | AutoencoderSpec;

const defaultNetwork = (): NetworkSpec => ({
  ...networkSchema.defaults,
  cell: "gru",
  layers: 1,
  embedding: 64,
  bidirectional: true,
});

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
    lowerCase: lowerCase.standard,
    attention: attention.standard,
    dropout: 0.2,
    inputDropout: 0.2,
  };
}

export function defaultAutoencoderSpec(level: Level = "char"): AutoencoderSpec {
  return { ...defaultNetwork(), task: "autoencoder", level };
}

/** Completes a spec. @throws ERR_VALUE naming the field, what was given and what is expected */
export function checkEncoderDecoderSpec(given: unknown): EncoderDecoderSpec {
  return encoderDecoderSchema().check(given, "spec");
}

/** Completes a spec. @throws ERR_VALUE naming the field, what was given and what is expected */
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

/** The encoder's network: where it reads from both ends, each direction has half of the hidden units. */
export function encoderSpec(spec: NetworkSpec): NetworkSpec {
  const { hidden, bidirectional } = spec;
  return { ...spec, hidden: bidirectional ? hidden / 2 : hidden, tied: false, head: [] };
}

/** The decoder's network, which cannot read from both ends. */
export function decoderSpec(spec: NetworkSpec): NetworkSpec {
  return { ...spec, bidirectional: false };
}
