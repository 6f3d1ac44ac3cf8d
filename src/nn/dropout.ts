import { dropout } from "../autograd/dropout.ts";
import { checkDropout } from "../checks.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Tensor } from "../runtime/tensor.ts";
import { Module } from "./module.ts";

/** In training, elements are 0 with probability p and the rest divided by 1 - p; in inference, nothing happens. */
export class Dropout extends Module {
  readonly p: number;

  constructor(runtime: Runtime, { p = 0.5 }: { p?: number } = {}) {
    super(runtime);
    this.p = checkDropout("Dropout: p", p);
  }

  forward(x: Tensor): Tensor {
    return this.training ? dropout(x, this.p) : x;
  }
}
