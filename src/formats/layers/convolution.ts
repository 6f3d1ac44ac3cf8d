import type { Value } from "../../graph/graph.ts";
import { activated } from "./activations.ts";
import { reshaped, transposed } from "./arrays.ts";
import type { Tensor } from "./builder.ts";
import type { Layer } from "./layer.ts";

const isFirst = (layer: Layer) =>
  layer.choice("data_format", ["channels_last", "channels_first"], "channels_last") === "channels_first";

/** Moves the channels from the last axis to that after the batch, unless they are there. */
export function toFirst(layer: Layer, x: Tensor): Tensor {
  if (isFirst(layer)) return x;
  const rank = x.shape.length;
  return layer.b.transpose(
    x,
    [0, rank - 1, ...x.shape.keys()].filter((axis, i) => i < 2 || (axis > 0 && axis < rank - 1)),
  );
}

/** Undoes `toFirst`. */
export function toLast(layer: Layer, x: Tensor): Tensor {
  if (isFirst(layer)) return x;
  return layer.b.transpose(x, [0, ...[...x.shape.keys()].slice(2), 1]);
}

/** Returns the number of channels. */
const channels = (layer: Layer) => layer.width(isFirst(layer) ? 1 : -1);

/** Makes a convolution's weights of Keras' kernel, [...k, C, F]: [F, C, ...k]. */
export const kernelOf = (layer: Layer, name: string, kernel: Value): Tensor =>
  layer.b.weight(name, () => {
    const n = kernel.shape.length - 2;
    return transposed(kernel, [n + 1, n, ...Array(n).keys()]);
  });

/** How far a window goes. */
interface Window {
  readonly size: readonly number[];
  readonly strides?: readonly number[];
  readonly dilations?: readonly number[];
  readonly padding: string;
}

/** Returns the attributes of a window, and the lengths of the axes after it. */
export function windowed(
  layer: Layer,
  x: Tensor,
  { size, padding, strides = size.map(() => 1), dilations = size.map(() => 1) }: Window,
) {
  const lengths = x.shape.slice(2);
  const reach = size.map((k, i) => (k - 1) * dilations[i]!);
  const isSame = padding === "same";
  // in "same", as many as the last window needs: it depends on the length if there are strides
  const isFree = isSame && strides.some((stride, i) => stride > 1 && Number.isNaN(lengths[i]));
  const pads = reach.map((span, i): [number, number] => {
    if (padding === "causal") return [span, 0];
    if (!isSame || isFree) return [0, 0];
    const [n, stride] = [lengths[i]!, strides[i]!];
    const over = stride === 1 ? span : Math.max(0, (Math.ceil(n / stride) - 1) * stride + span + 1 - n);
    return [Math.floor(over / 2), Math.ceil(over / 2)];
  });
  const after = lengths.map((n, i) => {
    const length = isSame
      ? Math.ceil(n / strides[i]!)
      : Math.floor((n + pads[i]![0] + pads[i]![1] - reach[i]! - 1) / strides[i]!) + 1;
    return length < 1
      ? layer.b.fail(`its window of ${reach[i]! + 1} steps is longer than ${n} steps`)
      : length;
  });
  const attributes = {
    kernel_shape: size,
    strides,
    dilations,
    ...(isFree ? { auto_pad: "SAME_UPPER" } : { pads: [...pads.map(([a]) => a), ...pads.map(([, z]) => z)] }),
  };
  return { attributes, after };
}

interface Convolution {
  /** Number of axes that it goes along. */
  readonly n: number;
  readonly size: readonly number[];
  readonly weight: Tensor;
  readonly bias?: Value | undefined;
  readonly padding: string;
  readonly groups?: number;
  readonly strides?: readonly number[];
}

/** Convolves [B, C, ...]. Strides and dilations are the layer's. */
export function convolve(layer: Layer, x: Tensor, options: Convolution): Tensor {
  const { b } = layer;
  const { n, size, weight, bias, padding, groups = 1 } = options;
  const strides = options.strides ?? layer.counts("strides", n, 1);
  const dilations = options.strides ? size.map(() => 1) : layer.counts("dilation_rate", n, 1);
  const { attributes, after } = windowed(layer, x, { size, strides, dilations, padding });
  const inputs = [x, weight, ...(bias ? [b.weight("bias", () => bias)] : [])];
  return b.add("Conv", inputs, [x.shape[0]!, weight.shape[0]!, ...after], { ...attributes, group: groups });
}

const axesOf = (layer: Layer) => Number(/[12](?=D)/.exec(layer.className)![0]);

const padding = (layer: Layer) =>
  layer.choice("padding", axesOf(layer) === 1 ? ["valid", "same", "causal"] : ["valid", "same"], "valid");

/** Ends a convolution: channels go where they were, then the activation. */
const end = (layer: Layer, x: Tensor) => activated(layer, toLast(layer, x));

/** Conv1D and Conv2D: kernel [...k, C / groups, F], bias [F]. */
export function convolution(layer: Layer): Tensor {
  const n = axesOf(layer);
  layer.rank(n + 2);
  const filters = layer.count("filters");
  const groups = layer.count("groups", 1);
  const size = layer.counts("kernel_size", n);
  const [kernel, bias] = layer.weights(
    [...size, channels(layer) / groups, filters],
    layer.flag("use_bias", true) && [filters],
  );
  const weight = kernelOf(layer, "kernel", kernel!);
  return end(
    layer,
    convolve(layer, toFirst(layer, layer.x), { n, size, weight, bias, groups, padding: padding(layer) }),
  );
}

