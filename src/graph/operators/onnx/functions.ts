import {
  BINARY_ADD,
  UNARY_CEIL,
  UNARY_FLOOR,
  UNARY_HARD_SWISH,
  UNARY_RECIPROCAL,
  UNARY_ROUND,
} from "../../graph-kernels.ts";
import type { Operator } from "../../operator.ts";
import { binary, erf, folded, of, ofTwo, softplus, unary, unaryKernel, withKernel } from "../elementwise.ts";

/** Rounds halves to even numbers. */
export function round(x: number): number {
  const low = Math.floor(x);
  const rest = x - low;
  return rest < 0.5 || (rest === 0.5 && low % 2 === 0) ? low : low + 1;
}

/** Returns x sigmoid(alpha x). */
const swish = (alpha: number): Operator =>
  unary((call) => {
    const factor = call.number("alpha", alpha);
    return (x) => x / (1 + Math.exp(-factor * x));
  });

/** Functions of elements that only ONNX files have. */
export const FUNCTIONS: Record<string, Operator> = {
  Mod: binary((call) =>
    call.flag("fmod")
      ? (a, b) => a % b
      : (a, b) => (b ? a - b * Math.floor(a / b) : call.fail("division by 0", "ERR_VALUE")),
  ),
  Xor: ofTwo((a, b) => a ^ b, "bool"),
  Sum: withKernel(
    folded((a, b) => a + b),
    BINARY_ADD,
  ),
  Mean: folded(
    (a, b) => a + b,
    (total, n) => total / n,
  ),
  IsNaN: of((x) => Number(Number.isNaN(x)), "bool"),
  Ceil: unaryKernel(of(Math.ceil), UNARY_CEIL),
  Floor: unaryKernel(of(Math.floor), UNARY_FLOOR),
  Round: unaryKernel(of(round), UNARY_ROUND),
  Sign: of(Math.sign),
  Reciprocal: unaryKernel(
    of((x) => 1 / x),
    UNARY_RECIPROCAL,
  ),
  Sin: of(Math.sin),
  Cos: of(Math.cos),
  HardSwish: unaryKernel(
    of((x) => x * Math.min(Math.max(x / 6 + 0.5, 0), 1)),
    UNARY_HARD_SWISH,
  ),
  Mish: of((x) => x * Math.tanh(softplus(x))),
  ThresholdedRelu: unary((call) => {
    const alpha = call.number("alpha", 1);
    return (x) => (x > alpha ? x : 0);
  }),
  Celu: unary((call) => {
    const alpha = call.number("alpha", 1);
    return (x) => Math.max(x, 0) + Math.min(0, alpha * Math.expm1(x / alpha));
  }),
  Gelu: unary((call) => {
    if (call.text("approximate", "none") === "tanh")
      return (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
    return (x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2));
  }),
  Tan: of(Math.tan),
  Asin: of(Math.asin),
  Acos: of(Math.acos),
  Atan: of(Math.atan),
  Sinh: of(Math.sinh),
  Cosh: of(Math.cosh),
  Asinh: of(Math.asinh),
  Acosh: of(Math.acosh),
  Atanh: of(Math.atanh),
  Swish: swish(1),
  "com.microsoft.QuickGelu": swish(1.702),
  Shrink: unary((call) => {
    const [lambda, bias] = [call.number("lambd", 0.5), call.number("bias", 0)];
    return (x) => (x < -lambda ? x + bias : x > lambda ? x - bias : 0);
  }),
  IsInf: unary((call) => {
    const negative = call.flag("detect_negative", true) ? Number.NEGATIVE_INFINITY : undefined;
    const positive = call.flag("detect_positive", true) ? Number.POSITIVE_INFINITY : undefined;
    return (x) => Number(x === negative || x === positive);
  }, "bool"),
};
