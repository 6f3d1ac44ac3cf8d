// Arithmetic on v128, a vector of four floats (lanes). The body of a kernel is written once and compiled for two types. With
// `load<v128>` and `store<v128>`, it computes four floats at a time. With `load<f32>` and `store<f32>`, it computes one float in
// lane 0, for the last 0 to 3 floats of a row. The arithmetic is the same, so a result does not depend on its position in a row.
//
// Only this file distinguishes strict from relaxed SIMD. The relaxed build is compiled with --enable relaxed-simd. In it, the CPU
// may compute a multiplication and an addition as one fused operation.

/** Loads four floats at p if T is a vector. Otherwise loads one float into lane 0. */
// @ts-ignore: decorator
@inline
export function load<T>(p: usize): v128 {
  if (isVector<T>()) return v128.load(p);
  return v128.load32_zero(p);
}

/** Stores all four lanes of x at p if T is a vector. Otherwise stores lane 0 only. */
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

/** Returns a * b + c. In the relaxed build, the CPU may fuse the two operations, so the last bit may differ between CPUs. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** Returns c - a * b. In the relaxed build, the last bit may differ between CPUs, as in `madd`. */
// @ts-ignore: decorator
@inline
export function nmadd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_nmadd(a, b, c);
  return f32x4.sub(c, f32x4.mul(a, b));
}

/**
 * Loads float i of a table, made with `memory.data<f32>`, into all lanes. Polynomials read their coefficients from such tables
 * because V8 rebuilds a vector constant at each use. With vector constants, the gates of an LSTM took 1.7 times as long.
 */
// @ts-ignore: decorator
@inline
export function constant(table: usize, i: i32): v128 {
  return v128.load32_splat(table + ((<usize>i) << 2));
}

/** Clips x to [low, high]. NaN stays NaN. On x86, pmin and pmax take one instruction each, but f32x4.min takes seven. */
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
 * Sets subnormal lanes of x to 0. NaN stays NaN. WebAssembly cannot flush subnormals in hardware, and arithmetic on subnormals
 * is 10 to 100 times slower. So every value that feeds later steps (states, gradients, moments) is flushed before it is stored.
 */
// @ts-ignore: decorator
@inline
export function flush(x: v128): v128 {
  return v128.andnot(x, f32x4.lt(f32x4.abs(x), constant(SMALLEST_NORMAL, 0)));
}

/** Returns the sum of the four lanes, in this order: (lane 0 + lane 2) + (lane 1 + lane 3). */
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

/** Returns whether the kernels were compiled with relaxed SIMD. */
export function relaxed(): bool {
  return ASC_FEATURE_RELAXED_SIMD;
}
