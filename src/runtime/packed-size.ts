/** Returns how many floats a K x N matrix takes after packing by `pack_rows` or `pack_transposed` (see assembly/pack.ts). */
export function packedSize(K: number, N: number): number {
  return K * Math.ceil(N / 8) * 8;
}
