export type { CellOptions, ForgetGate } from "../autograd/cells.ts";
export { BatchNorm, type BatchNormModuleOptions } from "./batch-norm.ts";
export { GRU, type GRUOptions, LSTM, type LSTMOptions, RNN, type RNNOptions } from "./cells.ts";
export { Dropout } from "./dropout.ts";
export { Embedding, type EmbeddingModuleOptions } from "./embedding.ts";
export { LayerNorm } from "./layer-norm.ts";
export { Linear, type LinearOptions } from "./linear.ts";
export { Module, type StateDict } from "./module.ts";
export type { Norm, NormOptions, PackedNorm } from "./norm.ts";
export type {
  Recurrent,
  RecurrentInput,
  RecurrentModuleOptions,
  RecurrentOutput,
  RecurrentState,
} from "./recurrent.ts";
export type { PackedRecurrent, RecurrentStream, StreamState } from "./stream.ts";
