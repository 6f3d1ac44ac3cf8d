// Normalisation of x[M, N], by row (layer norm) or by column (batch norm). All sums run in float64, and the mean is subtracted
// before squaring. So sums lose no digits even if there are many elements or the mean is large. Column sums are stored as
// float64. The coefficients of y = scale * x + shift are float64 too. In float32, y would lose digits by cancellation.

import { checkArray, checkMatrix } from "./check";
import { add, at, flush, load, madd, mul, nmadd, splat, store, sub } from "./lane";
import { both, rowSum, widen } from "./sums";

/**
 * y = (x - mean) / sqrt(variance + eps) * weight + bias, row by row. y may be x.
 * weight and bias are [N]. If the address of weight is 0, all weights are 1. If the address of bias is 0, all biases are 0.
 */
export function layer_norm_forward(y: usize, x: usize, weight: usize, bias: usize, M: i32, N: i32, eps: f64): void {
  checkMatrix(y, N, M, N);
  checkMatrix(x, N, M, N);
  for (let i = 0; i < M; i++, y = at(y, N), x = at(x, N)) normalizeRow(y, x, weight, bias, N, eps);
}

/**
 * The backward pass of layer_norm_forward. dy[M, N] is the gradient of its result y. For each row of x, with
 * r = 1 / sqrt(variance + eps), h = (x - mean) r and g = dy weight:
 *   dx += r (g - mean(g) - h mean(g h))
 *   dweight += dy h
 * mean(g) is the mean of g over the row. dx is [M, N] and dweight is [N]. If one of them is not needed, its address is 0.
 */
export function layer_norm_backward(
  dx: usize, dweight: usize, dy: usize, x: usize, weight: usize, M: i32, N: i32, eps: f64,
): void {
  checkMatrix(dy, N, M, N);
  checkMatrix(x, N, M, N);
  for (let i = 0; i < M; i++, dy = at(dy, N), x = at(x, N)) {
    rowGradient(dx, dweight, dy, x, weight, N, eps);
    if (dx) dx = at(dx, N);
  }
}

/** Returns 1 / sqrt(variance + eps) of a row. */
// @ts-ignore: decorator
@inline
function rate(x: usize, mean: f64, n: i32, eps: f64): f64 {
  return 1 / sqrt(rowSum(x, mean, true, n) / n + eps);
}

function normalizeRow(y: usize, x: usize, weight: usize, bias: usize, n: i32, eps: f64): void {
  const mean = rowSum(x, 0, false, n) / n;
  const m = splat(<f32>mean), rest = splat(remainder(mean)), r = splat(<f32>rate(x, mean, n, eps));
  let i = 0;
  for (const body = n & ~3; i < body; i += 4) normalize<v128>(y, x, weight, bias, i, m, rest, r);
  for (; i < n; i++) normalize<f32>(y, x, weight, bias, i, m, rest, r);
}

// @ts-ignore: decorator
@inline
function normalize<T>(y: usize, x: usize, weight: usize, bias: usize, i: i32, m: v128, rest: v128, r: v128): void {
  let h = mul(centre<T>(at(x, i), m, rest), r);
  if (weight) h = mul(h, load<T>(at(weight, i)));
  if (bias) h = add(h, load<T>(at(bias, i)));
  store<T>(at(y, i), flush(h));
}

