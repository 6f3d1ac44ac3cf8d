import { packedSize } from "../runtime/packed-size.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Tensor } from "../runtime/tensor.ts";
import { activationCode } from "./activation.ts";

/** Rows of a matrix in the runtime's memory. */
export interface Rows {
  /** Address of the first row. @internal */
  readonly ptr: number;
  /** Number of floats from the start of one row to the start of the next. */
  readonly ld: number;
}

/** Returns the T rows of sequence `b`. @param ptr address of the data of a tensor [T, B, width] */
export function rowsOf(ptr: number, [, B = 0, width = 0]: readonly number[], b: number): Rows {
  return { ptr: ptr + b * width * 4, ld: B * width };
}

/**
 * A score function of queries and keys. A `Scoring` serves one forward pass or one backward pass. Its scratch memory is freed
 * when this pass ends.
 */
export interface Scoring {
  /** Computes the scores [M, n] of the M queries and the first `n` keys of sequence `b`. @param to address of the result */
  forward(to: number, b: number, n: number): void;
  /**
   * The backward pass for the M queries and the first `n` keys of sequence `b`. Adds to the gradients of these queries and keys.
   * Additive scores also add to the gradient of their weights v.
   *
   * @param from address of the gradients of the scores, [M, n]
   */
  backward(from: number, b: number, n: number): void;
}

const tanhId = () => activationCode("attention", "tanh").id;

/** Returns the address of a tensor's gradient, or 0 if the tensor requires no gradient. */
const gradientOf = (tensor: Tensor) => (tensor.requiresGrad ? tensor.gradPtr() : 0);

/** Makes the score function query . key (dot product). @param most maximum number of keys in a call */
export function dotScoring(rt: Runtime, queries: Tensor, keys: Tensor, most: number): Scoring {
  const [M = 0, , A = 0] = queries.shape;
  const packed = rt.scratch(Math.max(packedSize(A, most), packedSize(most, A)));
  const at = (b: number) => [rowsOf(queries.ptr, queries.shape, b), rowsOf(keys.ptr, keys.shape, b)] as const;
  return {
    forward(to, b, n) {
      const [q, key] = at(b);
      rt.kernels.pack_transposed(packed, key.ptr, key.ld, A, n);
      rt.kernels.fill_rows(to, n, 0, M, n);
      rt.kernels.gemm(to, n, q.ptr, q.ld, packed, M, n, A);
    },
    backward(from, b, n) {
      const [q, key] = at(b);
      const [dq, dk] = [gradientOf(queries), gradientOf(keys)];
      if (dq) {
        rt.kernels.pack_rows(packed, key.ptr, key.ld, n, A);
        rt.kernels.gemm(rowsOf(dq, queries.shape, b).ptr, q.ld, from, n, packed, M, A, n);
      }
      if (dk) rt.kernels.gemm_tn(rowsOf(dk, keys.shape, b).ptr, key.ld, from, n, q.ptr, q.ld, n, A, M);
    },
  };
}

/**
 * Makes the additive score function, tanh(query + key) . v (dot product).
 *
 * @param v vector of the same size as a query and a key
 * @param most maximum number of keys in a call
 */
export function additiveScoring(
  rt: Runtime,
  queries: Tensor,
  keys: Tensor,
  v: Tensor,
  most: number,
): Scoring {
  const [M = 0, , A = 0] = queries.shape;
  const packed = rt.scratch(packedSize(A, 1));
  rt.kernels.pack_transposed(packed, v.ptr, A, A, 1);
  const hidden = rt.scratch(M * most * A);
  const forward = (to: number, b: number, n: number) => {
    const [q, key] = [rowsOf(queries.ptr, queries.shape, b), rowsOf(keys.ptr, keys.shape, b)];
    additiveScores(rt, to, q, key, packed, hidden, M, n, A);
  };
  return {
    forward,
    backward(from, b, n) {
      const k = rt.kernels;
      const size = M * n * A;
      const [dq, dk] = [gradientOf(queries), gradientOf(keys)];
      rt.frame(() => {
        forward(rt.scratch(M * n), b, n);
        if (v.requiresGrad) k.gemm_tn(v.gradPtr(), 1, hidden, A, from, 1, A, 1, M * n);
        const [upstream, sums, row] = [rt.scratch(size), rt.scratch(size), rt.scratch(packedSize(1, A))];
        for (const block of [upstream, sums]) k.fill_rows(block, size, 0, 1, size);
        k.pack_rows(row, v.ptr, A, 1, A);
        k.gemm(upstream, A, from, 1, row, M * n, A, 1);
        k.activation_backward(tanhId(), sums, upstream, hidden, size, 0, 0);
        for (let i = 0; i < M; i++) {
          const rows = sums + i * n * A * 4;
          if (dq) k.sum_rows(rowsOf(dq, queries.shape, b).ptr + i * queries.shape[1]! * A * 4, rows, A, n, A);
          if (!dk) continue;
          const to = rowsOf(dk, keys.shape, b);
          k.add_rows(to.ptr, to.ld, rows, A, n, A);
        }
      });
    },
  };
}

/**
 * Computes tanh(query + key) . v for M queries and n keys. Queries and keys have A features.
 *
 * @param to address of the scores [M, n]
 * @param v address of v, packed by `pack_transposed`
 * @param hidden address of [M * n, A], which receives tanh(query + key)
 */
export function additiveScores(
  { kernels: k }: Runtime,
  to: number,
  queries: Rows,
  keys: Rows,
  v: number,
  hidden: number,
  M: number,
  n: number,
  A: number,
): void {
  for (let i = 0; i < M; i++) {
    const rows = hidden + i * n * A * 4;
    k.fill_rows(rows, A, queries.ptr + i * queries.ld * 4, n, A);
    k.add_rows(rows, A, keys.ptr, keys.ld, n, A);
  }
  k.activation_forward(tanhId(), hidden, hidden, M * n * A, 0, 0);
  k.fill_rows(to, 1, 0, M * n, 1);
  k.gemm(to, 1, hidden, A, v, M * n, 1, A);
}
