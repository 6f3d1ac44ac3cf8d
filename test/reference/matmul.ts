/** Input of a reference; results are always a Float64Array. */
export type Floats = Float32Array | Float64Array;

/** c[M,N] += a[M,K] b[K,N]. */
export function matmul(c: Float64Array, a: Floats, b: Floats, M: number, N: number, K: number): void {
  for (let m = 0; m < M; m++)
    for (let n = 0; n < N; n++) for (let k = 0; k < K; k++) c[m * N + n]! += a[m * K + k]! * b[k * N + n]!;
}

/** c[M,N] += a[M,K] b^T with b[N,K]. */
export function matmulNT(c: Float64Array, a: Floats, b: Floats, M: number, N: number, K: number): void {
  for (let m = 0; m < M; m++)
    for (let n = 0; n < N; n++) for (let k = 0; k < K; k++) c[m * N + n]! += a[m * K + k]! * b[n * K + k]!;
}

/** c[M,N] += a^T b with a[K,M], b[K,N]. */
export function matmulTN(c: Float64Array, a: Floats, b: Floats, M: number, N: number, K: number): void {
  for (let m = 0; m < M; m++)
    for (let n = 0; n < N; n++) for (let k = 0; k < K; k++) c[m * N + n]! += a[k * M + m]! * b[k * N + n]!;
}

/** Returns y[N,O] = x w^T + bias, with x[N,I], w[O,I], bias[O] (0 if absent). */
export function linearForward(
  x: Floats,
  w: Floats,
  bias: Floats | undefined,
  N: number,
  I: number,
  O: number,
): Float64Array {
  const y = Float64Array.from({ length: N * O }, (_, i) => bias?.[i % O] ?? 0);
  matmulNT(y, x, w, N, O, I);
  return y;
}

/** Adds to dw[O,I] and dbias[O]; returns dx[N,I] = dy w. x[N,I], w[O,I], dy[N,O]. */
export function linearBackward(
  dw: Float64Array,
  dbias: Float64Array | undefined,
  x: Floats,
  w: Floats,
  dy: Floats,
  N: number,
  I: number,
  O: number,
): Float64Array {
  matmulTN(dw, dy, x, O, I, N);
  if (dbias)
    dy.forEach((d, i) => {
      dbias[i % O]! += d;
    });
  const dx = new Float64Array(N * I);
  matmul(dx, dy, w, N, I, O);
  return dx;
}
