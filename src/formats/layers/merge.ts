import { type Tensor, withMask } from "./builder.ts";
import type { Layer } from "./layer.ts";

/** Gives all inputs the same rank, as Keras does: new axes come after the batch. */
function level(layer: Layer): Tensor[] {
  const rank = Math.max(...layer.inputs.map(({ shape }) => shape.length));
  return layer.inputs.map((x) => {
    let wide = x;
    while (wide.shape.length < rank) wide = layer.b.unsqueeze(wide, 1);
    return withMask(wide, x.mask);
  });
}

const needsTwo = (layer: Layer) => {
  if (layer.inputs.length < 2) layer.b.fail(`${layer.inputs.length} inputs, expected 2 or more`);
};

/** Returns the masks of the inputs as one: Keras 3 wants one of them to be true, others all. */
function together({ b, inputs, isModern }: Layer): Tensor | undefined {
  const masks = inputs.flatMap(({ mask }) => mask ?? []);
  if (isModern && masks.length < inputs.length) return undefined;
  return masks.length
    ? masks.reduce((one, other) =>
        one.name === other.name ? one : b.combine(isModern ? "Or" : "And", one, other, "bool"),
      )
    : undefined;
}

const OPERATORS: Readonly<Record<string, string>> = {
  ...{ Add: "Add", Subtract: "Sub", Multiply: "Mul", Average: "Add", Maximum: "Max", Minimum: "Min" },
};

/** Add, Subtract, Multiply, Average, Maximum and Minimum. */
export function merge(layer: Layer): Tensor {
  const { b, className, isModern } = layer;
  needsTwo(layer);
  const inputs = level(layer);
  const op = OPERATORS[className]!;
  const mask = together(layer);
  const wide = (x: Tensor) =>
    x.mask && x.mask.shape.length === x.shape.length - 1 ? b.unsqueeze(x.mask, x.shape.length - 1) : x.mask;
  // Keras 3 leaves masked numbers out of products and extremes
  if (isModern && op === "Mul" && inputs.some((x) => x.mask)) {
    const product = inputs
      .map((x) => (x.mask ? b.where(wide(x)!, x, 1) : x))
      .reduce((one, other) => b.combine(op, one, other));
    return withMask(mask ? b.where(wide(withMask(product, mask))!, product, 0) : product, mask);
  }
  if (isModern && (op === "Max" || op === "Min") && inputs.some((x) => x.mask)) {
    const extreme = inputs.reduce((one, other) => {
      const right = other.mask ? b.where(wide(other)!, other, one) : other;
      const left = one.mask ? b.where(wide(one)!, one, right) : one;
      const both = one.mask && other.mask && b.combine("Or", one.mask, other.mask, "bool");
      return withMask(b.combine(op, left, right), both);
    });
    return withMask(extreme, mask);
  }
  const y = inputs.reduce((one, other) => b.combine(op, one, other));
  return withMask(className === "Average" ? b.combine("Mul", y, 1 / inputs.length) : y, mask);
}

export function concatenate(layer: Layer): Tensor {
  const { b, inputs } = layer;
  needsTwo(layer);
  const [axis] = layer.axes("axis", -1);
  const y = b.concat(inputs, axis!);
  if (!inputs.some(({ mask }) => mask)) return y;
  if (axis === y.shape.length - 1) return withMask(y, together(layer));
  // along the steps, so are the masks
  const masks = inputs.map((x) => x.mask ?? b.fill(1, b.axes(x, 0, 2), "bool"));
  return withMask(y, axis === 1 ? b.concat(masks, 1) : undefined);
}

/** Divides by the square root of the sum of squares. */
function normalized({ b }: Layer, x: Tensor, axis: number): Tensor {
  const square = b.reduce("ReduceSum", b.combine("Mul", x, x), [axis], true);
  return b.combine("Div", x, b.add("Sqrt", [b.combine("Max", square, 1e-12)]));
}

/** Dot: sums products along an axis of each input, [B, ...] of 2 or 3 axes. */
export function dot(layer: Layer): Tensor {
  const { b, inputs, config } = layer;
  if (inputs.length !== 2) layer.b.fail(`${inputs.length} inputs, expected 2`);
  const axes = Array.isArray(config.axes) ? config.axes : [config.axes, config.axes];
  const [x, y] = inputs.map((input, i) => {
    const rank = input.shape.length;
    if (rank < 2 || rank > 3) layer.b.fail(`an input has ${rank} axes, expected 2 or 3`);
    const axis = layer.axis(axes[i], rank);
    if (axis === 0) layer.refuse("axes", "axes from 1 on");
    const ready = layer.flag("normalize") ? normalized(layer, input, axis) : input;
    const wide = rank === 2 ? b.unsqueeze(ready, i === 0 ? 1 : 2) : ready;
    // the axis is the last of the first, and the second of the other
    const isThere = rank === 2 || axis === (i === 0 ? 2 : 1);
    return isThere ? wide : b.transpose(wide, [0, 2, 1]);
  }) as [Tensor, Tensor];
  const product = b.multiply(x, y);
  const [first, second] = inputs.map(({ shape }) => shape.length) as [number, number];
  if (second === 2) return b.squeeze(product, 2);
  return first === 2 ? b.squeeze(product, 1) : product;
}
