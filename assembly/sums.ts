// Sums of floats in float64. They lose no digits even if there are many elements or the mean is large.

import { at } from "./lane";

/** Returns the sum over n floats of (x - mean)^2 if `squares` is true, otherwise of x - mean. */
export function rowSum(x: usize, mean: f64, squares: bool, n: i32): f64 {
  const m = f64x2.splat(mean), end = at(x, n);
  let s = f64x2.splat(0), t = s;
  for (const body = at(x, n & ~3); x < body; x += 16) {
    const a = f64x2.sub(widen<v128>(x), m), b = f64x2.sub(widen<v128>(x + 8), m);
    s = f64x2.add(s, squares ? f64x2.mul(a, a) : a);
    t = f64x2.add(t, squares ? f64x2.mul(b, b) : b);
  }
  s = f64x2.add(s, t);
  let rest: f64 = 0;
  for (; x < end; x += 4) {
    const d = <f64>f32.load(x) - mean;
    rest += squares ? d * d : d;
  }
  return both(s) + rest;
}

/** Returns the sum of the two lanes. */
// @ts-ignore: decorator
@inline
export function both(x: v128): f64 {
  return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
}

/** Loads two floats at p as float64 if T is a vector. Otherwise loads one float into lane 0, and 0 into lane 1. */
// @ts-ignore: decorator
@inline
export function widen<T>(p: usize): v128 {
  return f64x2.promote_low_f32x4(isVector<T>() ? v128.load64_zero(p) : v128.load32_zero(p));
}
