import { completeOptions } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import type { Tensor } from "../runtime/tensor.ts";
import { atLeast, completeNumbers, Optimizer } from "./optimizer.ts";
import type { Parameters } from "./parameters.ts";
import { power } from "./power.ts";

/** Options of {@link Adam} and {@link AdamW}. */
export interface AdamOptions {
  /** Learning rate; default 0.001. */
  lr?: number;
  /** Decay rates of the moving averages of the gradient and of the squared gradient; default [0.9, 0.999]. */
  betas?: readonly [number, number];
  /** Added to the root of the average squared gradient; default 1e-8. */
  eps?: number;
  /**
   * Weight decay; default 0 for Adam, 0.01 for AdamW. Adam adds weightDecay * parameter to the gradient. AdamW multiplies the
   * parameter by 1 - lr * weightDecay.
   */
  weightDecay?: number;
  /** Use the largest average of the squared gradient so far, instead of the current average; default false. */
  amsgrad?: boolean;
}

const DEFAULTS: Required<AdamOptions> = {
  lr: 1e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weightDecay: 0,
  amsgrad: false,
};

/**
 * Adaptive moments with bias correction, like torch.optim.Adam.
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const x = rt.tensor([0, 1, 2, 3], [4, 1]);
 * const y = rt.tensor([1, 3, 5, 7], [4, 1]);
 * const line = new nn.Linear(rt, { inFeatures: 1, outFeatures: 1 });
 * const adam = new optim.Adam(line.parameters(), { lr: 0.1 });
 * for (let i = 0; i < 300; i++) {
 *   adam.zeroGrad();
 *   rt.scope(() => meanSquaredError(line.forward(x), y).backward());
 *   adam.step();
 * }
 * console.log(`y = ${line.weight.item().toFixed(2)} x + ${line.bias.item().toFixed(2)}`); // y = 2.00 x + 1.00
 * ```
 */
export class Adam extends Optimizer<"exp_avg" | "exp_avg_sq" | "max_exp_avg_sq"> {
  readonly #options: Required<AdamOptions>;

  /**
   * Makes an optimiser of the parameters.
   *
   * @param parameters parameters of a module, or an array with the parameters of several modules or {@link ParameterGroup}s
   * @throws ERR_VALUE if an option is invalid or there is no parameter; ERR_STATE if a parameter requires no gradient and is not
   *   frozen
   */
  constructor(parameters: Parameters, options: AdamOptions = {}) {
    const all = completeNumbers("optim.Adam", options, DEFAULTS);
    const { length } = all.betas;
    if (length !== 2) throw new UnrolledError("ERR_VALUE", `optimiser: ${length} betas, expected two`);
    for (const beta of all.betas) atLeast("betas", beta, 0, 1);
    super(parameters, all.lr, [
      "exp_avg",
      "exp_avg_sq",
      ...(all.amsgrad ? (["max_exp_avg_sq"] as const) : []),
    ]);
    this.#options = all;
  }

  /** Whether weight decay shrinks the parameter itself instead of adding to its gradient. */
  protected get decoupled(): boolean {
    return false;
  }

  protected update(
    p: Tensor,
    gradient: number,
    state: { exp_avg: Tensor; exp_avg_sq: Tensor; max_exp_avg_sq?: Tensor },
    step: number,
    lr: number,
    weightDecay = this.#options.weightDecay,
  ): void {
    const { betas, eps, amsgrad } = this.#options;
    const [b1, b2] = betas;
    const rate = lr / (1 - power(b1, step));
    const root = 1 / Math.sqrt(1 - power(b2, step));
    this.runtime.kernels.adam(
      p.ptr,
      gradient,
      state.exp_avg.ptr,
      state.exp_avg_sq.ptr,
      state.max_exp_avg_sq?.ptr ?? state.exp_avg_sq.ptr,
      p.size,
      lr,
      rate,
      root,
      b1,
      b2,
      eps,
      weightDecay,
      this.decoupled,
      amsgrad,
    );
  }
}

/** Adam with decoupled weight decay, like torch.optim.AdamW. */
export class AdamW extends Adam {
  /**
   * Makes an optimiser of the parameters.
   *
   * @param parameters parameters of a module, or an array with the parameters of several modules or {@link ParameterGroup}s
   * @throws ERR_VALUE if an option is invalid or there is no parameter; ERR_STATE if a parameter requires no gradient and is not
   *   frozen
   */
  constructor(parameters: Parameters, options: AdamOptions = {}) {
    super(parameters, completeOptions("optim.AdamW", options, { ...DEFAULTS, weightDecay: 0.01 }));
  }

  protected override get decoupled(): boolean {
    return true;
  }
}
