import { batchNorm, scaleAndShift } from "../autograd/batch-norm.ts";
import { checkOptions, checkValue } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Tensor } from "../runtime/tensor.ts";
import { share } from "../schema.ts";
import { Norm, type NormOptions } from "./norm.ts";
import { type PackedNorm, packBatchNorm } from "./stream/norm.ts";

/** Options of {@link BatchNorm}. */
export interface BatchNormModuleOptions extends NormOptions {
  /**
   * Weight of a new batch in the running statistics, which are moving averages. With null, all batches have the same weight.
   * Default 0.1.
   */
  momentum?: number | null;
  /** Whether to keep running statistics for inference. If false, inference uses the statistics of its batch. Default true. */
  trackRunningStats?: boolean;
}

/**
 * Normalises every feature over all vectors of a batch, like torch.nn.BatchNorm1d. But the features are the last axis.
 * Training uses the statistics of the batch, which must have at least two vectors. Inference uses the running statistics.
 */
export class BatchNorm extends Norm {
  static override readonly name: string = "BatchNorm";

  /** Weight of a new batch in the running statistics; null if all batches have the same weight. */
  readonly momentum: number | null;
  /** Running mean of each feature, [N]; undefined if running statistics are not kept. */
  readonly runningMean: Tensor | undefined;
  /** Running unbiased variance of each feature, [N]; undefined if running statistics are not kept. */
  readonly runningVar: Tensor | undefined;
  /** Number of batches seen in training, int32 []. */
  readonly numBatchesTracked: Tensor | undefined;

  /**
   * Makes the module. The weights are 1 and the biases 0.
   *
   * @throws ERR_VALUE if an option is invalid
   */
  constructor(runtime: Runtime, options: BatchNormModuleOptions) {
    const {
      momentum = 0.1,
      trackRunningStats = true,
      ...rest
    } = checkOptions("nn.BatchNorm", options, "numFeatures eps affine momentum trackRunningStats");
    if (momentum !== null) {
      checkValue("BatchNorm: momentum", momentum, { ...share(), expected: "null or a number from 0 to 1" });
    }
    super(runtime, rest);
    this.momentum = momentum;
    if (!trackRunningStats) return;
    try {
      this.runningMean = this.registerBuffer("running_mean", [this.numFeatures]);
      this.runningVar = this.registerBuffer("running_var", [this.numFeatures]);
      this.numBatchesTracked = this.registerBuffer("num_batches_tracked", [], "int32");
    } catch (error) {
      this.dispose();
      throw error;
    }
    this.runningVar.data.fill(1);
  }

  forward(x: Tensor, batchSizes?: Int32Array): Tensor {
    this.checkFeatures(x);
    const { weight, bias, runningMean, runningVar, training, eps, numBatchesTracked: seen } = this;
    const momentum = this.momentum ?? 1 / ((seen?.item() ?? 0) + 1);
    const y = batchNorm(x, { weight, bias, runningMean, runningVar, training, momentum, eps, batchSizes });
    if (training && seen) seen.data[0]! += 1;
    return y;
  }

  /** Returns inference as scale * x + shift: [2, N], first the scales. @throws ERR_STATE without running statistics @internal */
  scaleAndShift(): Float64Array {
    const { runningMean, runningVar, weight, bias } = this;
    if (!runningMean || !runningVar) {
      throw new UnrolledError("ERR_STATE", "BatchNorm.pack: no running statistics; set trackRunningStats");
    }
    const [mean, variance] = [Float64Array.from(runningMean.data), Float64Array.from(runningVar.data)];
    return scaleAndShift(mean, variance, this.eps, weight?.data, bias?.data);
  }

  /** Copies the running statistics and parameters for streams. @throws ERR_STATE if there are no running statistics */
  pack(): PackedNorm {
    return packBatchNorm(this.runtime, this.scaleAndShift());
  }
}
