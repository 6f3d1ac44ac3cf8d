import type { Kernels } from "../runtime/kernels.ts";
import { runtimeOf, runtimeOfFloats, type Tensor } from "../runtime/tensor.ts";

function overLastAxis(
  name: string,
  x: Tensor,
  forward: Kernels["softmax_forward"],
  backward: Kernels["softmax_backward"],
): Tensor {
  const rt = runtimeOfFloats(name, [x]);
  const C = x.shape.at(-1) ?? 1;
  const N = C === 0 ? 0 : x.size / C;
  const y = rt.output(x.shape, [x]);
  forward(y.ptr, x.ptr, N, C);
  if (y.requiresGrad) {
    rt.record({
      name,
      inputs: [x],
      outputs: [y],
      backward: () => backward(x.gradPtr(), y.gradPtr(), y.ptr, N, C),
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
export function softmax(x: Tensor): Tensor {
  const k = runtimeOf("softmax", x).kernels;
  return overLastAxis("softmax", x, k.softmax_forward, k.softmax_backward);
}

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
export function logSoftmax(x: Tensor): Tensor {
  const k = runtimeOf("log_softmax", x).kernels;
  return overLastAxis("log_softmax", x, k.log_softmax_forward, k.log_softmax_backward);
}
