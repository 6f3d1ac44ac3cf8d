// Softmax over the last axis of x[N, C], and cross-entropy of the result. Sums run in float32.

import { add, at, flush, load, madd, nmadd, splat, store, sub, sum } from "./lane";
import { exp } from "./math";

/** The bits of the float sqrt(1/2), as an integer. */
const ROOT_HALF = 0x3f3504f3;

/** Returns the largest of n floats. Ignores NaN, because a NaN in x makes the sum of exponentials NaN anyway. */
function largest(x: usize, n: i32): f32 {
  let m = f32x4.splat(-Infinity);
  const end = at(x, n);
  for (const body = at(x, n & ~3); x < body; x += 16) m = f32x4.pmax(m, load<v128>(x));
  for (; x < end; x += 4) m = f32x4.pmax(m, splat(f32.load(x)));
  m = f32x4.pmax(m, v128.shuffle<f32>(m, m, 2, 3, 0, 1));
  return max(f32x4.extract_lane(m, 0), f32x4.extract_lane(m, 1));
}

/** Returns the sum of exp(x - shift) over the n floats at x. If y is not 0, also stores the n values exp(x - shift) at y. */
function sumExp(y: usize, x: usize, shift: f32, n: i32): f32 {
  const s = splat(shift);
  let sums = f32x4.splat(0);
  const end = at(x, n);
  for (const body = at(x, n & ~3); x < body; x += 16) {
    const e = exp(sub(load<v128>(x), s));
    sums = add(sums, e);
    if (y) { store<v128>(y, e); y += 16; }
  }
  let rest: f32 = 0;
  for (; x < end; x += 4) {
    const e = exp(sub(load<f32>(x), s));
    rest += f32x4.extract_lane(e, 0);
    if (y) { store<f32>(y, e); y += 4; }
  }
  return sum(sums) + rest;
}

/**
 * Returns the natural logarithm of a positive normal float, computed in float64. Returns infinity and NaN unchanged. With
 * x = 2^n z and z in [sqrt(1/2), sqrt(2)), log x = n log 2 + log z. log z is the power series of 2 atanh(s) with
 * s = (z - 1) / (z + 1).
 */
function log(x: f32): f32 {
  if (!(x < Infinity)) return x;
  const n = reinterpret<i32>(x) - ROOT_HALF;
  const z = <f64>reinterpret<f32>((n & 0x7fffff) + ROOT_HALF);
  const s = (z - 1) / (z + 1), q = s * s;
  let p: f64 = 0;
  for (let k: f64 = 21; k > 0; k -= 2) p = p * q + 2 / k;
  return <f32>(<f64>(n >> 23) * Math.LN2 + p * s);
}

/**
 * Stores the logarithm of sum(exp(x)) of a row as two numbers: lse[2] = (m, log(sum(exp(x - m)))). m is the row's maximum. The
 * sum of the two numbers would lose digits in float32 if m is large.
 */
function logSumExp(lse: usize, x: usize, C: i32): void {
  const m = largest(x, C);
  f32.store(lse, m);
  f32.store(lse, log(sumExp(0, x, m, C)), 4);
}

/**
 * Returns the negative log-likelihood of one class, log(sum(exp(row))) - logit. `x` is the address of the logit. `lse` is the
 * address of the result of logSumExp for the row of logits.
 */
// @ts-ignore: decorator
@inline
function surprise(lse: usize, x: usize): f32 {
  return f32.load(lse, 4) - (f32.load(x) - f32.load(lse));
}

/** y[N, C] = exp(x) / sum(exp(x)), row by row. y may be x. */
export function softmax_forward(y: usize, x: usize, N: i32, C: i32): void {
  for (let i = 0; i < N; i++, x = at(x, C), y = at(y, C)) {
    const scale: f32 = 1 / sumExp(y, x, largest(x, C), C);
    let p = y;
    for (const end = at(y, C); p < end; p += 4) f32.store(p, f32.load(p) * scale);
  }
}

