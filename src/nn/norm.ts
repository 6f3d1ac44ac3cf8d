import { checkEps, checkOptions, checkWhole } from "../checks.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { expectShape, runtimeOf, type Tensor } from "../runtime/tensor.ts";
import { Module } from "./module.ts";
import type { PackedNorm } from "./stream/norm.ts";

/** Options of {@link LayerNorm} and {@link BatchNorm}. */
export interface NormOptions {
  /** Length of the last axis. */
  numFeatures: number;
  /** Number added to the variance. Default 1e-5. */
  eps?: number;
  /** Whether each feature has a weight (initially 1) and a bias (initially 0). Default true. */
  affine?: boolean;
}

/** Number that is added to variances by default. */
export const DEFAULT_EPS = 1e-5;

/** Base class of LayerNorm and BatchNorm. */
export abstract class Norm extends Module {
  /** Length of the last axis (N). If several axes are normalised, the product of their lengths. */
  readonly numFeatures: number;
  /** Lengths of the axes of weight and bias, [N]. If a LayerNorm has a `normalizedShape`, this is it. */
  readonly featureShape: readonly number[];
  /** Number added to the variance. */
  readonly eps: number;
  /** Factor of each feature, [N] or `normalizedShape`; undefined if `affine` is false. */
  readonly weight: Tensor | undefined;
  /** Number added to each feature, [N] or `normalizedShape`; undefined if `affine` is false. */
  readonly bias: Tensor | undefined;

  /**
   * Makes the module. The weights are 1 and the biases 0.
   *
   * @param featureShape lengths of the last axes, if there are several; default [numFeatures]
   * @throws ERR_VALUE if an option is invalid
   */
  constructor(runtime: Runtime, options: NormOptions, featureShape?: readonly number[]) {
    super(runtime);
    const { name } = new.target; // the static field `name`, which minifying does not change
    const {
      numFeatures,
      eps = DEFAULT_EPS,
      affine = true,
    } = checkOptions(`nn.${name}`, options, "numFeatures eps affine");
    this.numFeatures = checkWhole(`${name}: numFeatures`, numFeatures, 1);
    this.featureShape = featureShape ?? [numFeatures];
    this.eps = checkEps(name, eps);
    if (!affine) return;
    [this.weight, this.bias] = runtime.frame(() => [
      this.register("weight", this.featureShape, 0),
      this.register("bias", this.featureShape, 0),
    ]);
    this.weight.data.fill(1);
  }

  /**
   * Normalises x.
   *
   * @param x [..., N], features last; [..., ...normalizedShape] if a LayerNorm has several axes
   * @param batchSizes for x [T, B, N] with the longest sequence first: `batchSizes[t]` sequences have a step t. All later rows of
   *   step t are padding. Padding has outputs of 0 and gets no gradient. Default: x has no padding
   * @throws ERR_SHAPE if x or `batchSizes` has the wrong shape, or if batch statistics would come from fewer than two vectors
   * @throws ERR_VALUE if a batch size is not from 0 to B
   */
  abstract forward(x: Tensor, batchSizes?: Int32Array): Tensor;

  /** Copies everything that inference needs, for streams. */
  abstract pack(): PackedNorm;

  /** Checks the last axes of x. @throws ERR_SHAPE if their lengths are not `featureShape` @internal */
  protected checkFeatures(x: Tensor): void {
    runtimeOf(this.constructor.name, x);
    const { featureShape } = this;
    const rest = x.shape.slice(0, -featureShape.length);
    expectShape(`${this.constructor.name}.forward: x`, x, [...rest, ...featureShape]);
  }
}
