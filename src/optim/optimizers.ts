import { UnrolledError } from "../errors.ts";
import type { Tensor } from "../runtime/tensor.ts";
import { completeNumbers, Optimizer } from "./optimizer.ts";
import type { Parameters } from "./parameters.ts";

// Update rules and defaults are those of torch.optim. The option weightDecay adds weightDecay * parameter to the gradient.

/** Options of {@link SGD}. */
export interface SGDOptions {
  /** Learning rate. */
  lr: number;
  /** Fraction of the previous update that is added to the new update; default 0. */
  momentum?: number;
  /** With momentum, each gradient after the first is multiplied by 1 - dampening; default 0. */
  dampening?: number;
  /** The product weightDecay * parameter is added to the gradient; default 0. */
  weightDecay?: number;
  /** Whether to use Nesterov momentum. It needs a momentum and no dampening. Default false. */
  nesterov?: boolean;
}

/**
 * Stochastic gradient descent with momentum, like torch.optim.SGD.
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const w = rt.tensor([4], [1], { requiresGrad: true });
 * const sgd = new optim.SGD({ w }, { lr: 0.25 });
 * for (let i = 0; i < 3; i++) {
 *   sgd.zeroGrad();
 *   sum(multiply(w, w)).backward();
 *   sgd.step();
 *   console.log(w.item());
 * }
 * // 2
 * // 1
 * // 0.5
 * ```
 */
export class SGD extends Optimizer<"momentum"> {
  readonly #options: Required<SGDOptions>;

  /**
   * Makes an optimiser of the parameters.
   *
   * @param parameters parameters of a module, or an array with the parameters of several modules or {@link ParameterGroup}s
   * @throws ERR_VALUE if an option is invalid or there is no parameter; ERR_STATE if a parameter requires no gradient and is not
   *   frozen
   */
  constructor(parameters: Parameters, options: SGDOptions) {
    const all = completeNumbers<Required<SGDOptions>>("optim.SGD", options, {
      lr: Number.NaN,
      momentum: 0,
      dampening: 0,
      weightDecay: 0,
      nesterov: false,
    });
    if (all.nesterov && (all.momentum === 0 || all.dampening !== 0)) {
      throw new UnrolledError("ERR_VALUE", "optimiser: nesterov needs a momentum and no dampening");
    }
    super(parameters, all.lr, all.momentum ? ["momentum"] : []);
    this.#options = all;
  }

  protected update(
    p: Tensor,
    gradient: number,
    state: { momentum?: Tensor },
    step: number,
    lr: number,
    weightDecay = this.#options.weightDecay,
  ): void {
    const { momentum, dampening, nesterov } = this.#options;
    const buffer = state.momentum?.ptr ?? p.ptr;
    this.runtime.kernels.sgd(
      p.ptr,
      gradient,
      buffer,
      p.size,
      lr,
      momentum,
      dampening,
      weightDecay,
      nesterov,
      step === 1,
    );
  }
}

/** Options of {@link RMSprop}. */
export interface RMSpropOptions {
  /** Learning rate; default 0.01. */
  lr?: number;
  /** Decay rate of the moving average of the squared gradient; default 0.99. */
  alpha?: number;
  /** Added to the divisor of the gradient; default 1e-8. */
  eps?: number;
  /** Fraction of the previous update that is added to the new update; default 0. */
  momentum?: number;
  /** The product weightDecay * parameter is added to the gradient; default 0. */
  weightDecay?: number;
  /** Divide gradients by their running standard deviation instead of their running root mean square; default false. */
  centered?: boolean;
}

/**
 * Divides gradients by their running root mean square, like torch.optim.RMSprop.
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const x = rt.tensor(Int32Array.of(0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0), [3, 4]);
 * const first = rt.tensor(Int32Array.of(0, 1, 0, 1), [4]);
 * const gru = new nn.GRU(rt, { inputSize: 2, hiddenSize: 8 });
 * const head = new nn.Linear(rt, { inFeatures: 8, outFeatures: 2 });
 * const rmsprop = new optim.RMSprop([gru.parameters(), head.parameters()], { lr: 0.01 });
 * for (let i = 0; i < 20; i++) {
 *   rmsprop.zeroGrad();
 *   rt.scope(() => crossEntropy(head.forward(pool(gru.forward(x).output, "last")), first).backward());
 *   rmsprop.step();
 * }
 * const { data } = softmax(head.forward(pool(gru.forward(x).output, "last")));
 * console.log([1, 3, 5, 7].map((i) => data[i].toFixed(1)).join(" ")); // 0.0 1.0 0.0 1.0
 * ```
 */
export class RMSprop extends Optimizer<"square_avg" | "grad_avg" | "momentum_buffer"> {
  readonly #options: Required<RMSpropOptions>;

