import type { Level } from "../../data/labelled.ts";
import { UnrolledError } from "../../errors.ts";
import {
  checkTokenNetwork,
  DEFAULT_NETWORK,
  NETWORK_DEFAULTS,
  NETWORK_FIELDS,
  type NetworkSpec,
} from "../../network/network-spec.ts";
import { ATTENTIONS, type AttentionKind } from "../../nn/attention.ts";
import { checkFields, flag, oneOf } from "../../schema.ts";

/** What an encoder-decoder is, as plain JSON: it makes one sequence of another. The network's fields are those of both halves. */
export interface EncoderDecoderSpec extends NetworkSpec {
  readonly task: "encoder-decoder";
  /** What a token of a source is: a character, or what stands between white space. */
  readonly sourceLevel: Level;
  /** The same of a target. */
  readonly targetLevel: Level;
  /** Sources are lower-cased; targets are not. */
  readonly lowerCase: boolean;
  /** What tells the decoder at each step which part of the source matters: `dot`, `additive`, or `none`. */
  readonly attention: AttentionKind | "none";
}

/** What an autoencoder is, as plain JSON: its decoder makes the sequence again from one vector. */
export interface AutoencoderSpec extends NetworkSpec {
  readonly task: "autoencoder";
  /** What a token is: a character, or what stands between white space. */
  readonly level: Level;
}

/** The fields of both halves: what an encoder and a decoder are made by. */
export type HalvesSpec = EncoderDecoderSpec | AutoencoderSpec;

const NETWORK: NetworkSpec = {
  ...DEFAULT_NETWORK,
  cell: "gru",
  layers: 1,
  embedding: 64,
  bidirectional: true,
};

export function defaultEncoderDecoderSpec(
  sourceLevel: Level = "char",
  targetLevel: Level = "char",
): EncoderDecoderSpec {
  return {
    ...NETWORK,
    task: "encoder-decoder",
    sourceLevel,
    targetLevel,
    lowerCase: false,
    attention: "dot",
    dropout: 0.2,
    inputDropout: 0.2,
  };
}

export function defaultAutoencoderSpec(level: Level = "char"): AutoencoderSpec {
  return { ...NETWORK, task: "autoencoder", level };
}

const LEVEL = oneOf("char", "word");

/** @returns the spec, completed @throws ERR_VALUE naming the field, what was given and what is expected */
export function checkEncoderDecoderSpec(given: unknown): EncoderDecoderSpec {
  return checkHalves(
    checkFields<EncoderDecoderSpec>(
      "spec",
      given,
      {
        task: oneOf("encoder-decoder"),
        sourceLevel: LEVEL,
        targetLevel: LEVEL,
        lowerCase: flag,
        attention: oneOf(...ATTENTIONS, "none"),
        ...NETWORK_FIELDS,
      },
      NETWORK_DEFAULTS,
    ),
  );
}

/** @returns the spec, completed @throws ERR_VALUE naming the field, what was given and what is expected */
export function checkAutoencoderSpec(given: unknown): AutoencoderSpec {
  return checkHalves(
    checkFields<AutoencoderSpec>(
      "spec",
      given,
      { task: oneOf("autoencoder"), level: LEVEL, ...NETWORK_FIELDS },
      NETWORK_DEFAULTS,
    ),
  );
}

function checkHalves<T extends HalvesSpec>(spec: T): T {
  if (spec.bidirectional && spec.hidden % 2) {
    throw new UnrolledError(
      "ERR_VALUE",
      `spec: hidden is ${spec.hidden}, but each direction of a bidirectional encoder has half of it: expected an even number`,
    );
  }
  checkTokenNetwork(encoderSpec(spec));
  checkTokenNetwork(decoderSpec(spec));
  return spec;
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
