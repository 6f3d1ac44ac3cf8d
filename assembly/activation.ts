// Activation functions y = f(x) of n floats. alpha and beta are parameters that ONNX defines for some of these functions. In the
// forward pass, y may be the same array as x. The backward pass computes the slope f'(x) from y alone. It does not need x.

import { clip_value } from "./clip";
import { add, at, clamp, div, flush, load, madd, mul, nmadd, one, splat, store, sub } from "./lane";
import { exp, expm1, log1p, relu, sigmoid, tanh } from "./math";

export const EXP: i32 = 0; // e^x
export const SIGMOID: i32 = 1; // 1 / (1 + e^-x)
export const TANH: i32 = 2; // hyperbolic tangent
export const RELU: i32 = 3; // x, or 0 if x < 0
export const AFFINE: i32 = 4; // alpha x + beta
export const LEAKY_RELU: i32 = 5; // x, or alpha x if x < 0
export const THRESHOLDED_RELU: i32 = 6; // x, or 0 if x < alpha
export const SCALED_TANH: i32 = 7; // alpha tanh(beta x)
export const HARD_SIGMOID: i32 = 8; // alpha x + beta, clipped to [0, 1]
export const ELU: i32 = 9; // x, or alpha (e^x - 1) if x < 0
export const SOFTSIGN: i32 = 10; // x / (1 + |x|)
export const SOFTPLUS: i32 = 11; // log(1 + e^x)
export const LOG_SIGMOID: i32 = 12; // log(1 / (1 + e^-x)), which is -SOFTPLUS of -x

// @ts-ignore: decorator
@inline
function apply(f: i32, x: v128, alpha: v128, beta: v128): v128 {
  if (f == EXP) return exp(x);
  if (f == SIGMOID) return sigmoid(x);
  if (f == TANH) return tanh(x);
  if (f == RELU) return relu(x);
  return applyOther(f, x, alpha, beta);
}

function applyOther(f: i32, x: v128, alpha: v128, beta: v128): v128 {
  const zero = f32x4.splat(0);
  if (f == AFFINE) return madd(alpha, x, beta);
  if (f == LEAKY_RELU) return v128.bitselect(mul(alpha, x), x, f32x4.lt(x, zero));
  if (f == THRESHOLDED_RELU) return v128.andnot(x, f32x4.lt(x, alpha));
  if (f == SCALED_TANH) return mul(alpha, tanh(mul(beta, x)));
  if (f == HARD_SIGMOID) return clamp(madd(alpha, x, beta), zero, one());
  if (f == ELU) return v128.bitselect(mul(alpha, expm1(x)), x, f32x4.lt(x, zero));
  if (f == SOFTSIGN) return div(x, f32x4.add(one(), f32x4.abs(x)));
  const rest = log1p(exp(f32x4.neg(f32x4.abs(x))));
  return f == SOFTPLUS ? add(relu(x), rest) : f32x4.neg(add(relu(f32x4.neg(x)), rest));
}

/** Returns f'(x) from y = f(x). */
// @ts-ignore: decorator
@inline
function slope(f: i32, y: v128, alpha: v128, beta: v128): v128 {
  if (f == EXP) return y;
  if (f == SIGMOID) return mul(y, sub(one(), y));
  if (f == TANH) return nmadd(y, y, one());
  if (f == RELU) return v128.andnot(one(), f32x4.le(y, f32x4.splat(0))); // the slope at NaN is 1, as in PyTorch
  return slopeOther(f, y, alpha, beta);
}

function slopeOther(f: i32, y: v128, alpha: v128, beta: v128): v128 {
  const zero = f32x4.splat(0);
  if (f == AFFINE) return alpha;
  if (f == LEAKY_RELU) return v128.bitselect(alpha, one(), f32x4.le(y, zero));
  if (f == THRESHOLDED_RELU) return v128.andnot(one(), f32x4.eq(y, zero));
  if (f == SCALED_TANH) return mul(beta, nmadd(y, div(y, alpha), alpha));
  if (f == HARD_SIGMOID) return v128.and(alpha, v128.and(f32x4.gt(y, zero), f32x4.lt(y, one())));
  if (f == ELU) return v128.bitselect(f32x4.add(y, alpha), one(), f32x4.le(y, zero));
  if (f == SOFTSIGN) {
    const rest = sub(one(), f32x4.abs(y));
    return mul(rest, rest);
  }
  return f32x4.neg(expm1(f == SOFTPLUS ? f32x4.neg(y) : y));
}

