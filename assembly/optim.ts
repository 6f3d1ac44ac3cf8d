// One update of n parameters p from their gradients g, as torch.optim defines it. In the formulas, g includes the weight decay: g
// stands for g + decay * p. Moments are flushed (see lane.ts), because the moving average of a vanished gradient would become
// subnormal and slow. The factors of moving averages (alpha, rho, b1, b2) are float64, because the kernels compute 1 - factor. In
// float32, this difference would lose digits: four digits if the factor is 0.9999.

import { add, at, div, flush, load, madd, mul, nmadd, splat, store } from "./lane";

// @ts-ignore: decorator
@inline
function sqrt(x: v128): v128 {
  return f32x4.sqrt(x);
}

/**
 * Stochastic gradient descent. If momentum is 0: p -= lr g.
 * Otherwise: b = first ? g : momentum b + (1 - dampening) g; p -= lr (nesterov ? g + momentum b : b).
 * b[n] is the momentum buffer. `first` is true at the first update, when b has no values yet.
 */
export function sgd(
  p: usize, g: usize, b: usize, n: i32, lr: f32, momentum: f32, dampening: f64, decay: f32, nesterov: bool, first: bool,
): void {
  const end = at(p, n);
  for (const body = at(p, n & ~3); p < body; p += 16, g += 16, b += 16) {
    sgdStep<v128>(p, g, b, lr, momentum, dampening, decay, nesterov, first);
  }
  for (; p < end; p += 4, g += 4, b += 4) sgdStep<f32>(p, g, b, lr, momentum, dampening, decay, nesterov, first);
}

// @ts-ignore: decorator
@inline
function sgdStep<T>(
  p: usize, g: usize, b: usize, lr: f32, momentum: f32, dampening: f64, decay: f32, nesterov: bool, first: bool,
): void {
  const x = load<T>(p);
  let d = madd(splat(decay), x, load<T>(g));
  if (momentum != 0) {
    const m = first ? d : flush(madd(splat(momentum), load<T>(b), mul(splat(<f32>(1 - dampening)), d)));
    store<T>(b, m);
    d = nesterov ? madd(splat(momentum), m, d) : m;
  }
  store<T>(p, nmadd(splat(lr), d, x));
}

/**
 * RMSprop. v is the moving average of g^2, mean is the moving average of g, and b is the momentum buffer. All are [n].
 *   v = alpha v + (1 - alpha) g^2
 *   if `centered` is true:  mean = alpha mean + (1 - alpha) g; u = g / (sqrt(v - mean^2) + eps)
 *   otherwise:              u = g / (sqrt(v) + eps)
 *   if momentum is 0:       p -= lr u
 *   otherwise:              b = momentum b + u; p -= lr b
 */
export function rmsprop(
  p: usize, g: usize, v: usize, mean: usize, b: usize, n: i32,
  lr: f32, alpha: f64, eps: f32, momentum: f32, decay: f32, centered: bool,
): void {
  const end = at(p, n);
  for (const body = at(p, n & ~3); p < body; p += 16, g += 16, v += 16, mean += 16, b += 16) {
    rmspropStep<v128>(p, g, v, mean, b, lr, alpha, eps, momentum, decay, centered);
  }
  for (; p < end; p += 4, g += 4, v += 4, mean += 4, b += 4) {
    rmspropStep<f32>(p, g, v, mean, b, lr, alpha, eps, momentum, decay, centered);
  }
}

// @ts-ignore: decorator
@inline
function rmspropStep<T>(
  p: usize, g: usize, v: usize, mean: usize, b: usize,
  lr: f32, alpha: f64, eps: f32, momentum: f32, decay: f32, centered: bool,
): void {
  const x = load<T>(p), keep = splat(<f32>alpha), take = splat(<f32>(1 - alpha));
  const d = madd(splat(decay), x, load<T>(g));
  const square = flush(madd(keep, load<T>(v), mul(take, mul(d, d))));
  store<T>(v, square);
  let variance = square;
  if (centered) {
    const m = flush(madd(keep, load<T>(mean), mul(take, d)));
    store<T>(mean, m);
    variance = nmadd(m, m, square);
  }
  let u = div(d, add(sqrt(variance), splat(eps)));
  if (momentum != 0) {
    u = flush(madd(splat(momentum), load<T>(b), u));
    store<T>(b, u);
  }
  store<T>(p, nmadd(splat(lr), u, x));
}

