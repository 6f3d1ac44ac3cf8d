import type { Value } from "../../graph/graph.ts";
import { reshaped } from "./arrays.ts";
import { type Tensor, withMask } from "./builder.ts";
import { isTensor, type Layer, tensorsIn } from "./layer.ts";

/** What a masked score becomes: less than all others by far. */
const MASKED = -1e9;

/** Whether each of Tq places may see each of Tv: those up to its own. [Tq, Tv] */
function causal(layer: Layer, scores: Tensor): Tensor {
  const { b } = layer;
  const rank = scores.shape.length;
  const range = (axis: number) => {
    const end = b.squeeze(b.lengths([{ of: scores, axis }]), 0);
    return b.add(
      "Range",
      [b.scalar(0, "int64"), end, b.scalar(1, "int64")],
      [scores.shape[axis]!],
      {},
      "int64",
    );
  };
  return b.combine(
    "GreaterOrEqual",
    b.unsqueeze(range(rank - 2), 1),
    b.unsqueeze(range(rank - 1), 0),
    "bool",
  );
}

const both = ({ b }: Layer, one: Tensor | undefined, other: Tensor | undefined) =>
  one && other ? b.combine("And", one, other, "bool") : (one ?? other);

/** Attention and AdditiveAttention: query [B, Tq, D], value [B, Tv, D] and, by default the same, key. */
export function attention(layer: Layer): Tensor[] {
  const { b, inputs, named, className } = layer;
  const [query, value, key = value] = inputs as [Tensor, Tensor, Tensor?];
  if (!key || inputs.length > 3) return b.fail(`${inputs.length} inputs, expected 2 or 3`);
  for (const { shape } of inputs) if (shape.length !== 3) b.fail("an input does not have 3 axes");
  const isAdditive = className === "AdditiveAttention";
  const isConcat = layer.choice("score_mode", ["dot", "concat"], "dot") === "concat";
  const isScaled = layer.flag("use_scale", isAdditive);
  const found = layer.weights(isScaled && (isAdditive ? [layer.width()] : []), isConcat && []);
  const scale = isScaled ? b.weight("scale", () => found[0]!) : undefined;
  const scaled = (x: Tensor) => (scale ? b.combine("Mul", x, scale) : x);
  let scores: Tensor;
  if (isAdditive || isConcat) {
    const pairs = b.combine("Add", b.unsqueeze(query, 2), b.unsqueeze(key, 1)); // [B, Tq, Tv, D]
    const bent = isAdditive ? scaled(b.add("Tanh", [pairs])) : b.add("Tanh", [scaled(pairs)]);
    scores = b.reduce("ReduceSum", bent, [-1]);
    if (isConcat)
      scores = b.combine(
        "Mul",
        scores,
        b.weight("concat_score_weight", () => found.at(-1)!),
      );
  } else scores = scaled(b.multiply(query, b.transpose(key, [0, 2, 1])));
  const given = Array.isArray(named.mask) ? named.mask : inputs.map(({ mask }) => mask);
  const [ofQuery, ofValue] = given.map((mask) => (isTensor(mask) ? mask : undefined));
  const isCausal = named.use_causal_mask === true || layer.flag("causal");
  const mask = both(layer, ofValue && b.unsqueeze(ofValue, 1), isCausal ? causal(layer, scores) : undefined);
  const masked = mask ? b.where(mask, scores, b.combine("Add", scores, MASKED)) : scores;
  const weights = b.add("Softmax", [masked], scores.shape, { axis: 2 });
  const sum = b.multiply(weights, value);
  const y = ofQuery ? b.where(b.unsqueeze(ofQuery, 2), sum, 0) : sum;
  return [withMask(y, ofQuery), ...(named.return_attention_scores === true ? [weights] : [])];
}

/**
 * MultiHeadAttention (Vaswani et al. 2017). Weights: kernels [D, heads, size] and biases [heads, size] of query, key and value, then
 * [heads, size, O] and [O] of the output.
 */
