// @ts-nocheck: AssemblyScript, compiled by setup.mjs; its types are the compiler's own.

/** Twelve vectors: as many accumulators as a 6 x 8 tile of the matrix product holds in registers. */
const ACCUMULATORS = memory.data(192, 16);

function step(x: v128, factor: v128, summand: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(x, factor, summand);
  return f32x4.add(f32x4.mul(x, factor), summand);
}

/**
 * The most that this build can compute: n times 12 independent multiply-adds, 96 n operations, nothing loaded. Each result
 * is a factor of the next, so that no multiplication can be moved out of the loop. With 0 < factor < 1 the values stay
 * finite and normal.
 */
export function peak(n: i32, factor: f32, summand: f32): void {
  const a = f32x4.splat(factor);
  const b = f32x4.splat(summand);
  let x0 = v128.load(ACCUMULATORS);
  let x1 = v128.load(ACCUMULATORS, 16);
  let x2 = v128.load(ACCUMULATORS, 32);
  let x3 = v128.load(ACCUMULATORS, 48);
  let x4 = v128.load(ACCUMULATORS, 64);
  let x5 = v128.load(ACCUMULATORS, 80);
  let x6 = v128.load(ACCUMULATORS, 96);
  let x7 = v128.load(ACCUMULATORS, 112);
  let x8 = v128.load(ACCUMULATORS, 128);
  let x9 = v128.load(ACCUMULATORS, 144);
  let x10 = v128.load(ACCUMULATORS, 160);
  let x11 = v128.load(ACCUMULATORS, 176);
  for (; n > 0; n--) {
    x0 = step(x0, a, b);
    x1 = step(x1, a, b);
    x2 = step(x2, a, b);
    x3 = step(x3, a, b);
    x4 = step(x4, a, b);
    x5 = step(x5, a, b);
    x6 = step(x6, a, b);
    x7 = step(x7, a, b);
    x8 = step(x8, a, b);
    x9 = step(x9, a, b);
    x10 = step(x10, a, b);
    x11 = step(x11, a, b);
  }
  v128.store(ACCUMULATORS, x0);
  v128.store(ACCUMULATORS, x1, 16);
  v128.store(ACCUMULATORS, x2, 32);
  v128.store(ACCUMULATORS, x3, 48);
  v128.store(ACCUMULATORS, x4, 64);
  v128.store(ACCUMULATORS, x5, 80);
  v128.store(ACCUMULATORS, x6, 96);
  v128.store(ACCUMULATORS, x7, 112);
  v128.store(ACCUMULATORS, x8, 128);
  v128.store(ACCUMULATORS, x9, 144);
  v128.store(ACCUMULATORS, x10, 160);
  v128.store(ACCUMULATORS, x11, 176);
}
