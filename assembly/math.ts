// Elementary functions on four lanes. In the strict build, results have the same bits in every engine.
// test/assembly/math.test.ts checks the error bounds.

import { add, clamp, constant, div, madd, mul, nmadd, one, splat, sub } from "./lane";

// e^r = 1 + r + r^2 (c0 + c1 r + c2 r^2 + c3 r^3) for |r| <= ln(2) / 2: minimax fit, relative error 1.1e-7.
const EXP = memory.data<f32>([0.4999922215938568, 0.16667120158672333, 0.0418914295732975, 0.008312384597957134]);

// log2(e); ln 2 as a sum of two parts, the first exact in a few bits; 1.5 * 2^23, which rounds to an integer when added;
// the bounds of the argument of sigmoid.
const REDUCE = memory.data<f32>([1.4426950408889634, 0.693359375, -2.12194440e-4, 12582912, -87, 87]);

// tanh x = x P(x^2) / Q(x^2) for |x| <= 7.905: the coefficients published with Eigen's ptanh, P then Q, highest power
// first; then the bounds of the argument.
const TANH = memory.data<f32>([
  -2.76076847742355e-16, 2.00018790482477e-13, -8.60467152213735e-11, 5.12229709037114e-8, 1.48572235717979e-5,
  6.37261928875436e-4, 4.89352455891786e-3,
  1.19825839466702e-6, 1.18534705686654e-4, 2.2684346324390e-3, 4.89352518554385e-3, -7.90531110763549805, 7.90531110763549805,
]);

/**
 * Returns e^x for x in [-87, 88]; the caller clamps x. With x = n ln 2 + r, e^r is a polynomial, and 2^n is built as the
 * exponent of a float.
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
 * Returns e^x with a relative error below 4.3e-7. Returns 0 if the result would be subnormal (x < -87.33), infinity if
 * x >= 88.73. NaN stays NaN.
 */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  const half = expInRange(mul(clamp(x, splat(-88), splat(90)), splat(0.5))); // e^(x/2); its square reaches the largest float
  return v128.andnot(mul(half, half), f32x4.lt(x, splat(-87.33)));
}

/**
 * Returns 1 / (1 + e^-x). The relative error is below 3e-7 for x >= -87, the absolute error below 1.7e-38 for smaller x. NaN
 * stays NaN.
 */
// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  const e = expInRange(clamp(f32x4.neg(x), constant(REDUCE, 4), constant(REDUCE, 5)));
  return div(one(), add(one(), e));
}

/** Returns max(x, 0); NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function relu(x: v128): v128 {
  return v128.andnot(x, f32x4.lt(x, f32x4.splat(0)));
}

/**
 * Returns the hyperbolic tangent, at most 1 in magnitude. The absolute error is below 4.2e-7 everywhere and below 4e-43 for
 * |x| <= 2.5e-36. The relative error is below 5e-7 for |x| between 2.5e-36 and 7.9. NaN stays NaN.
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
 * Returns e^x - 1 for x <= 0, as 2 t / (1 - t) with t = tanh(x / 2). The relative error is below 4.3e-7 for x < -5e-36, the
 * absolute error below 8e-43 for larger x.
 */
// @ts-ignore: decorator
@inline
export function expm1(x: v128): v128 {
  const t = tanh(mul(x, splat(0.5)));
  return div(add(t, t), sub(one(), t));
}

// 2 / (2 k + 1) for k = 7 down to 0.
const LOG = memory.data<f32>([
  0.13333333333333333, 0.15384615384615385, 0.18181818181818182, 0.2222222222222222, 0.2857142857142857, 0.4,
  0.6666666666666666, 2,
]);

/**
 * Returns log(1 + x) for x in [0, 1] with a relative error below 2.6e-7. This is 2 atanh(s), s = x / (2 + x) <= 1/3, as a
 * power series.
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
