// Sums, maxima and minima along an axis. Sums run in float64.

import { at } from "./lane";

export const REDUCE_SUM: i32 = 0;
export const REDUCE_MAX: i32 = 1;
export const REDUCE_MIN: i32 = 2;
export const REDUCE_SQUARES: i32 = 3; // the sum of squares

/** The largest or smallest of n floats that lie `step` apart. NaN if one is NaN. */
// @ts-ignore: decorator
@inline
function extreme<T>(f: i32, p: usize, n: i32, step: i32): v128 {
  let found = f32x4.splat(f == REDUCE_MAX ? -Infinity : Infinity);
  for (let k = 0; k < n; k++, p = at(p, step)) {
    const x = isVector<T>() ? v128.load(p) : v128.load32_zero(p);
    found = f == REDUCE_MAX ? f32x4.max(found, x) : f32x4.min(found, x);
  }
  return found;
}

/** The sum of n floats that lie `step` apart, or of their squares; with two neighbours each if T is a vector. */
// @ts-ignore: decorator
@inline
function sum<T>(f: i32, p: usize, n: i32, step: i32): v128 {
  let total = f64x2.splat(0);
  for (let k = 0; k < n; k++, p = at(p, step)) {
    const x = f64x2.promote_low_f32x4(isVector<T>() ? v128.load64_zero(p) : v128.load32_zero(p));
    total = f64x2.add(total, f == REDUCE_SQUARES ? f64x2.mul(x, x) : x);
  }
  return total;
}

// @ts-ignore: decorator
@inline
function scaled(total: v128, scale: f64): v128 {
  return f32x4.demote_f64x2_zero(f64x2.mul(total, f64x2.splat(scale)));
}

/** to[outer, inner] = scale f(from[outer, n, inner]), joined along n. */
export function reduce_axis(f: i32, to: usize, from: usize, outer: i32, n: i32, inner: i32, scale: f64): void {
  for (let o = 0; o < outer; o++, from = at(from, n * inner)) {
    let i = 0;
    if (f == REDUCE_MAX || f == REDUCE_MIN) {
      for (const body = inner & ~3; i < body; i += 4, to += 16) v128.store(to, extreme<v128>(f, at(from, i), n, inner));
      for (; i < inner; i++, to += 4) v128.store_lane<f32>(to, extreme<f32>(f, at(from, i), n, inner), 0);
      continue;
    }
    if (inner == 1) {
      const pairs = sum<v128>(f, from, n >> 1, 2), rest = sum<f32>(f, at(from, n & ~1), n & 1, 1);
      const total = f64x2.add(pairs, v128.shuffle<i64>(pairs, pairs, 1, 0));
      v128.store_lane<f32>(to, scaled(f64x2.add(total, rest), scale), 0);
      to += 4;
      continue;
    }
    for (const body = inner & ~1; i < body; i += 2, to += 8) {
      v128.store_lane<i64>(to, scaled(sum<v128>(f, at(from, i), n, inner), scale), 0);
    }
    if (i < inner) {
      v128.store_lane<f32>(to, scaled(sum<f32>(f, at(from, i), n, inner), scale), 0);
      to += 4;
    }
  }
}
