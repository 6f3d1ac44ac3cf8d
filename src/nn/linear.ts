import { linear } from "../autograd/linear.ts";
import { checkOptions, checkWhole } from "../checks.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Tensor } from "../runtime/tensor.ts";
import { Module } from "./module.ts";

export interface LinearOptions {
  inFeatures: number;
  outFeatures: number;
  /** Default true. */
  bias?: boolean;
}

/** y = x W^T + b as torch.nn.Linear: weight [out, in] and bias [out], at first uniform within 1 / sqrt(in). */
export class Linear extends Module {
  readonly weight: Tensor;
  readonly bias: Tensor | undefined;

  constructor(runtime: Runtime, options: LinearOptions) {
    super(runtime);
    const { inFeatures, outFeatures, bias = true } = checkOptions("Linear", options);
    const bound = 1 / Math.sqrt(checkWhole("Linear: inFeatures", inFeatures, 1));
    checkWhole("Linear: outFeatures", outFeatures, 1);
    [this.weight, this.bias] = runtime.frame(() => [
      this.register("weight", [outFeatures, inFeatures], bound),
      bias ? this.register("bias", [outFeatures], bound) : undefined,
    ]);
  }

  /** x [..., in] -> [..., out] */
  forward(x: Tensor): Tensor {
    return linear(x, this.weight, this.bias);
  }
}
