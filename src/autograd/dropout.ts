import { checkDropout, checkOptions } from "../checks.ts";
import { runtimeOfFloats, type Tensor } from "../runtime/tensor.ts";

/** Options of {@link dropout}. */
export interface DropoutOptions {
  /**
   * Use the same mask for all entries of the first axis, so for all steps of a sequence. This is variational dropout (Gal and
   * Ghahramani, "A theoretically grounded application of dropout in recurrent neural networks", 2016). Default false.
   */
  variational?: boolean;
}

/**
 * Sets each element to 0 with probability p and divides the others by 1 - p, like torch.nn.functional.dropout in training. The
 * mask comes from the runtime's random numbers. The backward pass draws the same mask again, so the mask is not stored.
 *
 * @param x float32, any shape
 * @throws ERR_VALUE unless 0 <= p < 1
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const x = rt.tensor([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [10]);
 * console.log([...dropout(x, 0.5).data].join(" ")); // 2 4 6 8 10 12 0 16 0 20
 * ```
 */
export function dropout(x: Tensor, p: number, options: DropoutOptions = {}): Tensor {
  const { variational = false } = checkOptions("dropout", options, "variational");
  const rt = runtimeOfFloats("dropout", [x]);
  checkDropout("dropout: p", p);
  if (p === 0) return x;
  const parts = variational ? (x.shape[0] ?? 1) : 1;
  const n = parts && x.size / parts;
  const { seed } = rt.random;
  const block = rt.random.take(Math.ceil(n / 4));
  const drop = (to: number, from: number) => {
    for (let at = 0; at < x.size * 4; at += n * 4) rt.kernels.dropout(to + at, from + at, p, n, seed, block);
  };
  const y = rt.output(x.shape, [x]);
  drop(y.ptr, x.ptr);
  if (y.requiresGrad) {
    rt.record({
      name: "dropout",
      inputs: [x],
      outputs: [y],
      backward: () => {
        const dx = rt.scratch(x.size);
        drop(dx, y.gradPtr());
        rt.kernels.add_scaled(x.gradPtr(), dx, 1, x.size);
      },
    });
  }
  return y;
}