export function multiHeadAttention(layer: Layer): Tensor[] {
  const { b, inputs, named, config } = layer;
  const role = (name: string, i: number) => {
    const [found] = tensorsIn(named[name]);
    return found ?? inputs[i];
  };
  const query = role("query", 0) ?? b.fail("it has no query");
  const value = role("value", 1) ?? b.fail("it has no value");
  const key = role("key", 2) ?? value;
  for (const { shape } of [query, value, key])
    if (shape.length !== 3) b.fail("an input does not have 3 axes");
  const axes = config.attention_axes;
  if (axes !== null && axes !== undefined && String(axes) !== "1") layer.refuse("attention_axes", "1");
  if (
    config.output_shape !== null &&
    config.output_shape !== undefined &&
    [config.output_shape].flat().length !== 1
  ) {
    layer.refuse("output_shape", "one length");
  }
  const heads = layer.count("num_heads");
  const size = layer.count("key_dim");
  const valueSize = layer.count("value_dim", size);
  const out = config.output_shape ? Number([config.output_shape].flat()[0]) : query.shape[2]!;
  const isBiased = layer.flag("use_bias", true);
  const widths = [size, size, valueSize];
  const projected = [query, key, value];
  const found = layer.weights(
    ...projected.flatMap((x, i) => [[x.shape[2]!, heads, widths[i]!], isBiased && [heads, widths[i]!]]),
    [heads, valueSize, out],
    isBiased && [out],
  );
  const take = (name: string, ...shape: number[]) => {
    const weight = found.shift() as Value;
    return b.weight(name, () => reshaped(weight, shape));
  };
  const [q, k, v] = projected.map((x, i) => {
    const [name, width] = [["query", "key", "value"][i]!, widths[i]!];
    const product = b.multiply(x, take(`${name}/kernel`, x.shape[2]!, heads * width));
    const sum = isBiased ? b.combine("Add", product, take(`${name}/bias`, heads * width)) : product;
    return b.reshape(sum, [{ of: sum, axis: 0 }, { of: sum, axis: 1 }, heads, width]);
  }) as [Tensor, Tensor, Tensor];
  const scaled = b.combine("Mul", b.transpose(q, [0, 2, 1, 3]), 1 / Math.sqrt(size));
  const scores = b.multiply(scaled, b.transpose(k, [0, 2, 3, 1])); // [B, heads, Tq, Tv]

  const maskOf = (name: string, x: Tensor) => {
    const given = named[name];
    return isTensor(given) ? given : x.mask;
  };
  const ofQuery = maskOf("query_mask", query);
  const attends = isTensor(named.attention_mask) ? b.cast(named.attention_mask, "bool") : undefined;
  const masks = [
    ofQuery && b.unsqueeze(ofQuery, 1, 3),
    ...[maskOf("value_mask", value), key === value ? undefined : maskOf("key_mask", key)].map(
      (mask) => mask && b.unsqueeze(mask, 1, 2),
    ),
    attends && (attends.shape.length === 3 ? b.unsqueeze(attends, 1) : attends),
    named.use_causal_mask === true ? causal(layer, scores) : undefined,
  ];
  const mask = masks.reduce((one, other) => both(layer, one, other));
  const masked = mask ? b.where(mask, scores, MASKED) : scores;
  const weights = b.add("Softmax", [masked], scores.shape, { axis: 3 });
  const mixed = b.transpose(b.multiply(weights, b.transpose(v, [0, 2, 1, 3])), [0, 2, 1, 3]);
  const joined = b.reshape(mixed, [{ of: mixed, axis: 0 }, { of: mixed, axis: 1 }, heads * valueSize]);
  const product = b.multiply(joined, take("output/kernel", heads * valueSize, out));
  const y = isBiased ? b.combine("Add", product, take("output/bias", out)) : product;
  return [withMask(y, ofQuery), ...(named.return_attention_scores === true ? [weights] : [])];
}