/** dx += y (dy - sum(dy y)). */
export function softmax_backward(dx: usize, dy: usize, y: usize, N: i32, C: i32): void {
  for (let i = 0; i < N; i++) {
    let s: f32 = 0;
    for (let j = 0; j < C; j++) s += f32.load(at(dy, j)) * f32.load(at(y, j));
    for (const end = at(dx, C); dx < end; dx += 4, dy += 4, y += 4) {
      f32.store(dx, f32.load(dx) + f32.load(y) * (f32.load(dy) - s));
    }
  }
}

/** y[N, C] = x - log(sum(exp(x))), row by row. y may be x. */
export function log_softmax_forward(y: usize, x: usize, N: i32, C: i32): void {
  for (let i = 0; i < N; i++) {
    const m = largest(x, C);
    const l = m == -Infinity ? m : log(sumExp(0, x, m, C));
    for (const end = at(x, C); x < end; x += 4, y += 4) f32.store(y, f32.load(x) - m - l);
  }
}

/** dx += dy - exp(y) sum(dy). */
export function log_softmax_backward(dx: usize, dy: usize, y: usize, N: i32, C: i32): void {
  for (let i = 0; i < N; i++) {
    let total: f32 = 0;
    for (let j = 0; j < C; j++) total += f32.load(at(dy, j));
    const s = splat(total), end = at(dx, C);
    for (const body = at(dx, C & ~3); dx < body; dx += 16, dy += 16, y += 16) logSlope<v128>(dx, dy, y, s);
    for (; dx < end; dx += 4, dy += 4, y += 4) logSlope<f32>(dx, dy, y, s);
  }
}

// @ts-ignore: decorator
@inline
function logSlope<T>(dx: usize, dy: usize, y: usize, s: v128): void {
  store<T>(dx, add(load<T>(dx), nmadd(exp(load<T>(y)), s, load<T>(dy))));
}

/**
 * Cross-entropy of the logits x[N, C] with class indices, as PyTorch defines it. For row i of x, with the target class
 * t = targets[i], e = smoothing and w = weight:
 *   nll(c) = log(sum(exp(x[i]))) - x[i, c]
 *   loss[i] = (1 - e) w[t] nll(t) + e / C * sum_c w[c] nll(c)
 *   kept[i] = w[t]
 * If t = ignored, loss[i] and kept[i] are 0. weight is [C]. If its address is 0, all weights are 1. lse[N, 2] is written for the
 * backward pass: the result of logSumExp for each row that is not ignored.
 */
export function cross_entropy_forward(
  loss: usize, kept: usize, lse: usize, x: usize, targets: usize, weight: usize,
  N: i32, C: i32, ignored: i32, smoothing: f32,
): void {
  for (let i = 0; i < N; i++, x = at(x, C), targets += 4, loss += 4, kept += 4, lse += 8) {
    const t = i32.load(targets);
    if (t == ignored) {
      f32.store(loss, 0);
      f32.store(kept, 0);
      continue;
    }
    logSumExp(lse, x, C);
    const w: f32 = weight ? f32.load(at(weight, t)) : 1;
    let value = (<f32>1 - smoothing) * w * surprise(lse, at(x, t));
    if (smoothing > 0) {
      let others: f32 = 0;
      for (let c = 0; c < C; c++) others += (weight ? f32.load(at(weight, c)) : 1) * surprise(lse, at(x, c));
      value += (smoothing / <f32>C) * others;
    }
    f32.store(loss, value);
    f32.store(kept, w);
  }
}

/**
 * The backward pass of cross_entropy_forward. upstream[N] is the gradient of loss. For row i of x[N, C], with the target class
 * t = targets[i], e = smoothing, w = weight and p = softmax(x[i]):
 *   dx[i, c] += upstream[i] ((1 - e) w[t] (p[c] - hot[c]) + e / C (p[c] sum(w) - w[c]))
 * hot[c] is 1 if c = t, otherwise 0. If t = ignored, nothing is added to row i. lse is from the forward pass.
 */
