/** Floats of an operand B[K, N] that `pack_rows` or `pack_transposed` has packed, as `packed_size` in assembly/pack.ts. */
export function packedSize(K: number, N: number): number {
  return K * Math.ceil(N / 8) * 8;
}
