import { attention, multiHeadAttention } from "./attention.ts";
import { type Tensor, withMask } from "./builder.ts";
import {
  convolution,
  depthwise,
  globalPooling,
  pooling,
  separable,
  transposedConvolution,
} from "./convolution.ts";
import type { Layer } from "./layer.ts";
import { concatenate, dot, merge } from "./merge.ts";
import { bidirectional, recurrent } from "./recurrent.ts";
import * as simple from "./simple.ts";

type Translate = (layer: Layer) => Tensor | Tensor[];

/** Layers that have the mask of their input, or do not pass it on. */
type Plain = Readonly<Record<string, (layer: Layer) => Tensor>>;

const identity = ({ x }: Layer): Tensor => x;

/** Layers whose steps are those of the input, so that the input's mask is that of the output. As below, 1D and 2D are written D. */
const MASKED: Plain = {
  Dense: simple.dense,
  BatchNormalization: simple.batchNormalization,
  BatchNormalizationV1: simple.batchNormalization,
  LayerNormalization: simple.layerNormalization,
  GroupNormalization: simple.groupNormalization,
  UnitNormalization: simple.rootNormalization,
  RMSNormalization: simple.rootNormalization,
  Activation: simple.activation,
  ReLU: simple.relu,
  LeakyReLU: simple.leakyRelu,
  PReLU: simple.prelu,
  ELU: simple.elu,
  ThresholdedReLU: simple.thresholdedRelu,
  Softmax: simple.softmax,
  Rescaling: simple.rescaling,
  Identity: identity,
  Dropout: identity,
  SpatialDropoutD: identity,
  GaussianNoise: identity,
  GaussianDropout: identity,
  AlphaDropout: identity,
  ActivityRegularization: identity,
};

/** Layers that forget the mask. */
const UNMASKED: Plain = {
  ConvD: convolution,
  DepthwiseConvD: depthwise,
  SeparableConvD: separable,
  ConvDTranspose: transposedConvolution,
  MaxPoolingD: pooling,
  AveragePoolingD: pooling,
  GlobalMaxPoolingD: globalPooling,
  GlobalAveragePoolingD: globalPooling,
  UpSamplingD: simple.upSampling,
  ZeroPaddingD: simple.zeroPadding,
  CroppingD: simple.cropping,
  Flatten: simple.flatten,
  Reshape: simple.reshape,
  Permute: simple.permute,
  RepeatVector: simple.repeatVector,
  Dot: dot,
};

/** Layers that make masks, or combine them. */
const OTHERS: Readonly<Record<string, Translate>> = {
  Embedding: simple.embedding,
  Masking: simple.masking,
  LSTM: recurrent,
  GRU: recurrent,
  SimpleRNN: recurrent,
  CuDNNLSTM: recurrent,
  CuDNNGRU: recurrent,
  RNN: recurrent,
  ConvLSTMD: recurrent,
  Bidirectional: bidirectional,
  Add: merge,
  Subtract: merge,
  Multiply: merge,
  Average: merge,
  Maximum: merge,
  Minimum: merge,
  Concatenate: concatenate,
  Attention: attention,
  AdditiveAttention: attention,
  MultiHeadAttention: multiHeadAttention,
};

/** Finds how a layer is translated. */
export function translationOf(className: string): Translate | undefined {
  const name = className.replace(/[12]D/, "D");
  const find = <T>(layers: Readonly<Record<string, T>>) =>
    Object.hasOwn(layers, name) ? layers[name] : undefined;
  const masked = find(MASKED);
  const plain = masked ?? find(UNMASKED);
  return plain ? (layer) => withMask(plain(layer), masked && layer.mask) : find(OTHERS);
}
