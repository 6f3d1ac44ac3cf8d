// Vector lanes. A kernel body is written once over v128 and used twice: with `load<v128>` / `store<v128>` for four
// floats at a time, and with `load<f32>` / `store<f32>` for one float in lane 0 (the tail of a row). The arithmetic is
// the same either way, so a result does not depend on its position in a row.
//
// Only this file distinguishes strict from relaxed SIMD. If it is compiled with --enable relaxed-simd, a multiply-add is fused.

/** Loads floats at p: four if T is a vector; otherwise one, into lane 0. */
// @ts-ignore: decorator
@inline
export function load<T>(p: usize): v128 {
  if (isVector<T>()) return v128.load(p);
  return v128.load32_zero(p);
}

/** Stores lanes of x at p: all four if T is a vector, otherwise lane 0 alone. */
// @ts-ignore: decorator
@inline
export function store<T>(p: usize, x: v128): void {
  if (isVector<T>()) v128.store(p, x);
  else v128.store_lane<f32>(p, x, 0);
}

// @ts-ignore: decorator
@inline
export function splat(x: f32): v128 {
  return f32x4.splat(x);
}

// @ts-ignore: decorator
@inline
export function add(a: v128, b: v128): v128 {
  return f32x4.add(a, b);
}

// @ts-ignore: decorator
@inline
export function sub(a: v128, b: v128): v128 {
  return f32x4.sub(a, b);
}

// @ts-ignore: decorator
@inline
export function mul(a: v128, b: v128): v128 {
  return f32x4.mul(a, b);
}

// @ts-ignore: decorator
@inline
export function div(a: v128, b: v128): v128 {
  return f32x4.div(a, b);
}

/** Returns a * b + c. The relaxed build may fuse this, so its last bit may differ between CPUs. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** Returns c - a * b. The relaxed build may fuse this, as in `madd`. */
// @ts-ignore: decorator
@inline
export function nmadd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_nmadd(a, b, c);
  return f32x4.sub(c, f32x4.mul(a, b));
}

/**
 * Loads constant i of a table made with `memory.data<f32>` into all lanes. Polynomials read their coefficients this way,
 * because V8 rebuilds a vector constant at each use. With vector constants, the gates of an LSTM took 1.7 times as long.
 */
// @ts-ignore: decorator
@inline
export function constant(table: usize, i: i32): v128 {
  return v128.load32_splat(table + ((<usize>i) << 2));
}

/** Clips x to [low, high]; NaN stays NaN. On x86, pmin and pmax take one instruction each; f32x4.min takes seven. */
// @ts-ignore: decorator
@inline
export function clamp(x: v128, low: v128, high: v128): v128 {
  return f32x4.pmax(f32x4.pmin(x, high), low);
}

const ONE = memory.data<f32>([1]);

/** Returns 1 in all lanes. */
// @ts-ignore: decorator
@inline
export function one(): v128 {
  return constant(ONE, 0);
}

const SMALLEST_NORMAL = memory.data<f32>([1.1754943508222875e-38]);

/**
 * Sets subnormal lanes of x to 0; NaN stays NaN. WebAssembly cannot flush subnormals in hardware, and arithmetic on them is
 * 10 to 100 times slower. So all values that are stored repeatedly (states, gradients, moments) pass through here.
 */
// @ts-ignore: decorator
@inline
export function flush(x: v128): v128 {
  return v128.andnot(x, f32x4.lt(f32x4.abs(x), constant(SMALLEST_NORMAL, 0)));
}

/** Returns the sum of the four lanes, pairwise: (0 + 2) + (1 + 3). */
// @ts-ignore: decorator
@inline
export function sum(x: v128): f32 {
  const y = f32x4.add(x, v128.shuffle<f32>(x, x, 2, 3, 0, 1));
  return f32x4.extract_lane(y, 0) + f32x4.extract_lane(y, 1);
}

/** Returns the address of float i of the array at p. */
// @ts-ignore: decorator
@inline
export function at(p: usize, i: i32): usize {
  return p + ((<usize>i) << 2);
}

/** Returns whether this is the relaxed build. */
export function relaxed(): bool {
  return ASC_FEATURE_RELAXED_SIMD;
}
