import type { Floats } from "./matmul.ts";

// Over the C columns of [N,C]. Each row is shifted by its maximum, which changes nothing but avoids overflow.

/** Returns y[N,C] = x - log(sum(exp(x))). */
export function logSoftmaxForward(x: Floats, N: number, C: number): Float64Array {
  const y = new Float64Array(N * C);
  for (let n = 0; n < N; n++) {
    const row = Array.from(x.subarray(n * C, (n + 1) * C));
    const max = Math.max(...row);
    const logSum = max + Math.log(row.reduce((sum, value) => sum + Math.exp(value - max), 0));
    row.forEach((value, c) => {
      y[n * C + c] = value - logSum;
    });
  }
  return y;
}

/** Returns dx[N,C] = dy - softmax * sum(dy), from y = logSoftmaxForward(x). */
export function logSoftmaxBackward(y: Floats, dy: Floats, N: number, C: number): Float64Array {
  const dx = new Float64Array(N * C);
  for (let n = 0; n < N; n++) {
    let sum = 0;
    for (let c = 0; c < C; c++) sum += dy[n * C + c]!;
    for (let c = 0; c < C; c++) dx[n * C + c] = dy[n * C + c]! - Math.exp(y[n * C + c]!) * sum;
  }
  return dx;
}

/** Returns y[N,C] = exp(x) / sum(exp(x)). */
export function softmaxForward(x: Floats, N: number, C: number): Float64Array {
  return logSoftmaxForward(x, N, C).map(Math.exp);
}

/** Returns dx[N,C] = y * (dy - sum(y * dy)), from y = softmaxForward(x). */
export function softmaxBackward(y: Floats, dy: Floats, N: number, C: number): Float64Array {
  const dx = new Float64Array(N * C);
  for (let n = 0; n < N; n++) {
    let dot = 0;
    for (let c = 0; c < C; c++) dot += y[n * C + c]! * dy[n * C + c]!;
    for (let c = 0; c < C; c++) dx[n * C + c] = y[n * C + c]! * (dy[n * C + c]! - dot);
  }
  return dx;
}
