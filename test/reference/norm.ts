import type { Floats } from "./matmul.ts";

// Layer norm over the rows of [M,N], batch norm over its columns; weight and bias belong to columns in both.

interface Gradients {
  readonly dx: Float64Array;
  readonly dweight: Float64Array;
  readonly dbias: Float64Array;
}

/** Returns the mean and the biased variance. */
export function moments(values: Float64Array): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, variance };
}

/** Returns dx from g, the gradient of h = (x - mean) / sqrt(variance + eps); mean and variance depend on x. */
function throughMoments(x: Floats, g: Floats, eps: number): Float64Array {
  const { mean, variance } = moments(Float64Array.from(x));
  const rate = 1 / Math.sqrt(variance + eps);
  const h = Float64Array.from(x, (value) => (value - mean) * rate);
  const [ofG, ofGh] = [
    moments(Float64Array.from(g)).mean,
    moments(Float64Array.from(h, (value, i) => value * g[i]!)).mean,
  ];
  return h.map((value, i) => rate * (g[i]! - ofG - value * ofGh));
}

/** Returns y[M,N] = (x - mean) / sqrt(variance + eps) * weight + bias, with mean and variance of each row. */
export function layerNormForward(
  x: Floats,
  weight: Floats | undefined,
  bias: Floats | undefined,
  N: number,
  eps: number,
): Float64Array {
  const y = new Float64Array(x.length);
  for (let row = 0; row < x.length; row += N) {
    const { mean, variance } = moments(Float64Array.from(x.subarray(row, row + N)));
    for (let n = 0; n < N; n++) {
      const h = (x[row + n]! - mean) / Math.sqrt(variance + eps);
      y[row + n] = h * (weight?.[n] ?? 1) + (bias?.[n] ?? 0);
    }
  }
  return y;
}

export function layerNormBackward(
  x: Floats,
  weight: Floats | undefined,
  dy: Floats,
  N: number,
  eps: number,
): Gradients {
  const dx = new Float64Array(x.length);
  for (let row = 0; row < x.length; row += N) {
    const part = (values: Floats) => Float64Array.from(values.subarray(row, row + N));
    const g = part(dy).map((value, n) => value * (weight?.[n] ?? 1));
    dx.set(throughMoments(part(x), g, eps), row);
  }
  return { dx, ...parameterGradients(layerNormForward(x, undefined, undefined, N, eps), dy, N) };
}

/** Like layerNormForward, with mean and variance of each column, or given ones. */
export function batchNormForward(
  x: Floats,
  weight: Floats | undefined,
  bias: Floats | undefined,
  N: number,
  eps: number,
  statistics: { mean: Floats; variance: Floats } = columnMoments(x, N),
): Float64Array {
  const { mean, variance } = statistics;
  return Float64Array.from(x, (value, i) => {
    const n = i % N;
    return ((value - mean[n]!) / Math.sqrt(variance[n]! + eps)) * (weight?.[n] ?? 1) + (bias?.[n] ?? 0);
  });
}

/** Returns the gradients of batchNormForward. `fixed`: statistics that do not depend on x. */
export function batchNormBackward(
  x: Floats,
  weight: Floats | undefined,
  dy: Floats,
  N: number,
  eps: number,
  fixed?: { mean: Floats; variance: Floats },
): Gradients {
  const dx = new Float64Array(x.length);
  for (let n = 0; n < N; n++) {
    const g = column(dy, n, N).map((value) => value * (weight?.[n] ?? 1));
    const gradient = fixed
      ? g.map((value) => value / Math.sqrt(fixed.variance[n]! + eps))
      : throughMoments(column(x, n, N), g, eps);
    gradient.forEach((value, m) => {
      dx[m * N + n] = value;
    });
  }
  return { dx, ...parameterGradients(batchNormForward(x, undefined, undefined, N, eps, fixed), dy, N) };
}

export function columnMoments(x: Floats, N: number): { mean: Float64Array; variance: Float64Array } {
  const all = Array.from({ length: N }, (_, n) => moments(column(x, n, N)));
  return {
    mean: Float64Array.from(all, ({ mean }) => mean),
    variance: Float64Array.from(all, ({ variance }) => variance),
  };
}

function column(x: Floats, n: number, N: number): Float64Array {
  return Float64Array.from({ length: x.length / N }, (_, m) => x[m * N + n]!);
}

function parameterGradients(h: Floats, dy: Floats, N: number): Omit<Gradients, "dx"> {
  const [dweight, dbias] = [new Float64Array(N), new Float64Array(N)];
  dy.forEach((value, i) => {
    dweight[i % N]! += value * h[i]!;
    dbias[i % N]! += value;
  });
  return { dweight, dbias };
}
