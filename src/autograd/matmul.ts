import { UnrolledError } from "../errors.ts";
import { packedSize } from "../runtime/packed-size.ts";
import { sizeOf } from "../runtime/shapes.ts";
import { runtimeOfFloats, type Tensor } from "../runtime/tensor.ts";

/**
 * Returns the products of matrices, like torch.matmul without broadcasting.
 *
 * @param a [..., M, K]
 * @param b [K, N], or [..., K, N] with as many matrices as `a`
 * @returns [..., M, N]
 * @throws ERR_SHAPE if the shapes do not fit
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  const rt = runtimeOfFloats("matmul", [a, b]);
  const stack = a.shape.slice(0, -2);
  const [[M = 0, K = 0], [rows, N = 0]] = [a.shape.slice(-2), b.shape.slice(-2)];
  const shared = b.shape.length === 2;
  const fits = shared || String(b.shape.slice(0, -2)) === String(stack);
  if (a.shape.length < 2 || b.shape.length < 2 || rows !== K || !fits) {
    throw new UnrolledError(
      "ERR_SHAPE",
      `matmul: [${a.shape}] times [${b.shape}], expected [..., M, K] and [K, N] or [..., K, N]`,
    );
  }
  const count = shared ? 1 : sizeOf(stack);
  const m = shared ? sizeOf(stack) * M : M;
  const each = (visit: (a: number, b: number, y: number) => void): void => {
    for (let i = 0; i < count; i++) visit(i * m * K * 4, i * K * N * 4, i * m * N * 4);
  };
  const y = rt.frame(() => {
    const k = rt.kernels;
    const y = rt.output([...stack, M, N], [a, b]);
    const packed = rt.scratch(packedSize(K, N));
    k.fill_rows(y.ptr, y.size, 0, 1, y.size);
    each((i, j, to) => {
      k.pack_rows(packed, b.ptr + j, N, K, N);
      k.gemm(y.ptr + to, N, a.ptr + i, K, packed, m, N, K);
    });
    return y;
  });
  if (y.requiresGrad) {
    rt.record({
      name: "matmul",
      inputs: [a, b],
      outputs: [y],
      backward: () => {
        const k = rt.kernels;
        const dy = y.gradPtr();
        if (a.requiresGrad) {
          const [da, packed] = [a.gradPtr(), rt.scratch(packedSize(N, K))];
          each((i, j, from) => {
            k.pack_transposed(packed, b.ptr + j, N, N, K);
            k.gemm(da + i, K, dy + from, N, packed, m, K, N);
          });
        }
        if (b.requiresGrad) {
          const db = b.gradPtr();
          each((i, j, from) => k.gemm_tn(db + j, N, a.ptr + i, K, dy + from, N, K, N, m));
        }
      },
    });
  }
  return y;
}
