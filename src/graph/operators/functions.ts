import type { Operator } from "../operator.ts";
import { of, unary } from "./elementwise.ts";

/** Returns x sigmoid(alpha x). */
const swish = (alpha: number): Operator =>
  unary((call) => {
    const factor = call.number("alpha", alpha);
    return (x) => x / (1 + Math.exp(-factor * x));
  });

/** Functions of one number that few models have. */
export const FUNCTIONS: Record<string, Operator> = {
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
