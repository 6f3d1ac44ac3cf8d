/** Vectors as points of the plane that shows most of their variance. */
export interface Plane {
  /** Coordinates, [N, 2]. The mean of all points is 0. */
  readonly points: Float32Array;
  /** Share of the variance of the vectors along each of the two axes, from 0 to 1. */
  readonly explained: readonly [number, number];
}

/** Limit of the power iterations. Two axes of nearly equal variance converge slowly, but then any mix of them shows as much. */
const MOST_ITERATIONS = 1000;

/**
 * Projects vectors on their first two principal components (PCA). The components are eigenvectors of the covariance, found by power
 * iteration, the second after removing the first (deflation). The largest entry of each axis is positive, so that the same vectors
 * always give the same picture.
 *
 * @param vectors N vectors of equal size D
 */
export function planeOf(vectors: readonly ArrayLike<number>[]): Plane {
  const N = vectors.length;
  const D = vectors[0]?.length ?? 0;
  const mean = new Float64Array(D);
  for (const vector of vectors) for (let i = 0; i < D; i++) mean[i]! += vector[i]! / N;
  const centred = vectors.map((vector) => mean.map((middle, i) => vector[i]! - middle));
  // X^T X and X X^T have the same eigenvalues: the smaller of the two is enough.
  const few = N < D;
  const size = few ? N : D;
  const matrix = few ? productsOf(centred) : productsOf(transposed(centred, D));
  const total = mean.length && trace(matrix, size);
  const axes = [0, 1].map(() => {
    const { vector, value } = largestComponent(matrix, size);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) matrix[i * size + j]! -= value * vector[i]! * vector[j]!;
    }
    const axis = few ? unit(combined(centred, vector, D)) : vector;
    return { axis: positive(axis), share: total && Math.max(0, value) / total };
  });
  const points = new Float32Array(2 * N);
  centred.forEach((vector, n) => {
    axes.forEach(({ axis }, k) => {
      points[2 * n + k] = dot(vector, axis);
    });
  });
  return { points, explained: [axes[0]!.share, axes[1]!.share] };
}

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
};

/** Returns the matrix of the products of all pairs of rows, [rows, rows]. */
function productsOf(rows: readonly Float64Array[]): Float64Array {
  const n = rows.length;
  const all = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      all[i * n + j] = dot(rows[i]!, rows[j]!);
      all[j * n + i] = all[i * n + j]!;
    }
  }
  return all;
}

function transposed(rows: readonly Float64Array[], D: number): Float64Array[] {
  return Array.from({ length: D }, (_, i) => Float64Array.from(rows, (row) => row[i]!));
}

function trace(matrix: Float64Array, size: number): number {
  let sum = 0;
  for (let i = 0; i < size; i++) sum += matrix[i * size + i]!;
  return sum;
}

/** Returns the sum of the rows, each multiplied by its factor. */
function combined(rows: readonly Float64Array[], factors: Float64Array, D: number): Float64Array {
  const sum = new Float64Array(D);
  rows.forEach((row, n) => {
    for (let i = 0; i < D; i++) sum[i]! += factors[n]! * row[i]!;
  });
  return sum;
}

/** Turns an axis so that its largest entry is positive. */
function positive(axis: Float64Array): Float64Array {
  const largest = axis.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
  return largest < 0 ? axis.map((value) => -value) : axis;
}

/** Returns the eigenvector of length 1 with the largest eigenvalue of a symmetric matrix [size, size]. */
function largestComponent(matrix: Float64Array, size: number): { vector: Float64Array; value: number } {
  // Fractions of multiples of the golden ratio: no eigenvector is likely to be orthogonal to them.
  let vector = unit(Float64Array.from({ length: size }, (_, i) => 0.5 + ((i * 0.6180339887498949) % 1)));
  let value = 0;
  for (let k = 0; k < MOST_ITERATIONS; k++) {
    const next = new Float64Array(size);
    for (let i = 0, at = 0; i < size; i++) {
      let sum = 0;
      for (let j = 0; j < size; j++) sum += matrix[at++]! * vector[j]!;
      next[i] = sum;
    }
    value = dot(next, vector);
    const turned = unit(next);
    const moved = 1 - Math.abs(dot(turned, vector));
    vector = turned;
    if (moved < 1e-13) break;
  }
  return { vector, value };
}

function unit(vector: Float64Array): Float64Array {
  const length = Math.sqrt(dot(vector, vector));
  return length ? vector.map((value) => value / length) : vector;
}
