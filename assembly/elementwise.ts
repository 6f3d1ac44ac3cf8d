// Elementwise kernels over n floats. Forward: y may be x. Backward: dx += dy f'(.), from the output y or the input x.

import { add, at, flush, load, madd, mul, nmadd, one, splat, store, sub } from "./lane";
import { exp, relu, sigmoid, tanh } from "./math";

const EXP = 0;
const SIGMOID = 1;
const TANH = 2;
const RELU = 3;

// @ts-ignore: decorator
@inline
function apply(f: i32, x: v128): v128 {
  if (f == EXP) return exp(x);
  if (f == SIGMOID) return sigmoid(x);
  if (f == TANH) return tanh(x);
  return relu(x);
}

/** f' as a function of y = f(x). */
// @ts-ignore: decorator
@inline
function slope(f: i32, y: v128): v128 {
  if (f == EXP) return y;
  if (f == SIGMOID) return mul(y, sub(one(), y));
  if (f == TANH) return nmadd(y, y, one());
  return v128.andnot(one(), f32x4.le(y, f32x4.splat(0))); // 1 for NaN, as in PyTorch
}

// @ts-ignore: decorator
@inline
function forward(f: i32, y: usize, x: usize, n: i32): void {
  const end = at(y, n);
  for (const body = at(y, n & ~3); y < body; y += 16, x += 16) store<v128>(y, apply(f, load<v128>(x)));
  for (; y < end; y += 4, x += 4) store<f32>(y, apply(f, load<f32>(x)));
}

// @ts-ignore: decorator
@inline
function backward(f: i32, dx: usize, dy: usize, y: usize, n: i32): void {
  const end = at(dx, n);
  for (const body = at(dx, n & ~3); dx < body; dx += 16, dy += 16, y += 16) {
    store<v128>(dx, flush(madd(load<v128>(dy), slope(f, load<v128>(y)), load<v128>(dx))));
  }
  for (; dx < end; dx += 4, dy += 4, y += 4) {
    store<f32>(dx, flush(madd(load<f32>(dy), slope(f, load<f32>(y)), load<f32>(dx))));
  }
}

export function exp_forward(y: usize, x: usize, n: i32): void { forward(EXP, y, x, n); }
export function exp_backward(dx: usize, dy: usize, y: usize, n: i32): void { backward(EXP, dx, dy, y, n); }
export function sigmoid_forward(y: usize, x: usize, n: i32): void { forward(SIGMOID, y, x, n); }
export function sigmoid_backward(dx: usize, dy: usize, y: usize, n: i32): void { backward(SIGMOID, dx, dy, y, n); }
export function tanh_forward(y: usize, x: usize, n: i32): void { forward(TANH, y, x, n); }
export function tanh_backward(dx: usize, dy: usize, y: usize, n: i32): void { backward(TANH, dx, dy, y, n); }
export function relu_forward(y: usize, x: usize, n: i32): void { forward(RELU, y, x, n); }
export function relu_backward(dx: usize, dy: usize, y: usize, n: i32): void { backward(RELU, dx, dy, y, n); }

/** y += scale * x. */
export function add_scaled(y: usize, x: usize, scale: f32, n: i32): void {
  const s = splat(scale), end = at(y, n);
  for (const body = at(y, n & ~3); y < body; y += 16, x += 16) store<v128>(y, madd(s, load<v128>(x), load<v128>(y)));
  for (; y < end; y += 4, x += 4) store<f32>(y, madd(s, load<f32>(x), load<f32>(y)));
}

/** y = a + b. */
export function add_forward(y: usize, a: usize, b: usize, n: i32): void {
  const end = at(y, n);
  for (const body = at(y, n & ~3); y < body; y += 16, a += 16, b += 16) store<v128>(y, add(load<v128>(a), load<v128>(b)));
  for (; y < end; y += 4, a += 4, b += 4) store<f32>(y, add(load<f32>(a), load<f32>(b)));
}

/** y = a * b, flushed. */
export function multiply_forward(y: usize, a: usize, b: usize, n: i32): void {
  const end = at(y, n);
  for (const body = at(y, n & ~3); y < body; y += 16, a += 16, b += 16) store<v128>(y, flush(mul(load<v128>(a), load<v128>(b))));
  for (; y < end; y += 4, a += 4, b += 4) store<f32>(y, flush(mul(load<f32>(a), load<f32>(b))));
}

/** y += a * b: the gradient of a product. */
export function multiply_add(y: usize, a: usize, b: usize, n: i32): void {
  const end = at(y, n);
  for (const body = at(y, n & ~3); y < body; y += 16, a += 16, b += 16) {
    store<v128>(y, madd(load<v128>(a), load<v128>(b), load<v128>(y)));
  }
  for (; y < end; y += 4, a += 4, b += 4) store<f32>(y, madd(load<f32>(a), load<f32>(b), load<f32>(y)));
}

/** Sum of n floats, added up in float64. */
export function total(x: usize, n: i32): f64 {
  let s: f64 = 0;
  for (const end = at(x, n); x < end; x += 4) s += <f64>f32.load(x);
  return s;
}

/** Index of the first of n floats that is NaN or infinite; -1 where all are finite. */
export function first_nonfinite(x: usize, n: i32): i32 {
  const largest = splat(f32.MAX_VALUE);
  let i = 0;
  for (const body = n & ~3; i < body; i += 4) {
    if (!i32x4.all_true(f32x4.le(f32x4.abs(load<v128>(at(x, i))), largest))) break;
  }
  for (; i < n; i++) if (!isFinite<f32>(f32.load(at(x, i)))) return i;
  return -1;
}