// @ts-ignore: decorator
@inline
function forward(f: i32, y: usize, x: usize, n: i32, alpha: v128, beta: v128): void {
  const end = at(y, n);
  for (const body = at(y, n & ~3); y < body; y += 16, x += 16) store<v128>(y, apply(f, load<v128>(x), alpha, beta));
  for (; y < end; y += 4, x += 4) store<f32>(y, apply(f, load<f32>(x), alpha, beta));
}

// @ts-ignore: decorator
@inline
function backward(f: i32, dx: usize, dy: usize, y: usize, n: i32, alpha: v128, beta: v128): void {
  const end = at(dx, n);
  for (const body = at(dx, n & ~3); dx < body; dx += 16, dy += 16, y += 16) {
    store<v128>(dx, flush(madd(load<v128>(dy), slope(f, load<v128>(y), alpha, beta), load<v128>(dx))));
  }
  for (; dx < end; dx += 4, dy += 4, y += 4) {
    store<f32>(dx, flush(madd(load<f32>(dy), slope(f, load<f32>(y), alpha, beta), load<f32>(dx))));
  }
}

/** y = f(x) for n floats. y may be the same array as x. */
export function activation_forward(f: i32, y: usize, x: usize, n: i32, alpha: f32, beta: f32): void {
  const a = splat(alpha), b = splat(beta);
  if (f == SIGMOID) forward(SIGMOID, y, x, n, a, b);
  else if (f == TANH) forward(TANH, y, x, n, a, b);
  else forward(f, y, x, n, a, b);
}

/** dx += dy f'(x) for n floats. dx and dy are the gradients of x and y. The slope f'(x) is computed from y = f(x). */
export function activation_backward(f: i32, dx: usize, dy: usize, y: usize, n: i32, alpha: f32, beta: f32): void {
  backward(f, dx, dy, y, n, splat(alpha), splat(beta));
}

// In the next two functions, the argument `f` is the address of three words in memory. They are the number of an activation
// function (such as SIGMOID), alpha and beta.

/** y = f(x) for n floats. If `limit` is finite, first clips the array x to [-limit, limit] in place. */
export function activate(f: usize, limit: f32, y: usize, x: usize, n: i32): void {
  if (limit < Infinity) clip_value(x, limit, n);
  activation_forward(i32.load(f), y, x, n, f32.load(f, 4), f32.load(f, 8));
}

const BOUNDS = memory.data(8);

/**
 * The backward pass of `activate`. The array y has n outputs f(x). The array d has the gradients of these outputs. Replaces every
 * output in y by the gradient of its x, which is d f'(x). y and d may be the same array.
 *
 * If x was clipped, its gradient is 0. A clipped x is recognised by its output, which equals f(-limit) or f(limit) exactly.
 */
export function activateBackward(f: usize, limit: f32, y: usize, d: usize, n: i32): void {
  const kind = i32.load(f), alpha = splat(f32.load(f, 4)), beta = splat(f32.load(f, 8));
  f32.store(BOUNDS, -limit);
  f32.store(BOUNDS, limit, 4);
  activation_forward(kind, BOUNDS, BOUNDS, 2, f32.load(f, 4), f32.load(f, 8));
  const unlimited = !(limit < Infinity);
  const low = splat(unlimited ? NaN : f32.load(BOUNDS)), high = splat(unlimited ? NaN : f32.load(BOUNDS, 4));
  const end = at(y, n);
  for (const body = at(y, n & ~3); y < body; y += 16, d += 16) through<v128>(kind, y, d, alpha, beta, low, high);
  for (; y < end; y += 4, d += 4) through<f32>(kind, y, d, alpha, beta, low, high);
}

// @ts-ignore: decorator
@inline
function through<T>(f: i32, to: usize, d: usize, alpha: v128, beta: v128, low: v128, high: v128): void {
  const y = load<T>(to);
  const limited = v128.or(f32x4.eq(y, low), f32x4.eq(y, high));
  store<T>(to, v128.andnot(flush(mul(load<T>(d), slope(f, y, alpha, beta))), limited));
}
