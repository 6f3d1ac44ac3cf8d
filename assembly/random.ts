// Counter-based random numbers: Philox 4x32 with 10 rounds (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
// SC 2011). Random numbers come in blocks of four 32-bit words. The words of a block depend only on the seed and the block's
// number. So any dropout mask or sample can be repeated from its seed and block number.

import { load, mul, splat, store } from "./lane";

const WORDS = memory.data(64, 16);

/**
 * Computes four blocks, those with the numbers `block` to `block` + 3. Each SIMD lane computes one block. The 16 words of the
 * four blocks are stored in WORDS. Seeds and block numbers are whole numbers below 2^53.
 */
function philox(seed: u64, block: u64): void {
  let c0 = i32x4.splat(<i32>block), c1 = i32x4.splat(<i32>(block >> 32));
  const low = i32x4.add(c0, i32x4(0, 1, 2, 3));
  // In the lanes where the sum `low` overflowed, lt_u returns -1. Subtracting -1 adds the carry to c1.
  c1 = i32x4.sub(c1, i32x4.lt_u(low, c0));
  c0 = low;
  let c2 = i32x4.splat(0), c3 = c2;
  let k0 = i32x4.splat(<i32>seed), k1 = i32x4.splat(<i32>(seed >> 32));
  const m0 = i32x4.splat(0xd2511f53), m1 = i32x4.splat(0xcd9e8d57);
  for (let round = 0; round < 10; round++) {
    const a = i64x2.extmul_low_i32x4_u(c0, m0), b = i64x2.extmul_high_i32x4_u(c0, m0);
    const c = i64x2.extmul_low_i32x4_u(c2, m1), d = i64x2.extmul_high_i32x4_u(c2, m1);
    c0 = v128.xor(v128.xor(v128.shuffle<i32>(c, d, 1, 3, 5, 7), c1), k0);
    c1 = v128.shuffle<i32>(c, d, 0, 2, 4, 6);
    c2 = v128.xor(v128.xor(v128.shuffle<i32>(a, b, 1, 3, 5, 7), c3), k1);
    c3 = v128.shuffle<i32>(a, b, 0, 2, 4, 6);
    k0 = i32x4.add(k0, i32x4.splat(0x9e3779b9));
    k1 = i32x4.add(k1, i32x4.splat(0xbb67ae85));
  }
  // Lane i of c0, c1, c2 and c3 holds the four words of block `block` + i. Stores the words of each block next to each other.
  const a = v128.shuffle<i32>(c0, c1, 0, 4, 1, 5), b = v128.shuffle<i32>(c2, c3, 0, 4, 1, 5);
  const c = v128.shuffle<i32>(c0, c1, 2, 6, 3, 7), d = v128.shuffle<i32>(c2, c3, 2, 6, 3, 7);
  v128.store(WORDS, v128.shuffle<i64>(a, b, 0, 2));
  v128.store(WORDS, v128.shuffle<i64>(a, b, 1, 3), 16);
  v128.store(WORDS, v128.shuffle<i64>(c, d, 0, 2), 32);
  v128.store(WORDS, v128.shuffle<i64>(c, d, 1, 3), 48);
}

/**
 * Returns four random numbers in [0, 1), made from the four words of block number `block` + i / 4. Each is a multiple of 2^-24.
 * The caller must pass i = 0, 4, 8 and so on, in this order. A call with i = 0, 16, 32 and so on fills WORDS for itself and for
 * the next three calls.
 */
// @ts-ignore: decorator
@inline
function uniforms(seed: u64, block: u64, i: i32): v128 {
  if ((i & 15) == 0) philox(seed, block + (i >> 2));
  const words = v128.load(WORDS + ((i & 15) << 2));
  return mul(f32x4.convert_i32x4_u(i32x4.shr_u(words, 8)), splat(5.9604644775390625e-8));
}

/** Returns a uniform random number in [0, 1), a multiple of 2^-32. */
export function uniform(seed: f64, block: f64): f64 {
  philox(<u64>seed, <u64>block);
  return <f64>(<u32>i32.load(WORDS)) * 2.3283064365386963e-10;
}

/**
 * Fills to[n] with uniform random numbers in [low, high). Because of rounding, a number may also equal `high`. A block of random
 * words gives four numbers: to[i] is made from block number `block` + floor(i / 4).
 */
export function fill_uniform(to: usize, low: f32, high: f32, n: i32, seed: f64, block: f64): void {
  const range = splat(high - low), base = splat(low), key = <u64>seed, first = <u64>block;
  for (let i = 0; i < n; i += 4, to += 16) {
    storeUpTo(to, f32x4.add(mul(uniforms(key, first, i), range), base), n - i);
  }
}

/**
 * to[n] = from / (1 - p) with probability 1 - p, otherwise 0. `to` may be `from`. The same seed and block give the same mask.
 * So for the backward pass, the host calls this kernel again with the gradient as `from`.
 */
export function dropout(to: usize, from: usize, p: f32, n: i32, seed: f64, block: f64): void {
  const scale = splat(1 / (1 - p)), threshold = splat(p), key = <u64>seed, first = <u64>block;
  for (let i = 0; i < n; i += 4, to += 16, from += 16) {
    const keep = f32x4.ge(uniforms(key, first, i), threshold);
    const x = n - i >= 4 ? load<v128>(from) : loadUpTo(from, n - i);
    storeUpTo(to, v128.and(keep, mul(x, scale)), n - i);
  }
}

const TAIL = memory.data(16, 16);

// @ts-ignore: decorator
@inline
function loadUpTo(from: usize, n: i32): v128 {
  memory.copy(TAIL, from, <usize>n << 2);
  return v128.load(TAIL);
}

// @ts-ignore: decorator
@inline
function storeUpTo(to: usize, x: v128, n: i32): void {
  if (n >= 4) store<v128>(to, x);
  else {
    v128.store(TAIL, x);
    memory.copy(to, TAIL, <usize>n << 2);
  }
}
