import { packedSize } from "../runtime/packed-size.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { runtimeOfFloats, type Tensor } from "../runtime/tensor.ts";
import { logSoftmax } from "./softmax.ts";

/** Returns the first rows of a matrix, and below them all rows of another: [rows, I] and [K, I] -> [rows + K, I]. */
export function stackRows(first: Tensor, rows: number, second: Tensor): Tensor {
  const rt = runtimeOfFloats("stackRows", [first, second]);
  const [K = 0, I = 0] = second.shape;
  const size = rows * I;
  const y = rt.output([rows + K, I], [first, second]);
  const { copy_rows, add_scaled } = rt.kernels;
  copy_rows(y.ptr, size, first.ptr, size, 1, size);
  copy_rows(y.ptr + 4 * size, K * I, second.ptr, K * I, 1, K * I);
  if (y.requiresGrad) {
    rt.record({
      name: "stackRows",
      inputs: [first, second],
      outputs: [y],
      backward: () => {
        const dy = y.gradPtr();
        if (first.requiresGrad) add_scaled(first.gradPtr(), dy, 1, size);
        add_scaled(second.gradPtr(), dy + 4 * size, 1, K * I);
      },
    });
  }
  return y;
}

/**
 * Returns x W^T for `size` rows of a weight, from row `first` on: [N, I] -> [N, size]. It is fast for few rows of x: a product of W and
 * x^T, in which only x is packed.
 */
export function linearRows(x: Tensor, weight: Tensor, first: number, size: number): Tensor {
  const rt = runtimeOfFloats("linearRows", [x, weight]);
  const I = x.shape.at(-1)!;
  const N = x.size / I;
  const offset = 4 * first * I;
  const y = rt.frame(() => {
    const k = rt.kernels;
    const y = rt.output([...x.shape.slice(0, -1), size], [x, weight]);
    const packed = rt.scratch(packedSize(I, N));
    k.pack_transposed(packed, x.ptr, I, I, N);
    const columns = rt.scratch(size * N);
    k.fill_rows(columns, N, 0, size, N);
    k.gemm(columns, N, weight.ptr + offset, I, packed, size, N, I);
    transpose(rt, y.ptr, columns, N, size);
    return y;
  });
  if (y.requiresGrad) {
    rt.record({
      name: "linearRows",
      inputs: [x, weight],
      outputs: [y],
      backward: () => {
        const k = rt.kernels;
        const dy = y.gradPtr();
        const columns = rt.scratch(size * N);
        transpose(rt, columns, dy, size, N);
        if (x.requiresGrad) k.gemm_tn(x.gradPtr(), I, columns, N, weight.ptr + offset, I, N, I, size);
        if (weight.requiresGrad) k.gemm_tn(weight.gradPtr() + offset, I, dy, size, x.ptr, I, size, I, N);
      },
    });
  }
  return y;
}

/** to[M, N] = from[N, M]^T. */
function transpose({ kernels }: Runtime, to: number, from: number, M: number, N: number): void {
  kernels.fill_rows(to, N, 0, M, N);
  kernels.add_transposed(to, N, from, M, M, N);
}

/**
 * Computes the log-probabilities of an adaptive softmax. Class c of the shortlist has logSoftmax(head)[c]. Class c of cluster k has
 * logSoftmax(head)[shortlist + k] + logSoftmax(tails[k])[c].
 *
 * @param head logits of the shortlist and the clusters, [..., shortlist + clusters]
 * @param tails logits of the classes of each cluster, [..., classes]
 * @returns [..., all classes]
 */
export function joinClusters(head: Tensor, tails: readonly Tensor[]): Tensor {
  const rt = runtimeOfFloats("joinClusters", [head, ...tails]);
  return rt.frame(() => join(logSoftmax(head), tails.map(logSoftmax)));
}

/** Joins log-probabilities: those of the shortlist as they are, those of each cluster's classes plus that of the cluster. */
function join(head: Tensor, tails: readonly Tensor[]): Tensor {
  const { runtime: rt } = head;
  const inputs = [head, ...tails];
  const W = head.shape.at(-1)!;
  const N = head.size / W;
  const S = W - tails.length;
  const widths = tails.map(({ shape }) => shape.at(-1)!);
  const V = widths.reduce((sum, width) => sum + width, S);
  const y = rt.output([...head.shape.slice(0, -1), V], inputs);
  const k = rt.kernels;
  k.copy_rows(y.ptr, V, head.ptr, W, N, S);
  /** Calls `each` with every row's part of a cluster. Cluster i begins at column `first`. */
  const eachTail = (each: (tail: Tensor, i: number, width: number, first: number) => void) => {
    let first = S;
    tails.forEach((tail, i) => {
      each(tail, i, widths[i]!, first);
      first += widths[i]!;
    });
  };
  eachTail((tail, i, width, first) => {
    k.copy_rows(y.ptr + 4 * first, V, tail.ptr, width, N, width);
    for (let row = 0; row < N; row++) {
      const cluster = head.data[row * W + S + i]!;
      const classes = rt.floats(y.ptr + 4 * (row * V + first), width);
      for (let c = 0; c < width; c++) classes[c]! += cluster;
    }
  });
  if (y.requiresGrad) {
    rt.record({
      name: "joinClusters",
      inputs,
      outputs: [y],
      backward: () => {
        const [dy, dhead] = [y.gradPtr(), head.gradPtr()];
        rt.kernels.add_rows(dhead, W, dy, V, N, S);
        eachTail((tail, i, width, first) => {
          rt.kernels.add_rows(tail.gradPtr(), width, dy + 4 * first, V, N, width);
          for (let row = 0; row < N; row++) {
            const sum = rt.kernels.total(dy + 4 * (row * V + first), width);
            rt.floats(dhead + 4 * (row * W + S + i), 1)[0]! += sum;
          }
        });
      },
    });
  }
  return y;
}
