// Generated from assembly/ by `npm run build`.

/**
 * The kernels of graphs (src/graph), a build of its own that works on the memory of another build. Only one build can have static data,
 * so these kernels have none: no tables of polynomials and no scratch area.
 */
export interface GraphKernels {
  /** to = f(x, y). `to` is in C order; `axes` has the strides of x, then those of y. `to` may be x or y if that one is not broadcast. */
  binary_forward(f: number, to: number, x: number, y: number, axes: number): void;
  /** to = f(x) for n floats. */
  unary_forward(f: number, to: number, x: number, n: number, alpha: number, beta: number): void;

  /** to = from, element by element. `axes` has the strides of `to`, then those of `from`. */
  copy_strided(to: number, from: number, axes: number): void;

  /** to[outer, inner] = scale f(from[outer, n, inner]), joined along n. */
  reduce_axis(f: number, to: number, from: number, outer: number, n: number, inner: number, scale: number): void;

  /**
   * Adds columns[channels * rows * columns, windows] to the elements that the windows see: the reverse of laying out patches, for transposed
   * convolutions.
   */
  columns_to_image(to: number, from: number, w: number): void;
  /**
   * A convolution of each plane with a window of its own: to[channels, down, across] = bias + x * weight[channels, rows, columns]. The planes
   * have their padding, so every window lies inside.
   */
  depthwise_forward(to: number, x: number, weight: number, bias: number, w: number): void;
  /**
   * Windows `first` to `first + count` as columns of the right operand of a product, packed as by `pack_rows`: K = channels * rows * columns
   * rows. Columns behind the last window are 0.
   */
  image_to_panels(to: number, from: number, w: number, first: number, count: number): void;
  /** to[windows, channels * rows * columns]: a row for each window. */
  image_to_rows(to: number, from: number, w: number): void;
  /**
   * Pools each plane: the maximum of each window if `padded` is negative, else the mean, for which places outside of the plane count as zeros
   * if `padded` is 1 and do not count if it is 0.
   */
  pool_forward(to: number, from: number, w: number, padded: number): void;

  /** Packs B[K, N]. Row k of B starts at float k * ldb of the array at b. */
  pack_rows(to: number, b: number, ldb: number, K: number, N: number): void;
}

export const BINARY_ADD = 0;
export const BINARY_SUB = 1;
export const BINARY_MUL = 2;
export const BINARY_DIV = 3;
/** NaN if one is NaN */
export const BINARY_MAX = 4;
/** NaN if one is NaN */
export const BINARY_MIN = 5;
/** x, or x y if x < 0 */
export const BINARY_PRELU = 6;
export const UNARY_NEG = 0;
export const UNARY_ABS = 1;
export const UNARY_SQRT = 2;
export const UNARY_RECIPROCAL = 3;
export const UNARY_FLOOR = 4;
export const UNARY_CEIL = 5;
/** halves to even numbers */
export const UNARY_ROUND = 6;
export const UNARY_SQUARE = 7;
/** from alpha to beta */
export const UNARY_CLIP = 8;
/** x clip(x / 6 + 1 / 2, 0, 1) */
export const UNARY_HARD_SWISH = 9;

export const REDUCE_SUM = 0;
export const REDUCE_MAX = 1;
export const REDUCE_MIN = 2;
/** the sum of squares */
export const REDUCE_SQUARES = 3;

/**
 * How windows lie on planes.
 * Size in words:
 */
export const WINDOWS_SIZE = 13;
/** Number of planes. */
export const WINDOWS_CHANNELS = 0;
export const WINDOWS_HEIGHT = 1;
export const WINDOWS_WIDTH = 2;
/** Number of rows of a window. */
export const WINDOWS_ROWS = 3;
export const WINDOWS_COLUMNS = 4;
export const WINDOWS_ROW_STRIDE = 5;
export const WINDOWS_COLUMN_STRIDE = 6;
export const WINDOWS_ROW_DILATION = 7;
export const WINDOWS_COLUMN_DILATION = 8;
/** How far the first window begins above the planes. */
export const WINDOWS_TOP = 9;
/** How far it begins to the left of them. */
export const WINDOWS_LEFT = 10;
/** Number of windows one below the other. */
export const WINDOWS_DOWN = 11;
/** Number of windows side by side. */
export const WINDOWS_ACROSS = 12;
