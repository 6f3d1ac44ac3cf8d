// Norms of gradients and clipping. Sums of powers run in float64, so that they neither overflow nor depend on scale.

import { at, clamp, flush, load, mul, splat, store } from "./lane";

/** Sum of |x|^power over n floats; power is a whole number from 1 on. */
export function sum_of_powers(x: usize, n: i32, power: i32): f64 {
  if (power == 2) return sumOfSquares(x, n);
  let s: f64 = 0;
  for (const end = at(x, n); x < end; x += 4) {
    const a = <f64>abs(f32.load(x));
    let y = a;
    for (let k = 1; k < power; k++) y *= a;
    s += y;
  }
  return s;
}

function sumOfSquares(x: usize, n: i32): f64 {
  let s = f64x2.splat(0), t = s;
  const end = at(x, n);
  for (const body = at(x, n & ~3); x < body; x += 16) {
    const y = v128.load(x);
    const low = f64x2.promote_low_f32x4(y), high = f64x2.promote_low_f32x4(v128.shuffle<i64>(y, y, 1, 0));
    s = f64x2.add(s, f64x2.mul(low, low));
    t = f64x2.add(t, f64x2.mul(high, high));
  }
  s = f64x2.add(s, t);
  let rest: f64 = 0;
  for (; x < end; x += 4) rest += <f64>f32.load(x) * <f64>f32.load(x);
  return f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1) + rest;
}

/** Largest |x| of n floats; NaN where one is NaN. */
export function largest_magnitude(x: usize, n: i32): f32 {
  let m: f32 = 0;
  for (const end = at(x, n); x < end; x += 4) m = max(m, abs(f32.load(x)));
  return m;
}

/** x *= factor. */
export function scale(x: usize, factor: f32, n: i32): void {
  const f = splat(factor), end = at(x, n);
  for (const body = at(x, n & ~3); x < body; x += 16) store<v128>(x, flush(mul(load<v128>(x), f)));
  for (; x < end; x += 4) store<f32>(x, flush(mul(load<f32>(x), f)));
}

/** Every x limited to [-limit, limit]; NaN stays. */
export function clip_value(x: usize, limit: f32, n: i32): void {
  const high = splat(limit), low = splat(-limit), end = at(x, n);
  for (const body = at(x, n & ~3); x < body; x += 16) store<v128>(x, clamp(load<v128>(x), low, high));
  for (; x < end; x += 4) store<f32>(x, clamp(load<f32>(x), low, high));
}
