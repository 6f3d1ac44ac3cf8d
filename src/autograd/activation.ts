import { UnrolledError } from "../errors.ts";
import {
  AFFINE,
  ELU,
  EXP,
  HARD_SIGMOID,
  LEAKY_RELU,
  LOG_SIGMOID,
  RELU,
  SCALED_TANH,
  SIGMOID,
  SOFTPLUS,
  SOFTSIGN,
  TANH,
  THRESHOLDED_RELU,
} from "../runtime/kernels.ts";
import { runtimeOfFloats, type Tensor } from "../runtime/tensor.ts";
import { show } from "../schema.ts";

/** Lists for each activation its number in the kernels, its default alpha and its default beta. */
const ACTIVATIONS = {
  exp: [EXP],
  sigmoid: [SIGMOID],
  tanh: [TANH],
  relu: [RELU],
  affine: [AFFINE, 1],
  leakyRelu: [LEAKY_RELU, 0.01],
  thresholdedRelu: [THRESHOLDED_RELU, 1],
  scaledTanh: [SCALED_TANH, 1, 1],
  hardSigmoid: [HARD_SIGMOID, 0.2, 0.5],
  elu: [ELU, 1],
  softsign: [SOFTSIGN],
  softplus: [SOFTPLUS],
  logSigmoid: [LOG_SIGMOID],
} as const satisfies Record<string, readonly [id: number, alpha?: number, beta?: number]>;

/** The name of an activation, such as `tanh`. {@link Activation} lists all names with their formulas. */
export type ActivationName = keyof typeof ACTIVATIONS;

/**
 * A function of one number, as ONNX defines it, or PyTorch (`exp`, `logSigmoid`):
 *
 * | name | f(x) | default alpha, beta |
 * |---|---|---|
 * | exp | e^x | |
 * | sigmoid | 1 / (1 + e^-x) | |
 * | tanh | hyperbolic tangent | |
 * | relu | max(x, 0) | |
 * | affine | alpha x + beta | 1, 0 |
 * | leakyRelu | x; alpha x if x < 0 | 0.01 |
 * | thresholdedRelu | x; 0 if x < alpha | 1 |
 * | scaledTanh | alpha tanh(beta x) | 1, 1 |
 * | hardSigmoid | alpha x + beta, clipped to [0, 1] | 0.2, 0.5 as in Keras 2 and ONNX; Keras 3 has 1/6, 0.5 |
 * | elu | x; alpha (e^x - 1) if x < 0 | 1 |
 * | softsign | x / (1 + abs(x)) | |
 * | softplus | log(1 + e^x) | |
 * | logSigmoid | log(1 / (1 + e^-x)) | |
 */
export type Activation =
  | ActivationName
  | {
      /** The name of the function. */
      name: ActivationName;
      /** The parameter alpha. Its default depends on the function. */
      alpha?: number;
      /** The parameter beta. Its default depends on the function. */
      beta?: number;
    };

/** An activation in the form that the kernels take. */
export interface ActivationCode {
  readonly id: number;
  readonly alpha: number;
  readonly beta: number;
}

const NAMES = Object.keys(ACTIVATIONS) as ActivationName[];

/**
 * Returns the code of an activation.
 *
 * @param what prefix of error messages
 * @throws ERR_VALUE if the name is unknown, if alpha or beta is not a finite number, or if alpha is out of range. leakyRelu and
 *   elu need alpha >= 0, because the backward pass takes the sign of the input from the output. scaledTanh needs alpha other
 *   than 0, because the backward pass divides by alpha.
 */
export function activationCode(what: string, activation: Activation): ActivationCode {
  const chosen = typeof activation === "string" ? { name: activation } : (activation ?? {});
  const fail = (problem: string): never => {
    throw new UnrolledError("ERR_VALUE", `${what}: ${problem}`);
  };
  if (!NAMES.includes(chosen.name))
    fail(`activation is ${show(activation)}, expected one of ${NAMES.join(", ")}`);
  const [id, a = 0, b = 0]: readonly number[] = ACTIVATIONS[chosen.name];
  const { alpha = a, beta = b } = chosen;
  if (![alpha, beta].every((p) => typeof p === "number" && Number.isFinite(Math.fround(p)))) {
    fail(`alpha of ${chosen.name} is ${alpha} and beta ${beta}, expected finite numbers`);
  }
  if ((chosen.name === "leakyRelu" || chosen.name === "elu") && alpha < 0) {
    fail(`alpha of ${chosen.name} is ${alpha}, expected at least 0`);
  }
  if (chosen.name === "scaledTanh" && !Math.fround(alpha))
    fail(`alpha of scaledTanh is ${alpha}, expected a number other than 0`);
  return { id, alpha, beta };
}

/** Returns f(x), elementwise. @throws ERR_VALUE if the activation is unknown or its parameters are invalid */
export function activation(x: Tensor, f: Activation): Tensor {
  const name = typeof f === "string" ? f : "activation";
  const rt = runtimeOfFloats(name, [x]);
  const { id, alpha, beta } = activationCode(name, f);
  const y = rt.output(x.shape, [x]);
  rt.kernels.activation_forward(id, y.ptr, x.ptr, x.size, alpha, beta);
  if (y.requiresGrad) {
    rt.record({
      name,
      inputs: [x],
      outputs: [y],
      backward: () =>
        rt.kernels.activation_backward(id, x.gradPtr(), y.gradPtr(), y.ptr, x.size, alpha, beta),
    });
  }
  return y;
}

/** Returns e^x, elementwise. The result is 0 if it would be subnormal. */
export const exp = (x: Tensor): Tensor => activation(x, "exp");
/** Returns 1 / (1 + e^-x), elementwise. */
export const sigmoid = (x: Tensor): Tensor => activation(x, "sigmoid");
/** Returns the hyperbolic tangent, elementwise. */
export const tanh = (x: Tensor): Tensor => activation(x, "tanh");
/** Returns max(x, 0), elementwise. */
export const relu = (x: Tensor): Tensor => activation(x, "relu");
/** Returns log(1 + e^x), elementwise. */
export const softplus = (x: Tensor): Tensor => activation(x, "softplus");
/** Returns log(1 / (1 + e^-x)), elementwise, also for x so far below 0 that the fraction is 0. */
export const logSigmoid = (x: Tensor): Tensor => activation(x, "logSigmoid");
