/**
 * Modules: recurrent layers and the layers around them, with PyTorch's names, shapes and initial values.
 *
 * @module
 */
// This file is the namespace `nn`. It does not export Attention, because a bundler keeps all exports of a namespace, even unused
// ones. The package's entry point exports Attention directly.
export type { CellWeights } from "../autograd/cell-weights.ts";
export type { CellOptions, ForgetGate, Peepholes } from "../autograd/cells.ts";
export { AdaptiveSoftmax, type AdaptiveSoftmaxOptions } from "./adaptive-softmax.ts";
export { BatchNorm, type BatchNormModuleOptions } from "./batch-norm.ts";
export { GRU, type GRUOptions, LSTM, type LSTMOptions, RNN, type RNNOptions } from "./cells.ts";
export type { Connections } from "./connections.ts";
export { Dropout, type DropoutModuleOptions } from "./dropout.ts";
export { Embedding, type EmbeddingModuleOptions } from "./embedding.ts";
export { FeedForward, type FeedForwardOptions } from "./feed-forward.ts";
export { LayerNorm, type LayerNormModuleOptions } from "./layer-norm.ts";
export { Linear, type LinearOptions } from "./linear.ts";
export type { NormKind } from "./make-norm.ts";
export { Module, type StateDict } from "./module.ts";
export type { Norm, NormOptions } from "./norm.ts";
export type {
  LayerPlace,
  Recurrent,
  RecurrentInput,
  RecurrentModuleOptions,
  RecurrentOutput,
  RecurrentState,
} from "./recurrent.ts";
export type { AdaptiveSoftmaxStream, PackedAdaptiveSoftmax } from "./stream/adaptive-softmax.ts";
export type { FeedForwardStream, PackedFeedForward } from "./stream/feed-forward.ts";
export type { PackedNorm } from "./stream/norm.ts";
export type { Dtype, PackOptions } from "./stream/packed.ts";
export type { Lists, PackedRecurrent, RecurrentStream, StreamState } from "./stream/recurrent.ts";
