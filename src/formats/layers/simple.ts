import { activated } from "./activations.ts";
import { computed } from "./arrays.ts";
import { type Tensor, withMask } from "./builder.ts";
import type { Layer } from "./layer.ts";

/** Dense: kernel [I, O], bias [O]. */
export function dense(layer: Layer): Tensor {
  const { b, x } = layer;
  const units = layer.count("units");
  const [kernel, bias] = layer.weights([layer.width(), units], layer.flag("use_bias", true) && [units]);
  const product = b.multiply(
    x,
    b.weight("kernel", () => kernel!),
  );
  return activated(
    layer,
    bias
      ? b.combine(
          "Add",
          product,
          b.weight("bias", () => bias),
        )
      : product,
  );
}

/** Embedding: a table of [V, D]. Ids that are floats are cut to integers, as in Keras. */
export function embedding(layer: Layer): Tensor {
  const { b, x } = layer;
  const width = layer.count("output_dim");
  const [table] = layer.weights([layer.count("input_dim"), width]);
  const ids = x.dtype.includes("int") ? x : b.cast(x, "int32");
  const y = b.add("Gather", [b.weight("embeddings", () => table!), ids], [...x.shape, width], { axis: 0 });
  return withMask(y, layer.flag("mask_zero") ? b.not(b.combine("Equal", x, 0, "bool")) : undefined);
}

/** Masking: steps whose numbers are all mask_value do not count and become 0. */
export function masking(layer: Layer): Tensor {
  const { b, x } = layer;
  const counts = b.any(b.not(b.combine("Equal", x, layer.number("mask_value", 0), "bool")), [-1], true);
  return withMask(b.where(counts, x, 0), b.squeeze(counts, -1));
}

/** ReLU: max_value, negative_slope below the threshold. */
export function relu(layer: Layer): Tensor {
  const { b, x, config } = layer;
  const slope = layer.number("negative_slope", 0);
  const threshold = layer.number("threshold", 0);
  let y: Tensor;
  if (threshold) {
    const below = b.combine("Mul", b.combine("Sub", x, threshold), slope);
    y = b.where(b.combine("GreaterOrEqual", x, threshold, "bool"), x, below);
  } else y = slope ? b.add("LeakyRelu", [x], x.shape, { alpha: slope }) : b.add("Relu", [x]);
  return typeof config.max_value !== "number" ? y : b.combine("Min", y, layer.number("max_value"));
}

/** LeakyReLU, whose slope is `alpha` in Keras 2. */
export const leakyRelu = (layer: Layer): Tensor =>
  layer.b.add("LeakyRelu", [layer.x], layer.x.shape, {
    alpha: layer.number("negative_slope", layer.number("alpha", 0.3)),
  });

export const elu = (layer: Layer): Tensor =>
  layer.b.add("Elu", [layer.x], layer.x.shape, { alpha: layer.number("alpha", 1) });

/** ThresholdedReLU: x above theta, else 0. */
export const thresholdedRelu = (layer: Layer): Tensor => {
  const { b, x } = layer;
  return b.where(b.combine("Greater", x, layer.number("theta", 1), "bool"), x, 0);
};

/** PReLU: a slope for each place, or one for all of `shared_axes`. */
export function prelu(layer: Layer): Tensor {
  const { b, x, config } = layer;
  const shared = Array.isArray(config.shared_axes) ? config.shared_axes : [];
  const shape = x.shape.slice(1).map((n, i) => (shared.includes(i + 1) ? 1 : n));
  const [alpha] = layer.weights(shape);
  return b.add("PRelu", [x, b.weight("alpha", () => alpha!)]);
}

/** Softmax over an axis, with a mask of the input's rank. */
export function softmax(layer: Layer): Tensor {
  const { b, x, mask } = layer;
  const [axis, ...more] = layer.axes("axis", -1);
  if (more.length) return layer.refuse("axis", "one axis");
  const masked = mask ? b.where(mask, x, -1e9) : x;
  if (masked.shape.length > x.shape.length) layer.b.fail("its mask has more axes than its input");
  return b.add("Softmax", [masked], x.shape, { axis: axis! });
}

export const rescaling = (layer: Layer): Tensor => {
  const { b, x } = layer;
  return b.combine("Add", b.combine("Mul", x, layer.number("scale")), layer.number("offset", 0));
};

