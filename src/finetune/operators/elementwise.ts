import { type Activation, activation } from "../../autograd/activation.ts";
import { add, multiply, scale } from "../../autograd/elementwise.ts";
import { type Derivative, pointwise } from "../../autograd/pointwise.ts";
import type { Call } from "../../graph/call.ts";
import { erf } from "../../graph/operators/elementwise.ts";
import { broadcast } from "../../graph/shapes.ts";
import type { Tensor } from "../../runtime/tensor.ts";
import { type Context, type Derivation, expand } from "./derivation.ts";

type Binary = (a: Tensor, b: Tensor) => Tensor;

/** An operator of two or more inputs, which are broadcast. */
const broadcasting =
  (f: Binary, finish: (y: Tensor, count: number) => Tensor = (y) => y): Derivation =>
  (call, inputs, context) => {
    const all = inputs as readonly Tensor[];
    const y = all.reduce((a, b) => f(...together(call, context, a, b)));
    return [finish(y, all.length)];
  };

function together(call: Call, context: Context, a: Tensor, b: Tensor): [Tensor, Tensor] {
  const shape =
    broadcast(a.shape, b.shape) ?? call.fail(`shapes [${a.shape}] and [${b.shape}] do not fit`, "ERR_SHAPE");
  return [expand(context, a, shape), expand(context, b, shape)];
}

const binary = (
  name: string,
  f: (a: number, b: number) => number,
  ...derivatives: Derivative[]
): Derivation => broadcasting((a, b) => pointwise(name, [a, b], f, derivatives));

const unary = (
  make: (call: Call) => readonly [(x: number) => number, (x: number, y: number) => number],
): Derivation => {
  return (call, [x]) => {
    const [f, derivative] = make(call);
    return [pointwise(call.node.op, [x!], f, [(x, _, y) => derivative(x, y)])];
  };
};

const of = (f: (x: number) => number, derivative: (x: number, y: number) => number) =>
  unary(() => [f, derivative]);

const byKernel =
  (make: (call: Call) => Activation): Derivation =>
  (call, [x]) => [activation(x!, make(call))];

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
/** The density of the normal distribution. */
const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
const GELU = Math.sqrt(2 / Math.PI);

/** Arithmetic and functions of single numbers. */
export const ELEMENTWISE: Readonly<Record<string, Derivation>> = {
  Add: broadcasting(add),
  Sum: broadcasting(add),
  Mean: broadcasting(add, (y, n) => scale(y, 1 / n)),
  Mul: broadcasting(multiply),
  Sub: broadcasting((a, b) => add(a, scale(b, -1))),
  Div: binary(
    "Div",
    (a, b) => a / b,
    (_, b) => 1 / b,
    (_, b, y) => -y / b,
  ),
  Pow: binary(
    "Pow",
    (a, b) => a ** b,
    (a, b) => (b === 0 ? 0 : b * a ** (b - 1)),
    (a, _, y) => (y === 0 ? 0 : y * Math.log(a)),
  ),
  Max: binary(
    "Max",
    Math.max,
    (a, b) => Number(a >= b),
    (a, b) => Number(a < b),
  ),
  Min: binary(
    "Min",
    Math.min,
    (a, b) => Number(a <= b),
    (a, b) => Number(a > b),
  ),
  PRelu: binary(
    "PRelu",
    (x, slope) => (x < 0 ? slope * x : x),
    (x, slope) => (x < 0 ? slope : 1),
    (x) => Math.min(x, 0),
  ),
  Sigmoid: byKernel(() => "sigmoid"),
  Tanh: byKernel(() => "tanh"),
  Relu: byKernel(() => "relu"),
  Exp: byKernel(() => "exp"),
  Softsign: byKernel(() => "softsign"),
  Softplus: byKernel(() => "softplus"),
  LeakyRelu: byKernel((call) => ({ name: "leakyRelu", alpha: call.number("alpha", 0.01) })),
  ThresholdedRelu: byKernel((call) => ({ name: "thresholdedRelu", alpha: call.number("alpha", 1) })),
  Elu: byKernel((call) => ({ name: "elu", alpha: call.number("alpha", 1) })),
  HardSigmoid: byKernel((call) => ({
    ...{ name: "hardSigmoid", alpha: call.number("alpha", 0.2), beta: call.number("beta", 0.5) },
  })),
  Selu: unary((call) => {
    const alpha = call.number("alpha", 1.6732631921768188);
    const gamma = call.number("gamma", 1.0507010221481323);
    return [
      (x) => gamma * (x > 0 ? x : alpha * Math.expm1(x)),
      (x) => gamma * (x > 0 ? 1 : alpha * Math.exp(x)),
    ];
  }),
  Celu: unary((call) => {
    const alpha = call.number("alpha", 1);
    return [(x) => (x > 0 ? x : alpha * Math.expm1(x / alpha)), (x) => (x > 0 ? 1 : Math.exp(x / alpha))];
  }),
  Gelu: unary((call) => {
    if (call.text("approximate", "none") !== "tanh")
      return [
        (x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2)),
        (x) => 0.5 * (1 + erf(x * Math.SQRT1_2)) + x * density(x),
      ];
    const t = (x: number) => Math.tanh(GELU * (x + 0.044715 * x ** 3));
    return [
      (x) => 0.5 * x * (1 + t(x)),
      (x) => 0.5 * (1 + t(x)) + 0.5 * x * (1 - t(x) ** 2) * GELU * (1 + 3 * 0.044715 * x * x),
    ];
  }),
  Swish: unary((call) => {
    const alpha = call.number("alpha", 1);
    return [
      (x) => x * sigmoid(alpha * x),
      (x) => sigmoid(alpha * x) * (1 + alpha * x * (1 - sigmoid(alpha * x))),
    ];
  }),
  Clip: unary((call) => {
    const low = call.has(1) ? call.numbers(1).data[0]! : Number.NEGATIVE_INFINITY;
    const high = call.has(2) ? call.numbers(2).data[0]! : Number.POSITIVE_INFINITY;
    return [(x) => Math.min(Math.max(x, low), high), (x) => Number(x >= low && x <= high)];
  }),
  HardSwish: of(
    (x) => x * Math.min(Math.max(x / 6 + 0.5, 0), 1),
    (x) => (x <= -3 ? 0 : x >= 3 ? 1 : x / 3 + 0.5),
  ),
  Mish: of(
    (x) => x * Math.tanh(softplus(x)),
    (x) => Math.tanh(softplus(x)) + x * (1 - Math.tanh(softplus(x)) ** 2) * sigmoid(x),
  ),
  Neg: (_, [x]) => [scale(x!, -1)],
  Abs: of(Math.abs, Math.sign),
  Sqrt: of(Math.sqrt, (_, y) => 0.5 / y),
  Reciprocal: of(
    (x) => 1 / x,
    (_, y) => -y * y,
  ),
  Log: of(Math.log, (x) => 1 / x),
  Erf: of(erf, (x) => 2 * Math.SQRT2 * density(x * Math.SQRT2)),
  Sin: of(Math.sin, Math.cos),
  Cos: of(Math.cos, (x) => -Math.sin(x)),
};
