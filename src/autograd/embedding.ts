import { checkOptions } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import { runtimeOfFloats, type Tensor } from "../runtime/tensor.ts";
import { checkIndices } from "./indices.ts";

/** Options of {@link embedding}. */
export interface EmbeddingOptions {
  /** Row whose gradient stays 0; default none. */
  paddingIdx?: number;
  /** Divide a row's gradient by the number of times its index occurs in the batch; default false. */
  scaleGradByFreq?: boolean;
}

/**
 * Looks up rows of a table, like torch.nn.functional.embedding.
 *
 * @param indices int32 [...]
 * @param weight [V, D]
 * @returns [..., D]
 * @throws ERR_SHAPE if weight is not [V, D]; ERR_DTYPE if `indices` is not int32 or `weight` is not float32; ERR_VALUE if an
 *   index or `paddingIdx` is outside the table
 */
export function embedding(indices: Tensor, weight: Tensor, options: EmbeddingOptions = {}): Tensor {
  checkOptions("embedding", options, "paddingIdx scaleGradByFreq");
  const rt = runtimeOfFloats("embedding", [weight]);
  rt.check("embedding", indices);
  const [V = 0, D = 0] = weight.shape;
  if (weight.shape.length !== 2) {
    throw new UnrolledError("ERR_SHAPE", `embedding: weight is [${weight.shape}], expected [V, D]`);
  }
  checkIndices("embedding", indices, V);
  checkPadding("embedding", options.paddingIdx, V);
  const N = indices.size;
  const y = rt.output([...indices.shape, D], [weight]);
  rt.kernels.gather_rows(y.ptr, D, weight.ptr, D, indices.ptr, N, D);
  if (y.requiresGrad) {
    rt.record({
      name: "embedding",
      inputs: [indices, weight],
      outputs: [y],
      backward: () => {
        const k = rt.kernels;
        const { paddingIdx, scaleGradByFreq } = options;
        const direct = paddingIdx === undefined && !scaleGradByFreq;
        const table = direct ? weight.gradPtr() : rt.scratch(V * D);
        if (!direct) k.fill_rows(table, D, 0, V, D);
        k.scatter_add_rows(table, D, y.gradPtr(), D, indices.ptr, N, D);
        if (direct) return;
        if (paddingIdx !== undefined) k.fill_rows(table + paddingIdx * D * 4, D, 0, 1, D);
        if (scaleGradByFreq) {
          const counts = new Int32Array(V);
          for (const index of indices.data) counts[index]!++;
          counts.forEach((count, row) => {
            if (count > 1) k.scale(table + row * D * 4, 1 / count, D);
          });
        }
        k.add_scaled(weight.gradPtr(), table, 1, V * D);
      },
    });
  }
  return y;
}

/** Checks `paddingIdx`. @throws ERR_VALUE unless it is undefined or a row of the table */
export function checkPadding(operation: string, paddingIdx: number | undefined, V: number): void {
  if (paddingIdx === undefined || (Number.isInteger(paddingIdx) && paddingIdx >= 0 && paddingIdx < V)) return;
  throw new UnrolledError("ERR_VALUE", `${operation}: paddingIdx is ${paddingIdx}, expected 0 to ${V - 1}`);
}