/** Flatten. Channels that come first go last. */
export function flatten(layer: Layer): Tensor {
  const { b, x } = layer;
  const rank = x.shape.length;
  const isFirst = layer.config.data_format === "channels_first" && rank > 2;
  const ordered = isFirst ? b.transpose(x, [0, ...[...x.shape.keys()].slice(2), 1]) : x;
  return rank === 1 ? b.unsqueeze(x, 1) : b.reshape(ordered, [{ of: ordered, axis: 0 }, -1]);
}

export function reshape(layer: Layer): Tensor {
  const target = layer.config.target_shape;
  const isRight =
    Array.isArray(target) && target.every((n) => Number.isSafeInteger(n) && (n > 0 || n === -1));
  if (!isRight || target.indexOf(-1) !== target.lastIndexOf(-1))
    return layer.refuse("target_shape", "lengths, one may be -1");
  return layer.b.reshape(layer.x, [{ of: layer.x, axis: 0 }, ...(target as number[])]);
}

export function permute(layer: Layer): Tensor {
  const { b, x } = layer;
  const { dims } = layer.config;
  const axes = Array.isArray(dims) ? [0, ...(dims as number[])] : [];
  if ([...axes].sort((m, n) => m - n).join() !== [...x.shape.keys()].join())
    layer.refuse("dims", "all axes, counted from 1");
  return b.transpose(x, axes);
}

export function repeatVector(layer: Layer): Tensor {
  const { b } = layer;
  layer.rank(2);
  return b.repeat(b.unsqueeze(layer.x, 1), 1, layer.count("n"));
}

const axesIn = (layer: Layer) => Number(/[12](?=D)/.exec(layer.className)![0]);

/** Returns what goes before and behind each axis: 3, [1, 2] or [[1, 2], [3, 4]]. */
function margins(layer: Layer, key: string): [number, number][] {
  const n = axesIn(layer);
  const given = layer.config[key] ?? 1;
  const list: unknown[] =
    Array.isArray(given) && (n > 1 || !Array.isArray(given[0])) ? (n > 1 ? given : [given]) : [given];
  const pairs = Array.from({ length: n }, (_, i) => {
    const entry =
      n > 1 && !Array.isArray(given) ? given : (list[i] ?? (list.length === 1 ? list[0] : undefined));
    const pair = Array.isArray(entry) ? entry : [entry, entry];
    return pair.flat() as [number, number];
  });
  const isRight = pairs.every(
    (pair) => pair.length === 2 && pair.every((m) => Number.isSafeInteger(m) && m >= 0),
  );
  return isRight ? pairs : layer.refuse(key, "numbers of steps");
}

const firstAxis = (layer: Layer) => (layer.config.data_format === "channels_first" ? 2 : 1);

export function zeroPadding(layer: Layer): Tensor {
  const { b, x } = layer;
  layer.rank(axesIn(layer) + 2);
  const pads: (readonly [number, number])[] = x.shape.map(() => [0, 0]);
  pads.splice(firstAxis(layer), axesIn(layer), ...margins(layer, "padding"));
  const shape = x.shape.map((n, i) => n + pads[i]![0] + pads[i]![1]);
  const list = [...pads.map(([before]) => before), ...pads.map(([, after]) => after)];
  return b.add("Pad", [x, b.integers(list)], shape);
}

export function cropping(layer: Layer): Tensor {
  layer.rank(axesIn(layer) + 2);
  return margins(layer, "cropping").reduce(
    (x, [before, after], i) => layer.b.slice(x, firstAxis(layer) + i, before, after ? -after : null),
    layer.x,
  );
}

export function upSampling(layer: Layer): Tensor {
  const n = axesIn(layer);
  layer.rank(n + 2);
  layer.choice("interpolation", ["nearest"], "nearest");
  return layer
    .counts("size", n, 2)
    .reduce((x, times, i) => layer.b.repeat(x, firstAxis(layer) + i, times), layer.x);
}

