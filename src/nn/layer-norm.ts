import { layerNorm } from "../autograd/layer-norm.ts";
import { checkOptions, checkThat } from "../checks.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { checkShape, sizeOf } from "../runtime/shapes.ts";
import type { Tensor } from "../runtime/tensor.ts";
import { Norm, type NormOptions } from "./norm.ts";
import { type PackedNorm, packLayerNorm } from "./stream/norm.ts";

/** Options of {@link LayerNorm}. */
export interface LayerNormModuleOptions extends Omit<NormOptions, "numFeatures"> {
  /** Length of the last axis, over which x is normalised. */
  numFeatures?: number;
  /** Lengths of the last axes, over which x is normalised, such as [4, 5]. In place of `numFeatures`. */
  normalizedShape?: readonly number[];
}

/**
 * Normalises each vector over its features, or each block of x over several axes, like torch.nn.LayerNorm. The result is the same
 * in training and inference.
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const x = rt.tensor([1, 2, 3, 4], [1, 2, 2]);
 * const show = ({ data }) => console.log(Array.from(data, (y) => y.toFixed(2)).join(" "));
 * show(new nn.LayerNorm(rt, { numFeatures: 2 }).forward(x)); // -1.00 1.00 -1.00 1.00
 * show(new nn.LayerNorm(rt, { normalizedShape: [2, 2] }).forward(x)); // -1.34 -0.45 0.45 1.34
 * ```
 */
export class LayerNorm extends Norm {
  static override readonly name: string = "LayerNorm";

  /**
   * Makes the module. The weights are 1 and the biases 0.
   *
   * @throws ERR_VALUE if an option is invalid, or if numFeatures and normalizedShape are given; ERR_SHAPE if normalizedShape is
   *   not a list of lengths
   */
  constructor(runtime: Runtime, options: LayerNormModuleOptions) {
    const { normalizedShape, numFeatures, ...rest } = checkOptions(
      "nn.LayerNorm",
      options,
      "numFeatures eps affine normalizedShape",
    );
    if (normalizedShape) {
      checkShape("LayerNorm: normalizedShape", normalizedShape);
      checkThat(
        "LayerNorm: numFeatures",
        numFeatures,
        numFeatures === undefined,
        "none beside normalizedShape",
      );
    }
    const features = normalizedShape ? normalizedShape.length && sizeOf(normalizedShape) : numFeatures!;
    super(runtime, { ...rest, numFeatures: features }, normalizedShape);
  }

  forward(x: Tensor, batchSizes?: Int32Array): Tensor {
    this.checkFeatures(x);
    const { weight, bias, eps, featureShape: normalizedShape } = this;
    return layerNorm(x, { weight, bias, eps, batchSizes, normalizedShape });
  }

  pack(): PackedNorm {
    const { runtime: rt, numFeatures: N, eps, weight, bias } = this;
    rt.checkFloats("pack", weight, bias);
    return packLayerNorm(rt, { N, eps, weight: weight?.data, bias: bias?.data });
  }
}