function rowGradient(dx: usize, dweight: usize, dy: usize, x: usize, weight: usize, n: i32, eps: f64): void {
  const mean = rowSum(x, 0, false, n) / n, r = rate(x, mean, n, eps);
  const m = splat(<f32>mean), rest = splat(remainder(mean)), rs = splat(<f32>r);
  let a = f64x2.splat(0), b = a, i = 0;
  if (dx) {
    const mm = f64x2.splat(mean);
    for (const body = n & ~1; i < body; i += 2) {
      const g = product<v128>(dy, weight, i);
      a = f64x2.add(a, g);
      b = f64x2.add(b, f64x2.mul(g, f64x2.sub(widen<v128>(at(x, i)), mm)));
    }
    if (i < n) {
      const g = product<f32>(dy, weight, i);
      a = f64x2.add(a, g);
      b = f64x2.add(b, f64x2.mul(g, f64x2.sub(widen<f32>(at(x, i)), mm)));
    }
  }
  const ga = splat(<f32>(both(a) / n)), gh = splat(<f32>(both(b) * r / n));
  i = 0;
  for (const body = n & ~3; i < body; i += 4) gradient<v128>(dx, dweight, dy, x, weight, i, m, rest, rs, ga, gh);
  for (; i < n; i++) gradient<f32>(dx, dweight, dy, x, weight, i, m, rest, rs, ga, gh);
}

/**
 * Adds the gradients of element i of a row to dx and dweight. The row's mean is m + rest, see `centre`. The comment on
 * layer_norm_backward defines r, g and h. ga is the mean of g over the row, and gh is the mean of g h.
 */
// @ts-ignore: decorator
@inline
function gradient<T>(
  dx: usize, dweight: usize, dy: usize, x: usize, weight: usize, i: i32,
  m: v128, rest: v128, r: v128, ga: v128, gh: v128,
): void {
  const d = load<T>(at(dy, i)), h = mul(centre<T>(at(x, i), m, rest), r);
  if (dweight) store<T>(at(dweight, i), flush(madd(d, h, load<T>(at(dweight, i)))));
  if (dx) {
    const g = weight ? mul(d, load<T>(at(weight, i))) : d;
    store<T>(at(dx, i), flush(madd(r, nmadd(h, gh, sub(g, ga)), load<T>(at(dx, i)))));
  }
}

/** Returns x - mean. The mean is m + rest: two floats, because a single float has too few digits if the mean is large. */
// @ts-ignore: decorator
@inline
function centre<T>(x: usize, m: v128, rest: v128): v128 {
  return sub(sub(load<T>(x), m), rest);
}

// @ts-ignore: decorator
@inline
function remainder(x: f64): f32 {
  return <f32>(x - <f64><f32>x);
}

/**
 * Returns dy[i] * weight[i] in lane 0, in float64. Lane 1 is dy[i + 1] * weight[i + 1] if T is a vector, otherwise 0. If the
 * address `weight` is 0, all weights are 1.
 */
// @ts-ignore: decorator
@inline
function product<T>(dy: usize, weight: usize, i: i32): v128 {
  const d = widen<T>(at(dy, i));
  return weight ? f64x2.mul(d, widen<T>(at(weight, i))) : d;
}

/**
 * Computes a sum over each column of x[M, N] and adds the N results to sums[N]. a is a matrix [M, N] of floats. sums and mean [N]
 * are float64. The sum depends on which of the addresses of mean and a are 0:
 *   mean is 0:     sum of x
 *   a is 0:        sum of (x - mean)^2
 *   neither is 0:  sum of a (x - mean)
 */
export function column_sums(sums: usize, x: usize, mean: usize, a: usize, M: i32, N: i32): void {
  checkArray(sums, 2 * N);
  checkMatrix(x, N, M, N);
  for (let i = 0; i < M; i++, x = at(x, N)) {
    addColumns(sums, x, mean, a, N);
    if (a) a = at(a, N);
  }
}

function addColumns(sums: usize, x: usize, mean: usize, a: usize, n: i32): void {
  let i = 0;
  for (const body = n & ~1; i < body; i += 2) addColumn<v128>(sums, x, mean, a, i);
  if (i < n) addColumn<f32>(sums, x, mean, a, i);
}

// @ts-ignore: decorator
@inline
function addColumn<T>(sums: usize, x: usize, mean: usize, a: usize, i: i32): void {
  let term = widen<T>(at(x, i));
  if (mean) {
    const d = f64x2.sub(term, loadWide<T>(wide(mean, i)));
    term = f64x2.mul(a ? widen<T>(at(a, i)) : d, d);
  }
  storeWide<T>(wide(sums, i), f64x2.add(loadWide<T>(wide(sums, i)), term));
}

