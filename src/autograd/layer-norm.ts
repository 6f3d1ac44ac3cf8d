import { checkEps, checkOptions } from "../checks.ts";
import { checkShape, sizeOf } from "../runtime/shapes.ts";
import { expectShape, runtimeOfFloats, type Tensor } from "../runtime/tensor.ts";
import { activeRows, clearPadding, type RowRun } from "./sequence.ts";

/** Options of {@link layerNorm}. */
export interface LayerNormOptions {
  /** Lengths of the last axes, over which mean and variance are taken, such as [4, 5]. Default: that of the last axis, [N]. */
  normalizedShape?: readonly number[] | undefined;
  /** Factor of each feature, [N] or `normalizedShape`; default 1. */
  weight?: Tensor | undefined;
  /** Added to each feature, [N] or `normalizedShape`; default 0. */
  bias?: Tensor | undefined;
  /** Added to the variance; default 1e-5. */
  eps?: number;
  /**
   * For x [T, B, N] or [T, B, ...normalizedShape]: the number of active rows of each step. The active rows are the first rows of
   * the step. Results of the other rows are 0. Default: B.
   */
  batchSizes?: Int32Array | undefined;
}

/**
 * Returns (x - mean) / sqrt(variance + eps) * weight + bias, like torch.nn.functional.layer_norm (Ba et al. 2016, Layer
 * Normalization). Mean and biased variance are taken over the last axis, or over several if `normalizedShape` says so.
 *
 * @param x [..., N] or [..., ...normalizedShape]
 * @throws ERR_SHAPE if a shape does not fit, ERR_VALUE if `eps` or an element of `options.batchSizes` is out of range
 */
export function layerNorm(x: Tensor, options: LayerNormOptions = {}): Tensor {
  const {
    weight,
    bias,
    eps = 1e-5,
    batchSizes,
    ...given
  } = checkOptions("layerNorm", options, "weight bias eps batchSizes normalizedShape");
  const rt = runtimeOfFloats("layerNorm", [x], weight, bias);
  const inputs = [x, weight, bias];
  const { normalizedShape = x.shape.slice(-1) } = given;
  checkEps("layerNorm", eps);
  checkShape("layerNorm: normalizedShape", normalizedShape);
  const axes = normalizedShape.length;
  expectShape("layerNorm: x", x, [...x.shape.slice(0, -axes), ...normalizedShape]);
  const runs = activeRows("layerNorm", x, batchSizes, axes);
  const N = sizeOf(normalizedShape);
  expectShape("layerNorm: weight", weight, normalizedShape);
  expectShape("layerNorm: bias", bias, normalizedShape);
  const y = rt.output(x.shape, inputs);
  const each = (run: RowRun, of: number) => of && of + run.first * N * 4;
  for (const run of runs) {
    const [to, from] = [each(run, y.ptr), each(run, x.ptr)];
    rt.kernels.layer_norm_forward(to, from, weight?.ptr ?? 0, bias?.ptr ?? 0, run.rows, N, eps);
  }
  if (batchSizes) clearPadding(rt, y.ptr, batchSizes, x.shape[1]!, N);
  if (y.requiresGrad) {
    rt.record({
      name: "layerNorm",
      inputs,
      outputs: [y],
      backward: () => {
        const k = rt.kernels;
        const [dx, dw, db] = inputs.map((input) => (input?.requiresGrad ? input.gradPtr() : 0)) as [
          number,
          number,
          number,
        ];
        const dy = y.gradPtr();
        for (const run of runs) {
          const up = each(run, dy);
          k.layer_norm_backward(each(run, dx), dw, up, each(run, x.ptr), weight?.ptr ?? 0, run.rows, N, eps);
          if (db) k.sum_rows(db, up, N, run.rows, N);
        }
      },
    });
  }
  return y;
}
