import { Optimizer } from "../optim/optimizer.ts";
import type { Parameters } from "../optim/parameters.ts";
import { power } from "../optim/power.ts";
import type { Tensor } from "../runtime/tensor.ts";

const [B1, B2, EPS] = [0.9, 0.999, 1e-7];

/**
 * Adam with the defaults and the form of Keras: the small number 1e-7 is added before the bias of the averages is corrected ("epsilon hat"
 * of Kingma and Ba 2015, section 2.1), so in the first steps it counts up to 32 times as much as in PyTorch.
 */
export class KerasAdam extends Optimizer<"exp_avg" | "exp_avg_sq"> {
  constructor(parameters: Parameters, { lr = 1e-3 }: { lr?: number } = {}) {
    super(parameters, lr, ["exp_avg", "exp_avg_sq"]);
  }

  protected update(
    p: Tensor,
    gradient: number,
    state: { exp_avg: Tensor; exp_avg_sq: Tensor },
    step: number,
    lr: number,
    weightDecay = 0,
  ): void {
    const { exp_avg, exp_avg_sq } = state;
    const rate = lr / (1 - power(B1, step));
    const root = 1 / Math.sqrt(1 - power(B2, step));
    const averages = [exp_avg.ptr, exp_avg_sq.ptr, exp_avg_sq.ptr] as const;
    const { adam } = this.runtime.kernels;
    adam(p.ptr, gradient, ...averages, p.size, lr, rate, root, B1, B2, EPS * root, weightDecay, false, false);
  }
}
