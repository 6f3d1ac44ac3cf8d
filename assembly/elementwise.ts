// Elementwise arithmetic over n floats. A result may overwrite an operand.

import { add, at, flush, load, madd, mul, splat, store } from "./lane";

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

/** y = a * b. Subnormal results become 0. */
export function multiply_forward(y: usize, a: usize, b: usize, n: i32): void {
  const end = at(y, n);
  for (const body = at(y, n & ~3); y < body; y += 16, a += 16, b += 16) store<v128>(y, flush(mul(load<v128>(a), load<v128>(b))));
  for (; y < end; y += 4, a += 4, b += 4) store<f32>(y, flush(mul(load<f32>(a), load<f32>(b))));
}

/**
 * y += a * b. This is also the backward pass of a product. Then y is the gradient of one factor, a is the gradient of the
 * product and b is the other factor.
 */
export function multiply_add(y: usize, a: usize, b: usize, n: i32): void {
  const end = at(y, n);
  for (const body = at(y, n & ~3); y < body; y += 16, a += 16, b += 16) {
    store<v128>(y, madd(load<v128>(a), load<v128>(b), load<v128>(y)));
  }
  for (; y < end; y += 4, a += 4, b += 4) store<f32>(y, madd(load<f32>(a), load<f32>(b), load<f32>(y)));
}

/** Returns the sum of n floats, added up in float64. */
export function total(x: usize, n: i32): f64 {
  let s: f64 = 0;
  for (const end = at(x, n); x < end; x += 4) s += <f64>f32.load(x);
  return s;
}

/** Returns the index of the first of n floats that is NaN or infinite, or -1 if all are finite. */
export function first_nonfinite(x: usize, n: i32): i32 {
  const largest = splat(f32.MAX_VALUE);
  let i = 0;
  for (const body = n & ~3; i < body; i += 4) {
    if (!i32x4.all_true(f32x4.le(f32x4.abs(load<v128>(at(x, i))), largest))) break;
  }
  for (; i < n; i++) if (!isFinite<f32>(f32.load(at(x, i)))) return i;
  return -1;
}
