/**
 * Recurrent networks that train and run in JavaScript, on WebAssembly SIMD kernels.
 *
 * @module
 */
export { type CrossEntropyOptions, crossEntropy } from "./autograd/cross-entropy.ts";
export { dropout } from "./autograd/dropout.ts";
export { add, exp, mean, multiply, relu, scale, sigmoid, sum, tanh } from "./autograd/elementwise.ts";
export { type EmbeddingOptions, embedding } from "./autograd/embedding.ts";
export { linear } from "./autograd/linear.ts";
export { concat, gatherRows, reshape, slice, stack } from "./autograd/shape.ts";
export { logSoftmax, softmax } from "./autograd/softmax.ts";
export { evaluationSegments, IGNORED_TARGET } from "./data/evaluation-segments.ts";
export { splitBatches, TextBatches } from "./data/text-batches.ts";
export { UNKNOWN_SYMBOL, Vocabulary } from "./data/vocabulary.ts";
export { type ErrorCode, UnrolledError } from "./errors.ts";
export {
  parseSafetensors,
  type SafetensorsFile,
  type StoredTensor,
  serializeSafetensors,
} from "./io/safetensors.ts";
export * as nn from "./nn/index.ts";
export * as optim from "./optim/index.ts";
export { createRuntime, type Runtime, type RuntimeOptions } from "./runtime/runtime.ts";
export { type DType, Tensor, type TensorData } from "./runtime/tensor.ts";
