import type { Network } from "../../network/network.ts";
import type { NetworkSpec } from "../../network/spec.ts";
import type { Attention } from "../../nn/attention.ts";
import type { Embedding } from "../../nn/embedding.ts";
import type { Linear } from "../../nn/linear.ts";
import type { Recurrent } from "../../nn/recurrent.ts";
import type { GraphBuilder } from "./graph-builder.ts";

/** Names of the axes of steps. */
export const STEPS = ["time", "batch"] as const;

/** The states of a stack, [layers, batch, hidden], or of a layer: names of values. */
export interface States {
  readonly h: string;
  readonly c?: string | undefined;
}

/** The states after the last step of each layer, the first layer first. */
export type Ends = readonly States[];

/** What a layer gives. */
export interface LayerOutput {
  /** The output of every step, [time, directions, batch, hidden]. */
  readonly output: string;
  /** The states after the last step, [directions, batch, hidden]. */
  readonly states: States;
}

/**
 * Adds a recurrent layer.
 *
 * @param name stands before the names of its weights
 * @param x [time, batch, features]
 * @param start the initial states, [directions, batch, hidden]; "" for zeros
 * @param lengths the number of steps of each sequence, int32 [batch]; "" if all have all
 */
export type AddLayer = (
  graph: GraphBuilder,
  name: string,
  x: string,
  rnn: Recurrent,
  layer: number,
  spec: NetworkSpec,
  start: States,
  lengths: string,
) => LayerOutput;

/** Mean and standard deviation of the features of vectors. */
export interface Scaling {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** Layers that read tokens or vectors. */
export interface Reader {
  readonly embedding: Embedding | undefined;
  readonly rnn: Recurrent;
}

/** The network that writes a sequence step by step. */
export interface Writer extends Network {
  /** The attention to what was read; undefined if there is none. */
  readonly attention?: Attention | undefined;
  /** Combines the context of the attention with the output of the recurrent layers. */
  readonly mix?: Linear | undefined;
  /** Turns the final states of the encoder into the first ones of the decoder; undefined if they are the same. */
  readonly bridge?: Linear | undefined;
}

/** What an export needs to know of the models of all tasks. Each has some of the optional fields. */
export interface Exported extends Network {
  readonly spec: NetworkSpec & {
    readonly task?: string;
    readonly softmax?: string;
    readonly zeroStart?: boolean;
    readonly characterHidden?: number;
    readonly features?: number;
    readonly stack?: number;
    readonly multiLabel?: boolean;
    readonly pooling?: string;
    readonly changes?: boolean;
    readonly encoderCell?: NetworkSpec["cell"] | "same";
  };
  readonly tables: {
    readonly scaling?: Scaling & {
      readonly columns: readonly Readonly<Record<"mean" | "deviation" | "step" | "change", number>>[];
    };
  };
  /** The part of a tagger or classifier that reads the characters of words. */
  readonly characters?: Reader & { readonly embedding: Embedding };
  /** How a forecaster reads rows. */
  readonly coding: { readonly width: number; readonly outputs: number; readonly targets: readonly number[] };
  /** The part of a generator that reads a condition which is a sequence. */
  readonly condition?: Reader;
  /** The layer of a generator that turns a condition into the first states. */
  readonly start: Linear;
  /** The parts of an encoder-decoder and of an autoencoder. */
  readonly encoder: Reader;
  readonly decoder: Writer;
}