/**
 * y = scale * x + shift, with one scale and one shift for each column of x[M, N]. y may be x. At the address `scale` are the N
 * scales and then the N shifts, in float64.
 */
export function scale_columns(y: usize, x: usize, scale: usize, M: i32, N: i32): void {
  checkMatrix(y, N, M, N);
  checkMatrix(x, N, M, N);
  checkArray(scale, 4 * N);
  for (let i = 0; i < M; i++, y = at(y, N), x = at(x, N)) scaleRow(y, x, scale, N);
}

function scaleRow(y: usize, x: usize, scale: usize, n: i32): void {
  let i = 0;
  for (const body = n & ~1; i < body; i += 2) scaleElement<v128>(y, x, scale, i, n);
  if (i < n) scaleElement<f32>(y, x, scale, i, n);
}

// @ts-ignore: decorator
@inline
function scaleElement<T>(y: usize, x: usize, scale: usize, i: i32, n: i32): void {
  const h = f64x2.mul(widen<T>(at(x, i)), loadWide<T>(wide(scale, i)));
  narrow<T>(at(y, i), f64x2.add(h, loadWide<T>(wide(scale, n + i))));
}

/**
 * dx += P * dy + Q * x + S, with coefficients P[N], Q[N] and S[N] for the columns of x[M, N]. The host computes the coefficients.
 * They lie at the address `p`: first the N numbers P, then the N numbers Q and then the N numbers S, in float64.
 */
export function batch_norm_backward(dx: usize, dy: usize, x: usize, p: usize, M: i32, N: i32): void {
  checkMatrix(dx, N, M, N);
  checkMatrix(dy, N, M, N);
  checkMatrix(x, N, M, N);
  checkArray(p, 6 * N);
  for (let i = 0; i < M; i++, dx = at(dx, N), dy = at(dy, N), x = at(x, N)) columnGradients(dx, dy, x, p, N);
}

function columnGradients(dx: usize, dy: usize, x: usize, p: usize, n: i32): void {
  let i = 0;
  for (const body = n & ~1; i < body; i += 2) columnGradient<v128>(dx, dy, x, p, i, n);
  if (i < n) columnGradient<f32>(dx, dy, x, p, i, n);
}

// @ts-ignore: decorator
@inline
function columnGradient<T>(dx: usize, dy: usize, x: usize, p: usize, i: i32, n: i32): void {
  const direct = f64x2.mul(widen<T>(at(dy, i)), loadWide<T>(wide(p, i)));
  const byX = f64x2.mul(widen<T>(at(x, i)), loadWide<T>(wide(p, n + i)));
  const sum = f64x2.add(f64x2.add(direct, byX), loadWide<T>(wide(p, 2 * n + i)));
  narrow<T>(at(dx, i), f64x2.add(widen<T>(at(dx, i)), sum));
}

/** Stores both float64 lanes of x as floats at p if T is a vector. Otherwise stores lane 0 only. */
// @ts-ignore: decorator
@inline
function narrow<T>(p: usize, x: v128): void {
  const y = flush(f32x4.demote_f64x2_zero(x));
  if (isVector<T>()) v128.store_lane<f64>(p, y, 0);
  else store<f32>(p, y);
}

/** Returns the address of float64 i of the array at p. */
// @ts-ignore: decorator
@inline
function wide(p: usize, i: i32): usize {
  return p + ((<usize>i) << 3);
}

// @ts-ignore: decorator
@inline
function loadWide<T>(p: usize): v128 {
  return isVector<T>() ? v128.load(p) : v128.load64_zero(p);
}

// @ts-ignore: decorator
@inline
function storeWide<T>(p: usize, x: v128): void {
  if (isVector<T>()) v128.store(p, x);
  else v128.store_lane<f64>(p, x, 0);
}
