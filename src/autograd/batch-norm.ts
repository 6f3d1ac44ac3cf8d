import { checkEps, checkOptions } from "../checks.ts";
import { counted, UnrolledError } from "../errors.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { expectShape, runtimeOf, runtimeOfFloats, type Tensor } from "../runtime/tensor.ts";
import { activeRows, clearPadding, type RowRun } from "./sequence.ts";

/** Options of {@link batchNorm}. N is the number of features. */
export interface BatchNormOptions {
  /** Factor of each feature, [N]; default 1. */
  weight?: Tensor | undefined;
  /** Added to each feature, [N]; default 0. */
  bias?: Tensor | undefined;
  /** Moving average of the batches' means, [N]. Inference uses it, and training updates it. Requires `runningVar`. */
  runningMean?: Tensor | undefined;
  /** Moving average of the batches' variances, [N]. Requires `runningMean`. */
  runningVar?: Tensor | undefined;
  /**
   * Whether to use the batch's statistics; default false. If `runningMean` and `runningVar` are not given, the batch's statistics
   * are used in any case.
   */
  training?: boolean;
  /** Weight of this batch in the moving average of the statistics; default 0.1. */
  momentum?: number;
  /** Added to the variance; default 1e-5. */
  eps?: number;
  /**
   * For x [T, B, N]: the number of active rows of each step. The active rows are the first rows of the step. Results of the
   * other rows are 0. Default: B.
   */
  batchSizes?: Int32Array | undefined;
}

/**
 * Returns (x - mean) / sqrt(variance + eps) * weight + bias (Ioffe and Szegedy 2015, Batch Normalization). This is
 * torch.nn.functional.batch_norm with features on the last axis. The batch's mean and variance of each feature are taken over all
 * active rows; without `batchSizes`, all rows are active. The result uses the biased variance. The update of the running variance
 * uses the unbiased variance.
 *
 * @param x [..., N]
 * @throws ERR_SHAPE if a shape does not fit, or if the batch's statistics are used and fewer than two rows are active; ERR_VALUE
 *   if an option is wrong
 */
export function batchNorm(x: Tensor, options: BatchNormOptions = {}): Tensor {
  checkOptions("batchNorm", options, "weight bias runningMean runningVar training momentum eps batchSizes");
  return runtimeOf("batchNorm", x).frame(() => run(x, options));
}

function run(x: Tensor, options: BatchNormOptions): Tensor {
  const {
    weight,
    bias,
    runningMean,
    runningVar,
    training = false,
    momentum = 0.1,
    eps = 1e-5,
    batchSizes,
  } = options;
  const rt = runtimeOfFloats("batchNorm", [x], weight, bias, runningMean, runningVar);
  const inputs = [x, weight, bias];
  checkEps("batchNorm", eps);
  const runs = activeRows("batchNorm", x, batchSizes);
  const N = x.shape.at(-1)!;
  for (const [name, tensor] of Object.entries({ weight, bias, runningMean, runningVar })) {
    expectShape(`batchNorm: ${name}`, tensor, [N]);
  }
  if (!runningMean !== !runningVar) {
    throw new UnrolledError("ERR_VALUE", "batchNorm: expected runningMean and runningVar, or neither");
  }
  const ofBatch = training || !runningMean;
  const [mean, variance] = ofBatch
    ? batchStatistics(x, runs)
    : [Float64Array.from(runningMean.data), Float64Array.from(runningVar!.data)];
  const total = rowsOf(runs);

  const y = rt.output(x.shape, inputs);
  const columns = scaleAndShift(mean, variance, eps, weight?.data, bias?.data);
  const at = (of: number, { first }: RowRun) => of + first * N * 4;
  const coefficients = place(rt, columns);
  for (const part of runs) {
    rt.kernels.scale_columns(at(y.ptr, part), at(x.ptr, part), coefficients, part.rows, N);
  }
  if (batchSizes) clearPadding(rt, y.ptr, batchSizes, x.shape[1]!, N);
  if (training && runningMean && runningVar) {
    blend(runningMean.data, 1 - momentum, momentum, mean);
    blend(runningVar.data, 1 - momentum, (momentum * total) / (total - 1), variance);
  }
  if (y.requiresGrad) {
    rt.record({
      name: "batchNorm",
      inputs,
      outputs: [y],
      backward: () => {
        const dy = y.gradPtr();
        const up = columnSums(rt, runs, N, dy); // sum(dy)
        const product = columnSums(rt, runs, N, x.ptr, mean, dy); // sum(dy (x - mean))
        const rate = variance.map((v) => 1 / Math.sqrt(v + eps));
        const factor = product.map((p, i) => p * rate[i]!);
        if (weight?.requiresGrad) blend(rt.floats(weight.gradPtr(), N), 1, 1, factor);
        if (bias?.requiresGrad) blend(rt.floats(bias.gradPtr(), N), 1, 1, up);
        if (!x.requiresGrad) return;
        // scale = weight * rate, where rate = 1 / sqrt(variance + eps).
        // With the batch's statistics, dx = scale (dy - mean(dy) - (x - mean) rate^2 mean(dy (x - mean))).
        // With running statistics, dx = scale dy, because running statistics do not depend on x.
        // The kernel computes dx = p dy + q x + s in both cases. `terms` holds p, q and s of every feature. With running
        // statistics, q and s have to be 0, so n is set to infinity.
        const n = ofBatch ? total : Number.POSITIVE_INFINITY;
        const terms = new Float64Array(3 * N);
        for (let i = 0; i < N; i++) {
          const scale = columns[i]!;
          const q = (-scale * rate[i]! ** 2 * product[i]!) / n;
          terms[i] = scale;
          terms[N + i] = q;
          terms[2 * N + i] = (-scale * up[i]!) / n - q * mean[i]!;
        }
        const dx = x.gradPtr();
        const p = place(rt, terms);
        for (const part of runs) {
          rt.kernels.batch_norm_backward(at(dx, part), at(dy, part), at(x.ptr, part), p, part.rows, N);
        }
      },
    });
  }
  return y;
}

