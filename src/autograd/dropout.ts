import { checkDropout } from "../checks.ts";
import type { Tensor } from "../runtime/tensor.ts";

/**
 * Each element is 0 with probability p, else divided by 1 - p, as torch.nn.functional.dropout in training. The mask comes
 * from the runtime's random numbers and is made again, not kept, for the backward pass.
 *
 * @throws ERR_VALUE unless 0 <= p < 1
 */
export function dropout(x: Tensor, p: number): Tensor {
  const rt = x.runtime;
  rt.checkFloats("dropout", x);
  checkDropout("dropout: p", p);
  if (p === 0) return x;
  const { seed } = rt.random;
  const block = rt.random.take(Math.ceil(x.size / 4));
  const y = rt.output(x.shape, [x]);
  rt.kernels.dropout(y.ptr, x.ptr, p, x.size, seed, block);
  if (y.requiresGrad) {
    rt.record({
      name: "dropout",
      inputs: [x],
      outputs: [y],
      backward: () => {
        const dx = rt.scratch(x.size);
        rt.kernels.dropout(dx, y.gradPtr(), p, x.size, seed, block);
        rt.kernels.add_scaled(x.gradPtr(), dx, 1, x.size);
      },
    });
  }
  return y;
}
