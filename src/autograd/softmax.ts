import { runtimeOf, type Tensor } from "../runtime/tensor.ts";

function overLastAxis(name: "softmax" | "log_softmax", x: Tensor): Tensor {
  const rt = runtimeOf(name, x);
  rt.checkFloats(name, x);
  const C = x.shape.at(-1) ?? 1;
  const N = C === 0 ? 0 : x.size / C;
  const y = rt.output(x.shape, [x]);
  rt.kernels[`${name}_forward`](y.ptr, x.ptr, N, C);
  if (y.requiresGrad) {
    rt.record({
      name,
      inputs: [x],
      outputs: [y],
      backward: () => rt.kernels[`${name}_backward`](x.gradPtr(), y.gradPtr(), y.ptr, N, C),
    });
  }
  return y;
}

/**
 * Returns exp(x) / sum(exp(x)) over the last axis.
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const x = rt.tensor([0, Math.log(3)], [1, 2]);
 * console.log(Array.from(softmax(x).data, (p) => p.toFixed(2)).join(" ")); // 0.25 0.75
 * ```
 */
export const softmax = (x: Tensor): Tensor => overLastAxis("softmax", x);

/**
 * Returns x - log(sum(exp(x))) over the last axis.
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const x = rt.tensor([0, Math.log(3)], [1, 2]);
 * console.log(Array.from(logSoftmax(x).data, (p) => p.toFixed(2)).join(" ")); // -1.39 -0.29
 * ```
 */
export const logSoftmax = (x: Tensor): Tensor => overLastAxis("log_softmax", x);