/**
 * Returns the coefficients [2, N] for `scale_columns`. Row 0 is scale = weight / sqrt(variance + eps). Row 1 is
 * shift = bias - scale * mean.
 */
export function scaleAndShift(
  mean: Float64Array,
  variance: Float64Array,
  eps: number,
  factor?: ArrayLike<number>,
  offset?: ArrayLike<number>,
): Float64Array {
  const N = mean.length;
  const columns = new Float64Array(2 * N);
  for (let i = 0; i < N; i++) {
    const scale = (factor?.[i] ?? 1) / Math.sqrt(variance[i]! + eps);
    columns[i] = scale;
    columns[N + i] = (offset?.[i] ?? 0) - scale * mean[i]!;
  }
  return columns;
}

/** Returns the mean and the biased variance of each feature. */
function batchStatistics(x: Tensor, runs: readonly RowRun[]): [Float64Array, Float64Array] {
  const rows = rowsOf(runs);
  if (rows < 2) {
    throw new UnrolledError(
      "ERR_SHAPE",
      `batchNorm: x [${x.shape}] has ${counted(rows, "row", "rows")} taking part, expected at least 2; give more, or use running statistics`,
    );
  }
  const N = x.shape.at(-1)!;
  const mean = columnSums(x.runtime, runs, N, x.ptr).map((sum) => sum / rows);
  return [mean, columnSums(x.runtime, runs, N, x.ptr, mean).map((sum) => sum / rows)];
}

function rowsOf(runs: readonly RowRun[]): number {
  return runs.reduce((sum, { rows }) => sum + rows, 0);
}

/**
 * Sums each column over the rows of `runs`. Without `mean`, it sums x. With `mean`, it sums (x - mean)^2. With `mean` and
 * `factor`, it sums factor (x - mean).
 *
 * @param x address of the data
 * @param factor address of as many floats as x has, or 0 for none
 */
function columnSums(
  rt: Runtime,
  runs: readonly RowRun[],
  N: number,
  x: number,
  mean?: Float64Array,
  factor = 0,
): Float64Array {
  return rt.frame(() => {
    const sums = place(rt, new Float64Array(N));
    const means = mean ? place(rt, mean) : 0;
    for (const { first, rows } of runs) {
      const offset = first * N * 4;
      rt.kernels.column_sums(sums, x + offset, means, factor && factor + offset, rows, N);
    }
    return rt.doubles(sums, N).slice();
  });
}

/** Copies the values into scratch memory and returns their address. */
function place(rt: Runtime, values: Float64Array): number {
  const block = rt.scratch(2 * values.length);
  rt.doubles(block, values.length).set(values);
  return block;
}

/** Sets to = keep * to + share * now, elementwise. */
function blend(to: Tensor["data"], keep: number, share: number, now: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i] = keep * to[i]! + share * now[i]!;
}
