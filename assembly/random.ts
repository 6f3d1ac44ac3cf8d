// Counter-based random numbers: Philox 4x32 with 10 rounds (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
// SC 2011). A block under a seed gives four 32-bit words and depends on nothing else, so that any mask or draw can
// be made again from its seed and place.

import { load, mul, splat, store } from "./lane";

const WORDS = memory.data(16, 16);

/** Fills WORDS with a block. Seeds and block numbers are whole numbers below 2^53. */
function philox(seed: f64, block: f64): void {
  const key = <u64>seed, counter = <u64>block;
  let c0 = <u32>counter, c1 = <u32>(counter >> 32), c2: u32 = 0, c3: u32 = 0;
  let k0 = <u32>key, k1 = <u32>(key >> 32);
  for (let round = 0; round < 10; round++) {
    const p0 = <u64>0xd2511f53 * <u64>c0;
    const p1 = <u64>0xcd9e8d57 * <u64>c2;
    c0 = <u32>(p1 >> 32) ^ c1 ^ k0;
    c1 = <u32>p1;
    c2 = <u32>(p0 >> 32) ^ c3 ^ k1;
    c3 = <u32>p0;
    k0 += 0x9e3779b9;
    k1 += 0xbb67ae85;
  }
  i32.store(WORDS, c0);
  i32.store(WORDS, c1, 4);
  i32.store(WORDS, c2, 8);
  i32.store(WORDS, c3, 12);
}

/** Four floats in [0, 1), multiples of 2^-24. */
// @ts-ignore: decorator
@inline
function uniforms(seed: f64, block: f64): v128 {
  philox(seed, block);
  return mul(f32x4.convert_i32x4_u(i32x4.shr_u(v128.load(WORDS), 8)), splat(5.9604644775390625e-8));
}

/** One uniform number in [0, 1), a multiple of 2^-32. */
export function uniform(seed: f64, block: f64): f64 {
  philox(seed, block);
  return <f64>(<u32>i32.load(WORDS)) * 2.3283064365386963e-10;
}

/** to[n] uniform in [low, high), or high where the sum rounds to it: float i comes from block `block` + i / 4. */
export function fill_uniform(to: usize, low: f32, high: f32, n: i32, seed: f64, block: f64): void {
  const range = splat(high - low), base = splat(low);
  for (let i = 0; i < n; i += 4, to += 16, block++) {
    storeUpTo(to, f32x4.add(mul(uniforms(seed, block), range), base), n - i);
  }
}

/**
 * to[n] = from / (1 - p) with probability 1 - p, else 0; to may be from. The same seed and block give the same mask, so
 * the backward pass is the same call on the gradient.
 */
export function dropout(to: usize, from: usize, p: f32, n: i32, seed: f64, block: f64): void {
  const scale = splat(1 / (1 - p)), threshold = splat(p);
  for (let i = 0; i < n; i += 4, to += 16, from += 16, block++) {
    const keep = f32x4.ge(uniforms(seed, block), threshold);
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
