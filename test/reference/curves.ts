import type { Curve } from "./graph.ts";

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

type Make = (alpha: number, beta: number) => Curve;

/** ONNX's activations and PyTorch's logsigmoid, each with its slope as a function of x. At a bend, the slope is that to its left. */
export const CURVES = {
  exp: () => ({ f: Math.exp, slope: Math.exp }),
  sigmoid: () => ({ f: sigmoid, slope: (x) => sigmoid(x) * sigmoid(-x) }),
  tanh: () => ({ f: Math.tanh, slope: (x) => 1 / Math.cosh(x) ** 2 }),
  relu: () => ({ f: (x) => Math.max(x, 0), slope: (x) => (x > 0 ? 1 : 0) }),
  affine: (alpha, beta) => ({ f: (x) => alpha * x + beta, slope: () => alpha }),
  leakyRelu: (alpha) => ({ f: (x) => (x < 0 ? alpha * x : x), slope: (x) => (x > 0 ? 1 : alpha) }),
  thresholdedRelu: (alpha) => ({ f: (x) => (x < alpha ? 0 : x), slope: (x) => (x < alpha ? 0 : 1) }),
  scaledTanh: (alpha, beta) => ({
    f: (x) => alpha * Math.tanh(beta * x),
    slope: (x) => (alpha * beta) / Math.cosh(beta * x) ** 2,
  }),
  hardSigmoid: (alpha, beta) => ({
    f: (x) => Math.min(Math.max(alpha * x + beta, 0), 1),
    slope: (x) => (alpha * x + beta > 0 && alpha * x + beta < 1 ? alpha : 0),
  }),
  elu: (alpha) => ({
    f: (x) => (x < 0 ? alpha * Math.expm1(x) : x),
    slope: (x) => (x > 0 ? 1 : alpha * Math.exp(x)),
  }),
  softsign: () => ({ f: (x) => x / (1 + Math.abs(x)), slope: (x) => (1 + Math.abs(x)) ** -2 }),
  logSigmoid: () => ({
    f: (x) => Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x))),
    slope: (x) => sigmoid(-x),
  }),
  softplus: () => ({ f: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), slope: sigmoid }),
} as const satisfies Record<string, Make>;

export type CurveName = keyof typeof CURVES;

/** An activation by name. */
export interface NamedCurve {
  name: CurveName;
  alpha?: number;
  beta?: number;
}

/** Returns an activation as a curve; its argument is first clipped to [-limit, limit]. */
export function curve({ name, alpha = 0, beta = 0 }: NamedCurve, limit = Number.POSITIVE_INFINITY): Curve {
  const { f, slope } = (CURVES[name] as Make)(alpha, beta);
  return {
    f: (x) => f(Math.min(Math.max(x, -limit), limit)),
    slope: (x) => (Math.abs(x) < limit ? slope(x) : 0),
  };
}
