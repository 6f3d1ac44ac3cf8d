import type { Floats } from "./matmul.ts";

/** Returns y[N,D] = weight[index[n]], with weight[V,D], index[N]. */
export function embeddingForward(weight: Floats, index: Int32Array, D: number): Float64Array {
  const y = new Float64Array(index.length * D);
  index.forEach((v, n) => {
    for (let d = 0; d < D; d++) y[n * D + d] = weight[v * D + d]!;
  });
  return y;
}

/** dweight[index[n]] += dy[n], except for the row `paddingIdx`; dweight[V,D], index[N], dy[N,D]. */
export function embeddingBackward(
  dweight: Float64Array,
  index: Int32Array,
  dy: Floats,
  D: number,
  paddingIdx?: number | null,
): void {
  index.forEach((v, n) => {
    if (v === paddingIdx) return;
    for (let d = 0; d < D; d++) dweight[v * D + d]! += dy[n * D + d]!;
  });
}
