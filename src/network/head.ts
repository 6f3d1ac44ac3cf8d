import type { Module } from "../nn/module.ts";
import type { Packed, PackOptions } from "../nn/stream/packed.ts";
import type { Tensor } from "../runtime/tensor.ts";

/** The last part of a network, from features to outputs: a `FeedForward`, or the `AdaptiveSoftmax` of a language model. */
export interface NetworkHead extends Module {
  /** The weight of the output layer, [outputs, in]. Of an adaptive softmax that is not tied, [shortlist + clusters, in]. */
  readonly weight: Tensor;
  /** The bias of the output layer; undefined if it has none. */
  readonly bias: Tensor | undefined;
  /** Computes [..., outputs] from x [..., in]. */
  forward(x: Tensor): Tensor;
  /** Packs the current weights for streams. */
  pack(options?: PackOptions): PackedHead;
}

/** The weights of a network's last part, packed once for any number of streams. */
export interface PackedHead extends Packed {
  /** Opens a stream of one row. */
  stream(): HeadStream;
}

/** The last part of a network, run step by step. */
export interface HeadStream {
  /** Address of the outputs of the last step. @internal */
  readonly outputPtr: number;
  /** Runs one step. @param x address of the input, which has to stay until the next step */
  run(x: number): void;
  /** Returns the natural logarithm of an output's probability, if it costs less than all outputs. */
  logProbability?(output: number): number;
  /** Frees the memory. */
  dispose(): void;
}
