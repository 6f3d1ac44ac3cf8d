// Gradient norms and clipping. Powers of gradients are summed in float64, in which large gradients do not overflow and small
// gradients are not lost.

import { at, clamp, flush, load, mul, splat, store } from "./lane";
import { rowSum } from "./sums";

/** Returns the sum of |x|^power over n floats. `power` is a whole number, at least 1. */
export function sum_of_powers(x: usize, n: i32, power: i32): f64 {
  if (power == 2) return rowSum(x, 0, true, n);
  let s: f64 = 0;
  for (const end = at(x, n); x < end; x += 4) {
    const a = <f64>abs(f32.load(x));
    let y = a;
    for (let k = 1; k < power; k++) y *= a;
    s += y;
  }
  return s;
}

/** Returns the largest |x| of n floats, or NaN if one is NaN. */
export function largest_magnitude(x: usize, n: i32): f32 {
  // Bits of floats from 0 on have the order of the floats, and those of NaN come last: one instruction instead of seven.
  let m = i32x4.splat(0);
  const end = at(x, n);
  for (const body = at(x, n & ~3); x < body; x += 16) m = i32x4.max_s(m, f32x4.abs(load<v128>(x)));
  for (; x < end; x += 4) m = i32x4.max_s(m, f32x4.abs(load<f32>(x)));
  m = i32x4.max_s(m, v128.shuffle<i32>(m, m, 2, 3, 0, 1));
  return max(f32x4.extract_lane(m, 0), f32x4.extract_lane(m, 1));
}

/** x *= factor. */
export function scale(x: usize, factor: f32, n: i32): void {
  const f = splat(factor), end = at(x, n);
  for (const body = at(x, n & ~3); x < body; x += 16) store<v128>(x, flush(mul(load<v128>(x), f)));
  for (; x < end; x += 4) store<f32>(x, flush(mul(load<f32>(x), f)));
}

/** Clips every x to [-limit, limit]. NaN stays NaN. */
export function clip_value(x: usize, limit: f32, n: i32): void {
  const high = splat(limit), low = splat(-limit), end = at(x, n);
  for (const body = at(x, n & ~3); x < body; x += 16) store<v128>(x, clamp(load<v128>(x), low, high));
  for (; x < end; x += 4) store<f32>(x, clamp(load<f32>(x), low, high));
}
