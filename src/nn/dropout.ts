import { type DropoutOptions, dropout } from "../autograd/dropout.ts";
import { checkDropout, checkOptions } from "../checks.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Tensor } from "../runtime/tensor.ts";
import { Module } from "./module.ts";

/** Options of {@link Dropout}. */
export interface DropoutModuleOptions extends DropoutOptions {
  /** Probability that an element is set to 0. Default 0.5. */
  p?: number;
}

/** In training, sets elements to 0 with probability p, and divides all other elements by 1 - p. In inference, changes nothing. */
export class Dropout extends Module {
  /** Probability that an element is set to 0 in training. */
  readonly p: number;
  /** Whether all steps of a sequence have the same mask. */
  readonly variational: boolean;

  /**
   * Makes the module.
   *
   * @throws ERR_VALUE unless 0 <= p < 1
   */
  constructor(runtime: Runtime, options: DropoutModuleOptions = {}) {
    super(runtime);
    const { p = 0.5, variational = false } = checkOptions("nn.Dropout", options, "p variational");
    this.p = checkDropout("Dropout: p", p);
    this.variational = variational;
  }

  /**
   * Returns x with dropout, or x itself in inference.
   *
   * @param x any shape; if `variational` is true, the first axis is time
   */
  forward(x: Tensor): Tensor {
    return this.training ? dropout(x, this.p, { variational: this.variational }) : x;
  }
}
