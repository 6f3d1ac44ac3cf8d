import { linear } from "../autograd/linear.ts";
import { checkOptions, checkWhole } from "../checks.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { expectShape, type Tensor } from "../runtime/tensor.ts";
import { Module } from "./module.ts";

/** Options of {@link Linear}. */
export interface LinearOptions {
  /** Number of input features, at least 1. */
  inFeatures: number;
  /** Number of output features, at least 1. */
  outFeatures: number;
  /** Whether there is a bias. Default true. */
  bias?: boolean;
  /** A parameter [out, in] of another module to share (weight tying). Its gradient is the sum over the modules that use it. */
  weight?: Tensor;
}

/**
 * A linear layer, y = x W^T + b, like torch.nn.Linear. The weight W is [out, in]. The bias b is [out]. Initial weights and
 * biases are uniform between -1 / sqrt(in) and 1 / sqrt(in).
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const layer = new nn.Linear(rt, { inFeatures: 3, outFeatures: 2 });
 * const y = layer.forward(rt.zeros([5, 3]));
 * console.log(y.shape, layer.parameterCount); // [ 5, 2 ] 8
 * ```
 */
export class Linear extends Module {
  /** The weight W, [out, in]. */
  readonly weight: Tensor;
  /** The bias b, [out]; undefined if the layer has none. */
  readonly bias: Tensor | undefined;

  /**
   * Makes the layer with random weights.
   *
   * @throws ERR_VALUE if an option is invalid; ERR_SHAPE if a shared `weight` has the wrong shape
   */
  constructor(runtime: Runtime, options: LinearOptions) {
    super(runtime);
    const {
      inFeatures,
      outFeatures,
      bias = true,
      weight,
    } = checkOptions("nn.Linear", options, "inFeatures outFeatures bias weight");
    const bound = 1 / Math.sqrt(checkWhole("Linear: inFeatures", inFeatures, 1));
    const shape = [checkWhole("Linear: outFeatures", outFeatures, 1), inFeatures];
    runtime.checkFloats("Linear", weight);
    expectShape("Linear: weight", weight, shape);
    [this.weight, this.bias] = runtime.frame(() => [
      weight ?? this.register("weight", shape, bound),
      bias ? this.register("bias", [outFeatures], bound) : undefined,
    ]);
  }

  /** Computes [..., out] from x [..., in]. */
  forward(x: Tensor): Tensor {
    return linear(x, this.weight, this.bias);
  }
}
