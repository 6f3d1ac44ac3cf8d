// @ts-nocheck: AssemblyScript, compiled by setup.mjs; its types are the compiler's own.
//
// Measures the maximum speed of a build, in chains that do not wait for each other. With factor 0 all values stay 0,
// which the compiler cannot know.

/** Start and end values of the chains: loaded and stored as a block, which lets V8 pair them into 256 bits. */
const CHAINS = memory.data(192, 16);

/** Factors of the strict chains. */
const FACTORS = memory.data(288, 16);

/** Returns the operations of a round; a fused multiply-add counts 2. */
export function operations(): i32 {
  return ASC_FEATURE_RELAXED_SIMD ? 12 * 8 : 10 * 8;
}

/** Runs n rounds. */
export function peak(n: i32, factor: f32): void {
  if (ASC_FEATURE_RELAXED_SIMD) fused(n, f32x4.splat(factor));
  else separate(n, f32x4.splat(factor));
}

/** Runs fused multiply-adds without loads; twelve chains, as many as a 6 x 8 tile of the matrix product holds in registers. */
function fused(n: i32, a: v128): void {
  let x0 = v128.load(CHAINS);
  let x1 = v128.load(CHAINS, 16);
  let x2 = v128.load(CHAINS, 32);
  let x3 = v128.load(CHAINS, 48);
  let x4 = v128.load(CHAINS, 64);
  let x5 = v128.load(CHAINS, 80);
  let x6 = v128.load(CHAINS, 96);
  let x7 = v128.load(CHAINS, 112);
  let x8 = v128.load(CHAINS, 128);
  let x9 = v128.load(CHAINS, 144);
  let x10 = v128.load(CHAINS, 160);
  let x11 = v128.load(CHAINS, 176);
  for (; n > 0; n--) {
    x0 = f32x4.relaxed_madd(x0, a, a);
    x1 = f32x4.relaxed_madd(x1, a, a);
    x2 = f32x4.relaxed_madd(x2, a, a);
    x3 = f32x4.relaxed_madd(x3, a, a);
    x4 = f32x4.relaxed_madd(x4, a, a);
    x5 = f32x4.relaxed_madd(x5, a, a);
    x6 = f32x4.relaxed_madd(x6, a, a);
    x7 = f32x4.relaxed_madd(x7, a, a);
    x8 = f32x4.relaxed_madd(x8, a, a);
    x9 = f32x4.relaxed_madd(x9, a, a);
    x10 = f32x4.relaxed_madd(x10, a, a);
    x11 = f32x4.relaxed_madd(x11, a, a);
  }
  v128.store(CHAINS, x0);
  v128.store(CHAINS, x1, 16);
  v128.store(CHAINS, x2, 32);
  v128.store(CHAINS, x3, 48);
  v128.store(CHAINS, x4, 64);
  v128.store(CHAINS, x5, 80);
  v128.store(CHAINS, x6, 96);
  v128.store(CHAINS, x7, 112);
  v128.store(CHAINS, x8, 128);
  v128.store(CHAINS, x9, 144);
  v128.store(CHAINS, x10, 160);
  v128.store(CHAINS, x11, 176);
}

/**
 * Runs a multiplication and an addition in each chain. One factor is loaded every time, or the compiler could move the
 * products out of the loop. Only the addition waits for the last round, so ten chains are enough; with the products they fill
 * the registers.
 */
function separate(n: i32, a: v128): void {
  let x0 = v128.load(CHAINS);
  let x1 = v128.load(CHAINS, 16);
  let x2 = v128.load(CHAINS, 32);
  let x3 = v128.load(CHAINS, 48);
  let x4 = v128.load(CHAINS, 64);
  let x5 = v128.load(CHAINS, 80);
  let x6 = v128.load(CHAINS, 96);
  let x7 = v128.load(CHAINS, 112);
  let x8 = v128.load(CHAINS, 128);
  let x9 = v128.load(CHAINS, 144);
  for (; n > 0; n--) {
    const p = FACTORS + ((n & 7) << 4);
    x0 = f32x4.add(x0, f32x4.mul(v128.load(p), a));
    x1 = f32x4.add(x1, f32x4.mul(v128.load(p, 16), a));
    x2 = f32x4.add(x2, f32x4.mul(v128.load(p, 32), a));
    x3 = f32x4.add(x3, f32x4.mul(v128.load(p, 48), a));
    x4 = f32x4.add(x4, f32x4.mul(v128.load(p, 64), a));
    x5 = f32x4.add(x5, f32x4.mul(v128.load(p, 80), a));
    x6 = f32x4.add(x6, f32x4.mul(v128.load(p, 96), a));
    x7 = f32x4.add(x7, f32x4.mul(v128.load(p, 112), a));
    x8 = f32x4.add(x8, f32x4.mul(v128.load(p, 128), a));
    x9 = f32x4.add(x9, f32x4.mul(v128.load(p, 144), a));
  }
  v128.store(CHAINS, x0);
  v128.store(CHAINS, x1, 16);
  v128.store(CHAINS, x2, 32);
  v128.store(CHAINS, x3, 48);
  v128.store(CHAINS, x4, 64);
  v128.store(CHAINS, x5, 80);
  v128.store(CHAINS, x6, 96);
  v128.store(CHAINS, x7, 112);
  v128.store(CHAINS, x8, 128);
  v128.store(CHAINS, x9, 144);
}
