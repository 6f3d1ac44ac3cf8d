import type { Tensor } from "./builder.ts";
import { isObject, type Layer } from "./layer.ts";

/** Where an activation is added: a layer, or the body of one. */
export type Place = Pick<Layer, "b" | "isModern">;

type Apply = (place: Place, x: Tensor) => Tensor;

const node =
  (op: string, attributes: Record<string, number> = {}): Apply =>
  ({ b }, x) =>
    b.add(op, [x], x.shape, attributes);

/** hard_sigmoid is clip(0.2 x + 0.5, 0, 1) in Keras 1 and 2 and TF.js, and relu6(x + 3) / 6 in Keras 3. */
export const hardSigmoidSlope = ({ isModern }: Place) => (isModern ? 1 / 6 : 0.2);

const hardSigmoid: Apply = (place, x) =>
  place.b.add("HardSigmoid", [x], x.shape, { alpha: hardSigmoidSlope(place), beta: 0.5 });

const clip =
  (low: number, high: number): Apply =>
  ({ b }, x) =>
    b.add("Clip", [x, b.scalar(low), b.scalar(high)]);

const times =
  (gate: Apply): Apply =>
  (place, x) =>
    place.b.combine("Mul", x, gate(place, x));

const sigmoid = node("Sigmoid");
const tanh = node("Tanh");
const softplus = node("Softplus");
const silu = times(sigmoid);
const hardSilu = times(({ b }, x) => b.add("HardSigmoid", [x], x.shape, { alpha: 1 / 6, beta: 0.5 }));

/** Activations by Keras' names (keras.io/api/layers/activations). */
const ACTIVATIONS: ReadonlyMap<string, Apply> = new Map<string, Apply>([
  ["linear", (_, x) => x],
  ["relu", node("Relu")],
  ["relu6", clip(0, 6)],
  ["sigmoid", sigmoid],
  ["hard_sigmoid", hardSigmoid],
  ["tanh", tanh],
  ["hard_tanh", clip(-1, 1)],
  ["softmax", node("Softmax", { axis: -1 })],
  ["log_softmax", node("LogSoftmax", { axis: -1 })],
  ["softplus", softplus],
  ["softsign", node("Softsign")],
  ["elu", node("Elu", { alpha: 1 })],
  ["celu", node("Elu", { alpha: 1 })],
  ["selu", node("Selu")],
  ["exponential", node("Exp")],
  ["leaky_relu", node("LeakyRelu", { alpha: 0.2 })],
  ["silu", silu],
  ["swish", silu],
  ["hard_silu", hardSilu],
  ["hard_swish", hardSilu],
  ["mish", times((place, x) => tanh(place, softplus(place, x)))],
  ["log_sigmoid", (place, x) => place.b.add("Neg", [softplus(place, place.b.add("Neg", [x]))])],
  // 0.5 x (1 + erf(x / sqrt(2)))
  [
    "gelu",
    times(({ b }, x) => {
      const erf = b.add("Erf", [b.combine("Mul", x, Math.SQRT1_2)]);
      return b.combine("Mul", b.combine("Add", erf, 1), 0.5);
    }),
  ],
]);

/** Returns the name of an activation. */
export function activationName(layer: Layer, key: string, fallback: string): string {
  const given = layer.config[key] ?? fallback;
  // Keras 3 writes functions as objects
  const name = isObject(given) ? (given.registered_name ?? given.config) : given;
  if (typeof name === "string" && ACTIVATIONS.has(name)) return name;
  return layer.refuse(key, [...ACTIVATIONS.keys()].join(", "));
}

export const activate = (place: Place, name: string, x: Tensor): Tensor => ACTIVATIONS.get(name)!(place, x);

/** Applies the layer's own activation. */
export const activated = (layer: Layer, x: Tensor, fallback = "linear"): Tensor =>
  activate(layer, activationName(layer, "activation", fallback), x);
