import { linear } from "../autograd/linear.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Tensor } from "../runtime/tensor.ts";
import { checkSize, Module } from "./module.ts";

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

  constructor(runtime: Runtime, { inFeatures, outFeatures, bias = true }: LinearOptions) {
    super(runtime);
    const bound = 1 / Math.sqrt(checkSize("Linear: inFeatures", inFeatures));
    this.weight = this.register("weight", [checkSize("Linear: outFeatures", outFeatures), inFeatures], bound);
    this.bias = bias ? this.register("bias", [outFeatures], bound) : undefined;
  }

  /** x [..., in] -> [..., out] */
  forward(x: Tensor): Tensor {
    return linear(x, this.weight, this.bias);
  }
}