  /**
   * Makes an optimiser of the parameters.
   *
   * @param parameters parameters of a module, or an array with the parameters of several modules or {@link ParameterGroup}s
   * @throws ERR_VALUE if an option is invalid or there is no parameter; ERR_STATE if a parameter requires no gradient and is not
   *   frozen
   */
  constructor(parameters: Parameters, options: RMSpropOptions = {}) {
    const defaults = { lr: 0.01, alpha: 0.99, eps: 1e-8, momentum: 0, weightDecay: 0, centered: false };
    const all = completeNumbers("optim.RMSprop", options, defaults, ["alpha"]);
    super(parameters, all.lr, [
      "square_avg",
      ...(all.centered ? (["grad_avg"] as const) : []),
      ...(all.momentum ? (["momentum_buffer"] as const) : []),
    ]);
    this.#options = all;
  }

  protected update(
    p: Tensor,
    gradient: number,
    state: { square_avg: Tensor; grad_avg?: Tensor; momentum_buffer?: Tensor },
    _step: number,
    lr: number,
    weightDecay = this.#options.weightDecay,
  ): void {
    const { alpha, eps, momentum, centered } = this.#options;
    const square = state.square_avg.ptr;
    this.runtime.kernels.rmsprop(
      p.ptr,
      gradient,
      square,
      state.grad_avg?.ptr ?? square,
      state.momentum_buffer?.ptr ?? square,
      p.size,
      lr,
      alpha,
      eps,
      momentum,
      weightDecay,
      centered,
    );
  }
}

/** Options of {@link Adagrad}. */
export interface AdagradOptions {
  /** Learning rate; default 0.01. */
  lr?: number;
  /** The learning rate is divided by 1 + (step - 1) * lrDecay; default 0. */
  lrDecay?: number;
  /** The product weightDecay * parameter is added to the gradient; default 0. */
  weightDecay?: number;
  /** Initial value of the sums of squared gradients; default 0. */
  initialAccumulatorValue?: number;
  /** Added to the divisor of the gradient; default 1e-10. */
  eps?: number;
}

/** Divides gradients by the root of the sum of all squared gradients so far, like torch.optim.Adagrad. */
export class Adagrad extends Optimizer<"sum"> {
  readonly #options: Required<AdagradOptions>;

  /**
   * Makes an optimiser of the parameters.
   *
   * @param parameters parameters of a module, or an array with the parameters of several modules or {@link ParameterGroup}s
   * @throws ERR_VALUE if an option is invalid or there is no parameter; ERR_STATE if a parameter requires no gradient and is not
   *   frozen
   */
  constructor(parameters: Parameters, options: AdagradOptions = {}) {
    const all = completeNumbers<Required<AdagradOptions>>("optim.Adagrad", options, {
      lr: 0.01,
      lrDecay: 0,
      weightDecay: 0,
      initialAccumulatorValue: 0,
      eps: 1e-10,
    });
    super(parameters, all.lr, ["sum"], all.initialAccumulatorValue);
    this.#options = all;
  }

  protected update(
    p: Tensor,
    gradient: number,
    state: { sum: Tensor },
    step: number,
    lr: number,
    weightDecay = this.#options.weightDecay,
  ): void {
    const { lrDecay, eps } = this.#options;
    const rate = lr / (1 + (step - 1) * lrDecay);
    this.runtime.kernels.adagrad(p.ptr, gradient, state.sum.ptr, p.size, rate, eps, weightDecay);
  }
}

/** Options of {@link Adadelta}. */
export interface AdadeltaOptions {
  /** Learning rate; default 1. */
  lr?: number;
  /** Decay rate of the moving averages of the squared gradient and the squared update; default 0.9. */
  rho?: number;
  /** Added to the average squared gradient and the average squared update before their roots are taken; default 1e-6. */
  eps?: number;
  /** The product weightDecay * parameter is added to the gradient; default 0. */
  weightDecay?: number;
}

/** Multiplies gradients by (running RMS of updates) / (running RMS of gradients), like torch.optim.Adadelta. */
export class Adadelta extends Optimizer<"square_avg" | "acc_delta"> {
  readonly #options: Required<AdadeltaOptions>;

  /**
   * Makes an optimiser of the parameters.
   *
   * @param parameters parameters of a module, or an array with the parameters of several modules or {@link ParameterGroup}s
   * @throws ERR_VALUE if an option is invalid or there is no parameter; ERR_STATE if a parameter requires no gradient and is not
   *   frozen
   */
  constructor(parameters: Parameters, options: AdadeltaOptions = {}) {
    const defaults = { lr: 1, rho: 0.9, eps: 1e-6, weightDecay: 0 };
    const all = completeNumbers("optim.Adadelta", options, defaults, ["rho"]);
    super(parameters, all.lr, ["square_avg", "acc_delta"]);
    this.#options = all;
  }

  protected update(
    p: Tensor,
    gradient: number,
    state: { square_avg: Tensor; acc_delta: Tensor },
    _step: number,
    lr: number,
    weightDecay = this.#options.weightDecay,
  ): void {
    const { rho, eps } = this.#options;
    const { square_avg, acc_delta } = state;
    this.runtime.kernels.adadelta(
      p.ptr,
      gradient,
      square_avg.ptr,
      acc_delta.ptr,
      p.size,
      lr,
      rho,
      eps,
      weightDecay,
    );
  }
}