/** s += g^2; p -= lr g / (sqrt(s) + eps). */
export function adagrad(p: usize, g: usize, s: usize, n: i32, lr: f32, eps: f32, decay: f32): void {
  const end = at(p, n);
  for (const body = at(p, n & ~3); p < body; p += 16, g += 16, s += 16) adagradStep<v128>(p, g, s, lr, eps, decay);
  for (; p < end; p += 4, g += 4, s += 4) adagradStep<f32>(p, g, s, lr, eps, decay);
}

// @ts-ignore: decorator
@inline
function adagradStep<T>(p: usize, g: usize, s: usize, lr: f32, eps: f32, decay: f32): void {
  const x = load<T>(p);
  const d = madd(splat(decay), x, load<T>(g));
  const square = flush(madd(d, d, load<T>(s)));
  store<T>(s, square);
  store<T>(p, nmadd(splat(lr), div(d, add(sqrt(square), splat(eps))), x));
}

/**
 * Adadelta. v is the moving average of g^2. a is the moving average of u^2, where u is the step before it is multiplied by lr.
 *   v = rho v + (1 - rho) g^2; u = g sqrt(a + eps) / sqrt(v + eps); a = rho a + (1 - rho) u^2; p -= lr u
 */
export function adadelta(p: usize, g: usize, v: usize, a: usize, n: i32, lr: f32, rho: f64, eps: f32, decay: f32): void {
  const end = at(p, n);
  for (const body = at(p, n & ~3); p < body; p += 16, g += 16, v += 16, a += 16) {
    adadeltaStep<v128>(p, g, v, a, lr, rho, eps, decay);
  }
  for (; p < end; p += 4, g += 4, v += 4, a += 4) adadeltaStep<f32>(p, g, v, a, lr, rho, eps, decay);
}

// @ts-ignore: decorator
@inline
function adadeltaStep<T>(p: usize, g: usize, v: usize, a: usize, lr: f32, rho: f64, eps: f32, decay: f32): void {
  const x = load<T>(p), keep = splat(<f32>rho), take = splat(<f32>(1 - rho)), e = splat(eps);
  const d = madd(splat(decay), x, load<T>(g));
  const square = flush(madd(keep, load<T>(v), mul(take, mul(d, d))));
  store<T>(v, square);
  const delta = load<T>(a);
  const u = mul(d, div(sqrt(add(delta, e)), sqrt(add(square, e))));
  store<T>(a, flush(madd(keep, delta, mul(take, mul(u, u)))));
  store<T>(p, nmadd(splat(lr), u, x));
}

/**
 * Adam and AdamW. m is the moving average of g, and v is the moving average of g^2.
 *   m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; if amsgrad, largest = max(largest, v);
 *   p -= rate m / (sqrt(amsgrad ? largest : v) * root + eps)
 * At step k, the host passes rate = lr / (1 - b1^k) and root = 1 / sqrt(1 - b2^k). If `decoupled` is false (Adam), decay * p is
 * first added to g. If it is true (AdamW), p is first multiplied by 1 - lr * decay instead.
 */
export function adam(
  p: usize, g: usize, m: usize, v: usize, largest: usize, n: i32,
  lr: f32, rate: f32, root: f32, b1: f64, b2: f64, eps: f32, decay: f32, decoupled: bool, amsgrad: bool,
): void {
  const end = at(p, n);
  for (const body = at(p, n & ~3); p < body; p += 16, g += 16, m += 16, v += 16, largest += 16) {
    adamStep<v128>(p, g, m, v, largest, lr, rate, root, b1, b2, eps, decay, decoupled, amsgrad);
  }
  for (; p < end; p += 4, g += 4, m += 4, v += 4, largest += 4) {
    adamStep<f32>(p, g, m, v, largest, lr, rate, root, b1, b2, eps, decay, decoupled, amsgrad);
  }
}

// @ts-ignore: decorator
@inline
function adamStep<T>(
  p: usize, g: usize, m: usize, v: usize, largest: usize,
  lr: f32, rate: f32, root: f32, b1: f64, b2: f64, eps: f32, decay: f32, decoupled: bool, amsgrad: bool,
): void {
  let x = load<T>(p), d = load<T>(g);
  if (decoupled) x = mul(x, splat(1 - lr * decay));
  else d = madd(splat(decay), x, d);
  const mean = flush(madd(splat(<f32>b1), load<T>(m), mul(splat(<f32>(1 - b1)), d)));
  let square = flush(madd(splat(<f32>b2), load<T>(v), mul(splat(<f32>(1 - b2)), mul(d, d))));
  store<T>(m, mean);
  store<T>(v, square);
  if (amsgrad) {
    square = f32x4.max(square, load<T>(largest));
    store<T>(largest, square);
  }
  store<T>(p, nmadd(splat(rate), div(mean, madd(sqrt(square), splat(root), splat(eps))), x));
}