/** BatchNormalization with the averages of training: gamma, beta, mean and variance [C]. */
export function batchNormalization(layer: Layer): Tensor {
  const { b, x } = layer;
  const [axis, ...more] = layer.axes("axis", -1);
  if (more.length) return layer.refuse("axis", "one axis");
  const n = x.shape[axis!]!;
  const [scaled, centred] = [layer.flag("scale", true), layer.flag("center", true)];
  const found = layer.weights(scaled && [n], centred && [n], [n], [n]).map(({ data }) => data);
  const gamma = scaled ? found.shift() : undefined;
  const beta = centred ? found.shift() : undefined;
  const [mean, variance] = found as [Float32Array, Float32Array];
  const epsilon = layer.number("epsilon", 1e-3);
  const factor = (i: number) => (gamma ? gamma[i]! : 1) / Math.sqrt(variance[i]! + epsilon);
  const shape = [mean.length, ...x.shape.slice(axis! + 1).map(() => 1)];
  const scale = b.weight("scale", () => computed(shape, factor));
  const offset = b.weight("offset", () =>
    computed(shape, (i) => (beta ? beta[i]! : 0) - mean[i]! * factor(i)),
  );
  return b.combine("Add", b.combine("Mul", x, scale), offset);
}

/** LayerNormalization of the last axes: gamma and beta. */
export function layerNormalization(layer: Layer): Tensor {
  const { b, x } = layer;
  const axes = layer.axes("axis", -1).sort((m, n) => m - n);
  const rank = x.shape.length;
  if (axes.some((axis, i) => axis !== rank - axes.length + i)) return layer.refuse("axis", "the last axes");
  if (layer.flag("rms_scaling")) return layer.refuse("rms_scaling", "false");
  const shape = x.shape.slice(axes[0]);
  const [scaled, centred] = [layer.flag("scale", true), layer.flag("center", true)];
  const found = layer.weights(scaled && shape, centred && shape);
  const lengths = shape as number[];
  const gamma = b.weight("gamma", () => (scaled ? found[0]! : computed(lengths, () => 1)));
  const beta = centred ? b.weight("beta", () => found.at(-1)!) : undefined;
  return b.add("LayerNormalization", [x, gamma, ...(beta ? [beta] : [])], x.shape, {
    axis: axes[0]!,
    epsilon: layer.number("epsilon", 1e-3),
  });
}

/** x / sqrt(mean(x^2) + epsilon) of RMSNormalization, and x / sqrt(sum(x^2)) of UnitNormalization. */
export function rootNormalization(layer: Layer): Tensor {
  const { b, x } = layer;
  const isUnit = layer.className === "UnitNormalization";
  const axes = layer.axes("axis", -1);
  const square = b.reduce(isUnit ? "ReduceSum" : "ReduceMean", b.combine("Mul", x, x), axes, true);
  const bounded = isUnit
    ? b.combine("Max", square, 1e-12)
    : b.combine("Add", square, layer.number("epsilon", 1e-6));
  const y = b.combine("Div", x, b.add("Sqrt", [bounded]));
  if (isUnit) return y;
  const [scale] = layer.weights(axes.map((axis) => x.shape[axis]!));
  return b.combine(
    "Mul",
    y,
    b.weight("scale", () => scale!),
  );
}

/** GroupNormalization of [B, ..., C]: each group of channels has its mean and variance. */
export function groupNormalization(layer: Layer): Tensor {
  const { b, x } = layer;
  const rank = x.shape.length;
  if (layer.axes("axis", -1).join() !== `${rank - 1}`) return layer.refuse("axis", "the last axis");
  const width = layer.width();
  const groups = layer.number("groups", 32) === -1 ? width : layer.count("groups", 32);
  if (width % groups) layer.refuse("groups", `a divisor of ${width}`);
  const wide = b.reshape(x, [...b.axes(x, 0, rank - 1), groups, width / groups]);
  const axes = wide.shape.map((_, i) => i).filter((i) => i > 0 && i !== rank - 1);
  const centred = b.combine("Sub", wide, b.reduce("ReduceMean", wide, axes, true));
  const variance = b.reduce("ReduceMean", b.combine("Mul", centred, centred), axes, true);
  const deviation = b.add("Sqrt", [b.combine("Add", variance, layer.number("epsilon", 1e-3))]);
  let y = b.reshape(b.combine("Div", centred, deviation), [...b.axes(x, 0, rank - 1), width]);
  const [isScaled, isCentred] = [layer.flag("scale", true), layer.flag("center", true)];
  const found = layer.weights(isScaled && [width], isCentred && [width]);
  if (isScaled)
    y = b.combine(
      "Mul",
      y,
      b.weight("gamma", () => found[0]!),
    );
  return isCentred
    ? b.combine(
        "Add",
        y,
        b.weight("beta", () => found.at(-1)!),
      )
    : y;
}

export const activation = (layer: Layer): Tensor => activated(layer, layer.x);
