import { checkAtLeast, checkValue } from "../checks.ts";
import type { Tensor } from "../runtime/tensor.ts";
import { whole } from "../schema.ts";
import { namedTensors, type Parameters } from "./parameters.ts";

function gradients(operation: string, parameters: Parameters): Tensor[] {
  return namedTensors(operation, parameters).flatMap(([, parameter]) => parameter.grad ?? []);
}

/**
 * Limits the norm of all gradients together to `maxNorm`, like torch.nn.utils.clip_grad_norm_. All gradients are multiplied by
 * the same factor, min(1, maxNorm / (norm + 1e-6)).
 *
 * @param parameters parameters of a module, or an array with the parameters of several modules
 * @param normType order of the norm, a whole number of at least 1, or Infinity for the largest magnitude. Default 2.
 * @returns the norm before clipping. If it is NaN or infinite, do not call `step`, because the gradients are useless.
 * @throws ERR_VALUE if `maxNorm` is below 0, or `normType` is invalid
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const w = rt.tensor([3, 4], [2], { requiresGrad: true });
 * sum(multiply(w, w)).backward();
 * console.log([...w.grad.data]); // [ 6, 8 ]
 * console.log(optim.clipGradNorm({ w }, 1)); // 10
 * console.log(Array.from(w.grad.data, (x) => x.toFixed(2)).join(" ")); // 0.60 0.80
 * ```
 */
export function clipGradNorm(parameters: Parameters, maxNorm: number, normType = 2): number {
  checkAtLeast("clipGradNorm: maxNorm", maxNorm);
  if (normType !== Number.POSITIVE_INFINITY) {
    checkValue("clipGradNorm: normType", normType, { ...whole(1), expected: "1, 2, ... or Infinity" });
  }
  const all = gradients("clipGradNorm", parameters);
  const norm = gradNorm(all, normType);
  const factor = maxNorm / (norm + 1e-6);
  if (factor < 1) for (const { runtime, ptr, size } of all) runtime.kernels.scale(ptr, factor, size);
  return norm;
}

function gradNorm(all: readonly Tensor[], normType: number): number {
  if (normType === Number.POSITIVE_INFINITY) {
    return Math.max(0, ...all.map(({ runtime, ptr, size }) => runtime.kernels.largest_magnitude(ptr, size)));
  }
  let sum = 0;
  for (const { runtime, ptr, size } of all) sum += runtime.kernels.sum_of_powers(ptr, size, normType);
  return normType === 2 ? Math.sqrt(sum) : sum ** (1 / normType);
}

/**
 * Clips every element of every gradient to [-limit, limit], like torch.nn.utils.clip_grad_value_.
 *
 * @param parameters parameters of a module, or an array with the parameters of several modules
 * @throws ERR_VALUE if `limit` is below 0
 */
export function clipGradValue(parameters: Parameters, limit: number): void {
  checkAtLeast("clipGradValue: limit", limit);
  for (const { runtime, ptr, size } of gradients("clipGradValue", parameters)) {
    runtime.kernels.clip_value(ptr, limit, size);
  }
}