export function cross_entropy_backward(
  dx: usize, upstream: usize, lse: usize, x: usize, targets: usize, weight: usize,
  N: i32, C: i32, ignored: i32, smoothing: f32,
): void {
  let all = <f32>C;
  if (weight) {
    all = 0;
    for (let c = 0; c < C; c++) all += f32.load(at(weight, c));
  }
  const even = smoothing / <f32>C;
  for (let i = 0; i < N; i++, x = at(x, C), dx = at(dx, C), targets += 4, upstream += 4, lse += 8) {
    const t = i32.load(targets);
    if (t == ignored) continue;
    const up = f32.load(upstream);
    const hit = up * (<f32>1 - smoothing) * (weight ? f32.load(at(weight, t)) : 1);
    addProbabilities(dx, x, lse, hit + up * even * all, C);
    f32.store(at(dx, t), f32.load(at(dx, t)) - hit);
    if (smoothing > 0) {
      for (let c = 0; c < C; c++) {
        const w: f32 = weight ? f32.load(at(weight, c)) : 1;
        f32.store(at(dx, c), f32.load(at(dx, c)) - up * even * w);
      }
    }
  }
}

/** dx[C] += scale * softmax(x). `lse` is the result of logSumExp for x. */
function addProbabilities(dx: usize, x: usize, lse: usize, scale: f32, C: i32): void {
  const m = splat(f32.load(lse)), l = splat(f32.load(lse, 4)), s = splat(scale);
  const end = at(x, C);
  for (const body = at(x, C & ~3); x < body; x += 16, dx += 16) {
    store<v128>(dx, flush(madd(s, exp(sub(sub(load<v128>(x), m), l)), load<v128>(dx))));
  }
  for (; x < end; x += 4, dx += 4) {
    store<f32>(dx, flush(madd(s, exp(sub(sub(load<f32>(x), m), l)), load<f32>(dx))));
  }
}

/**
 * Cross-entropy of the logits x[N, C] with target probabilities q[N, C]. For row i, with e = smoothing and w = weight:
 *   nll(c) = log(sum(exp(x[i]))) - x[i, c]
 *   loss[i] = sum_c w[c] ((1 - e) q[i, c] + e / C) nll(c)
 * weight is [C]. If its address is 0, all weights are 1. lse[N, 2] is written for the backward pass: the result of logSumExp for
 * each row.
 */
export function soft_cross_entropy_forward(
  loss: usize, lse: usize, x: usize, q: usize, weight: usize, N: i32, C: i32, smoothing: f32,
): void {
  const even = smoothing / <f32>C;
  for (let i = 0; i < N; i++, loss += 4, lse += 8) {
    logSumExp(lse, x, C);
    let value: f32 = 0;
    for (let c = 0; c < C; c++, x += 4, q += 4) {
      const share = ((<f32>1 - smoothing) * f32.load(q) + even) * (weight ? f32.load(at(weight, c)) : 1);
      value += share * surprise(lse, x);
    }
    f32.store(loss, value);
  }
}

/**
 * The backward pass of soft_cross_entropy_forward. upstream[N] is the gradient of loss. For row i of x[N, C], with e = smoothing,
 * w = weight and p = softmax(x[i]):
 *   s[c] = w[c] ((1 - e) q[i, c] + e / C)
 *   dx[i, c] += upstream[i] (p[c] sum(s) - s[c])
 * lse is from the forward pass.
 */
export function soft_cross_entropy_backward(
  dx: usize, upstream: usize, lse: usize, x: usize, q: usize, weight: usize, N: i32, C: i32, smoothing: f32,
): void {
  const even = smoothing / <f32>C;
  for (let i = 0; i < N; i++, x = at(x, C), upstream += 4, lse += 8) {
    const up = f32.load(upstream);
    let all: f32 = 0;
    const row = dx;
    for (let c = 0; c < C; c++, dx += 4, q += 4) {
      const share = ((<f32>1 - smoothing) * f32.load(q) + even) * (weight ? f32.load(at(weight, c)) : 1);
      all += share;
      f32.store(dx, f32.load(dx) - up * share);
    }
    addProbabilities(row, x, lse, up * all, C);
  }
}
