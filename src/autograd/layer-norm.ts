import { checkEps, checkOptions } from "../checks.ts";
import { expectShape, runtimeOfFloats, type Tensor } from "../runtime/tensor.ts";
import { activeRows, clearPadding, type RowRun } from "./sequence.ts";

/** Options of {@link layerNorm}. */
export interface LayerNormOptions {
  /** Factor of each feature, [N]; default 1. */
  weight?: Tensor | undefined;
  /** Added to each feature, [N]; default 0. */
  bias?: Tensor | undefined;
  /** Added to the variance; default 1e-5. */
  eps?: number;
  /**
   * For x [T, B, N]: the number of active rows of each step. The active rows are the first rows of the step. Results of the
   * other rows are 0. Default: B.
   */
  batchSizes?: Int32Array | undefined;
}

/**
 * Returns (x - mean) / sqrt(variance + eps) * weight + bias, like torch.nn.functional.layer_norm (Ba et al. 2016, Layer
 * Normalization). Mean and biased variance are taken over the last axis.
 *
 * @param x [..., N]
 * @throws ERR_SHAPE if a shape does not fit, ERR_VALUE if `eps` or an element of `options.batchSizes` is out of range
 */
export function layerNorm(x: Tensor, options: LayerNormOptions = {}): Tensor {
  const {
    weight,
    bias,
    eps = 1e-5,
    batchSizes,
  } = checkOptions("layerNorm", options, "weight bias eps batchSizes");
  const rt = runtimeOfFloats("layerNorm", [x], weight, bias);
  const inputs = [x, weight, bias];
  checkEps("layerNorm", eps);
  const runs = activeRows("layerNorm", x, batchSizes);
  const N = x.shape.at(-1)!;
  expectShape("layerNorm: weight", weight, [N]);
  expectShape("layerNorm: bias", bias, [N]);
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
