import type { Tensor } from "../runtime/tensor.ts";
import type { Connections } from "./connections.ts";
import type { NormKind } from "./make-norm.ts";

/** The options of torch.nn.RNN, GRU and LSTM that they share. */
export interface RecurrentModuleOptions {
  /** Features of x, or number of tokens where x holds tokens. */
  inputSize: number;
  hiddenSize: number;
  /** Layers, each reading the output of the one below; default 1. */
  numLayers?: number;
  /** Default true. */
  bias?: boolean;
  /** x and output are [B, T, ...] instead of [T, B, ...]; states are never turned. Default false. */
  batchFirst?: boolean;
  /** Dropout on what every layer but the first reads, in training; a connection around it is not dropped. Default 0. */
  dropout?: number;
  /** Dropout on the features that the first layer reads, in training; default 0. Tokens have none: embed them. */
  inputDropout?: number;
  /** Both dropouts keep their mask for all steps of a sequence (Gal and Ghahramani 2016). Default false. */
  variationalDropout?: boolean;
  /** Connections between the layers; default plain, each layer reading the output of the one below. */
  connections?: Connections;
  /** Normalisation of each layer's output, both directions together, before connections; default none. */
  norm?: NormKind;
  /** A second set of weights runs from the end; outputs are concatenated, forward half first. Default false. */
  bidirectional?: boolean;
  /** Every layer runs from the end, as ONNX's direction "reverse"; outputs stay at their steps. Default false. */
  reverse?: boolean;
}

/** Directions that a network with these options runs in. */
export function directionsOf({ bidirectional = false }: RecurrentModuleOptions): number {
  return bidirectional ? 2 : 1;
}

/** States of all layers, [layers * directions, B, H]; index layer * directions + direction. */
export interface RecurrentState {
  h: Tensor;
  /** LSTM only. */
  c?: Tensor;
}

export interface RecurrentInput {
  /** First hidden state [layers * directions, B, H]; default 0. */
  h0?: Tensor;
  /** First memory cell [layers * directions, B, H], LSTM only; default 0. */
  c0?: Tensor;
  /** Steps of each sequence, in any order; what lies behind is padding and may hold anything. Default: all T. */
  lengths?: readonly number[];
}

export interface RecurrentOutput {
  /** [T, B, outputSize], or [B, T, outputSize] with batchFirst; 0 behind the end of a sequence. */
  output: Tensor;
  /** States after each sequence's last step. */
  state: RecurrentState;
}

/** A layer of a network, in one direction: 0 forwards, 1 backwards. */
export interface LayerPlace {
  readonly layer: number;
  readonly direction: number;
}