/** Makes the weights of a depthwise kernel, [...k, C, M]: [C M, 1, ...k]. */
function depthwiseKernel(layer: Layer, kernel: Value): Tensor {
  return layer.b.weight("depthwise_kernel", () => {
    const n = kernel.shape.length - 2;
    const [channels, times] = kernel.shape.slice(n) as [number, number];
    const moved = transposed(kernel, [n, n + 1, ...Array(n).keys()]);
    return reshaped(moved, [channels * times, 1, ...kernel.shape.slice(0, n)]);
  });
}

/** DepthwiseConv1D and 2D: kernel [...k, C, M], bias [C M]. */
export function depthwise(layer: Layer): Tensor {
  const n = axesOf(layer);
  layer.rank(n + 2);
  const groups = channels(layer);
  const times = layer.count("depth_multiplier", 1);
  const size = layer.counts("kernel_size", n);
  const [kernel, bias] = layer.weights(
    [...size, groups, times],
    layer.flag("use_bias", true) && [groups * times],
  );
  const weight = depthwiseKernel(layer, kernel!);
  return end(
    layer,
    convolve(layer, toFirst(layer, layer.x), { n, size, weight, bias, groups, padding: padding(layer) }),
  );
}

/** SeparableConv1D and 2D: a depthwise convolution, then one of a single step: kernels [...k, C, M] and [...1, C M, F], bias [F]. */
export function separable(layer: Layer): Tensor {
  const n = axesOf(layer);
  layer.rank(n + 2);
  const groups = channels(layer);
  const times = layer.count("depth_multiplier", 1);
  const filters = layer.count("filters");
  const size = layer.counts("kernel_size", n);
  const ones = size.map(() => 1);
  const [deep, point, bias] = layer.weights(
    [...size, groups, times],
    [...ones, groups * times, filters],
    layer.flag("use_bias", true) && [filters],
  );
  const middle = convolve(layer, toFirst(layer, layer.x), {
    ...{ n, size, groups, weight: depthwiseKernel(layer, deep!), padding: padding(layer) },
  });
  const weight = kernelOf(layer, "pointwise_kernel", point!);
  return end(
    layer,
    convolve(layer, middle, { n, size: ones, weight, bias, strides: ones, padding: "valid" }),
  );
}

/** Conv1DTranspose and Conv2DTranspose: kernel [...k, F, C], bias [F]. */
export function transposedConvolution(layer: Layer): Tensor {
  const { b } = layer;
  const n = axesOf(layer);
  layer.rank(n + 2);
  const filters = layer.count("filters");
  const size = layer.counts("kernel_size", n);
  const strides = layer.counts("strides", n, 1);
  const dilations = layer.counts("dilation_rate", n, 1);
  const [kernel, bias] = layer.weights(
    [...size, filters, channels(layer)],
    layer.flag("use_bias", true) && [filters],
  );
  const x = toFirst(layer, layer.x);
  const isSame = layer.choice("padding", ["valid", "same"], "valid") === "same";
  // "same": n steps become n * stride; "valid": at least so many
  const over = size.map((k, i) => (k - 1) * dilations[i]! + 1 - strides[i]!);
  const cut = over.map((m) => (isSame ? Math.max(0, m) : 0));
  const after = x.shape.slice(2).map((length, i) => length * strides[i]! + Math.max(0, over[i]!) - cut[i]!);
  const weight = kernelOf(layer, "kernel", kernel!);
  const inputs = [x, weight, ...(bias ? [b.weight("bias", () => bias)] : [])];
  const y = b.add("ConvTranspose", inputs, [x.shape[0]!, filters, ...after], {
    ...{ kernel_shape: size, strides, dilations },
    pads: [...cut.map((m) => Math.floor(m / 2)), ...cut.map((m) => Math.ceil(m / 2))],
    output_padding: over.map((m) => Math.max(0, -m)),
  });
  return end(layer, y);
}

/** MaxPooling and AveragePooling, 1D and 2D. Steps that pad do not count for the average. */
export function pooling(layer: Layer): Tensor {
  const n = axesOf(layer);
  layer.rank(n + 2);
  const size = layer.counts("pool_size", n, 2);
  const strides = layer.config.strides ? layer.counts("strides", n) : size;
  const x = toFirst(layer, layer.x);
  const padding = layer.choice("padding", ["valid", "same"], "valid");
  const { attributes, after } = windowed(layer, x, { size, strides, padding });
  const op = layer.className.startsWith("Max") ? "MaxPool" : "AveragePool";
  return toLast(layer, layer.b.add(op, [x], [...x.shape.slice(0, 2), ...after], attributes));
}

/** GlobalMaxPooling and GlobalAveragePooling, 1D and 2D. The average of 1D leaves masked steps out. */
export function globalPooling(layer: Layer): Tensor {
  const { b, x, mask } = layer;
  const n = axesOf(layer);
  layer.rank(n + 2);
  const axes = Array.from({ length: n }, (_, i) => i + (isFirst(layer) ? 2 : 1));
  const keep = layer.flag("keepdims");
  if (layer.className.startsWith("GlobalMax")) return b.reduce("ReduceMax", x, axes, keep);
  if (!mask || n > 1) return b.reduce("ReduceMean", x, axes, keep);
  const wide = b.unsqueeze(mask, isFirst(layer) ? 1 : 2);
  const sum = b.reduce("ReduceSum", b.where(wide, x, 0), axes, keep);
  return b.combine("Div", sum, b.reduce("ReduceSum", b.cast(wide, "float32"), axes, keep));
}
