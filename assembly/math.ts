// Elementary functions of the four floats in a v128. In the strict build, results have the same bits in every engine.
// test/assembly/math.test.ts checks the error bounds.

import { add, clamp, constant, div, madd, mul, nmadd, one, splat, sub } from "./lane";

// e^r = 1 + r + r^2 (c0 + c1 r + c2 r^2 + c3 r^3) for |r| <= ln(2) / 2. Minimax fit, relative error 1.1e-7.
const EXP = memory.data<f32>([0.4999922215938568, 0.16667120158672333, 0.0418914295732975, 0.008312384597957134]);

// Constants of expInRange and sigmoid. Indices in the table REDUCE:
//   0     log2(e)
//   1, 2  ln 2 as a sum of two parts. The first has so few bits that its product with an integer n is exact.
//   3     1.5 * 2^23. Adding this number to a float rounds the float to an integer.
//   4, 5  bounds of the argument of sigmoid
const REDUCE = memory.data<f32>([1.4426950408889634, 0.693359375, -2.12194440e-4, 12582912, -87, 87]);

// tanh x = x P(x^2) / Q(x^2) for |x| <= 7.905, with polynomials P and Q from Eigen's ptanh. Indices in the table TANH:
//   0 to 6   coefficients of P, highest power first
//   7 to 10  coefficients of Q, highest power first
//   11, 12   bounds of x
const TANH = memory.data<f32>([
  -2.76076847742355e-16, 2.00018790482477e-13, -8.60467152213735e-11, 5.12229709037114e-8, 1.48572235717979e-5,
  6.37261928875436e-4, 4.89352455891786e-3,
  1.19825839466702e-6, 1.18534705686654e-4, 2.2684346324390e-3, 4.89352518554385e-3, -7.90531110763549805, 7.90531110763549805,
]);

/**
 * Returns e^x for x in [-87, 88]. The caller clips x to this range. With x = n ln 2 + r, e^x is 2^n e^r. A polynomial gives e^r.
 * 2^n is made by writing n into the exponent bits of a float.
 */
// @ts-ignore: decorator
@inline
function expInRange(x: v128): v128 {
  const round = constant(REDUCE, 3);
  const t = madd(x, constant(REDUCE, 0), round);
  const n = sub(t, round);
  const r = nmadd(n, constant(REDUCE, 2), nmadd(n, constant(REDUCE, 1), x));
  let p = madd(r, constant(EXP, 3), constant(EXP, 2));
  p = madd(p, r, constant(EXP, 1));
  p = madd(p, r, constant(EXP, 0));
  const e = add(madd(p, mul(r, r), r), one());
  return mul(e, i32x4.add(i32x4.shl(t, 23), one()));
}

/**
 * Returns e^x with a relative error below 4.3e-7. Returns 0 if the result would be subnormal (x < -87.33). Returns infinity if
 * x >= 88.73. NaN stays NaN.
 */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  // The range of expInRange ends at 88, but e^x is finite up to 88.72. So e^x is computed as the square of e^(x/2).
  const half = expInRange(mul(clamp(x, splat(-88), splat(90)), splat(0.5)));
  return v128.andnot(mul(half, half), f32x4.lt(x, splat(-87.33)));
}

/**
 * Returns 1 / (1 + e^-x). For x >= -87, the relative error is below 3e-7. For x < -87, the absolute error is below 1.7e-38. NaN
 * stays NaN.
 */
// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  const e = expInRange(clamp(f32x4.neg(x), constant(REDUCE, 4), constant(REDUCE, 5)));
  return div(one(), add(one(), e));
}

/** Returns max(x, 0). NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function relu(x: v128): v128 {
  return v128.andnot(x, f32x4.lt(x, f32x4.splat(0)));
}

/**
 * Returns the hyperbolic tangent. The result is always in [-1, 1]. The absolute error is below 4.2e-7 everywhere, and below
 * 4e-43 for |x| <= 2.5e-36. The relative error is below 5e-7 for |x| between 2.5e-36 and 7.9. NaN stays NaN.
 */
// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  const y = clamp(x, constant(TANH, 11), constant(TANH, 12));
  const s = mul(y, y);
  let p = madd(s, constant(TANH, 0), constant(TANH, 1));
  p = madd(p, s, constant(TANH, 2));
  p = madd(p, s, constant(TANH, 3));
  p = madd(p, s, constant(TANH, 4));
  p = madd(p, s, constant(TANH, 5));
  p = madd(p, s, constant(TANH, 6));
  let q = madd(s, constant(TANH, 7), constant(TANH, 8));
  q = madd(q, s, constant(TANH, 9));
  q = madd(q, s, constant(TANH, 10));
  return div(mul(y, p), q);
}

/**
 * Returns e^x - 1 for x <= 0, computed as 2 t / (1 - t) with t = tanh(x / 2). For x < -5e-36, the relative error is below 4.3e-7.
 * For larger x, the absolute error is below 8e-43.
 */
// @ts-ignore: decorator
@inline
export function expm1(x: v128): v128 {
  const t = tanh(mul(x, splat(0.5)));
  return div(add(t, t), sub(one(), t));
}

// Coefficients of the power series of 2 atanh(s): 2 / (2 k + 1) for k = 7 down to 0.
const LOG = memory.data<f32>([
  0.13333333333333333, 0.15384615384615385, 0.18181818181818182, 0.2222222222222222, 0.2857142857142857, 0.4,
  0.6666666666666666, 2,
]);

/**
 * Returns log(1 + x) for x in [0, 1] with a relative error below 2.6e-7. Computes it as the power series of 2 atanh(s) with
 * s = x / (2 + x), which is at most 1/3.
 */
// @ts-ignore: decorator
@inline
export function log1p(x: v128): v128 {
  const s = div(x, add(x, constant(LOG, 7)));
  const q = mul(s, s);
  let p = madd(q, constant(LOG, 0), constant(LOG, 1));
  for (let i = 2; i < 8; i++) p = madd(p, q, constant(LOG, i));
  return mul(p, s);
}
