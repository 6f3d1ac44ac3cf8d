// Elementwise functions of one or two tensors, with the broadcasting of NumPy.

import { word } from "./graph-copy";
import { at } from "./lane";

export const BINARY_ADD: i32 = 0;
export const BINARY_SUB: i32 = 1;
export const BINARY_MUL: i32 = 2;
export const BINARY_DIV: i32 = 3;
export const BINARY_MAX: i32 = 4; // NaN if one is NaN
export const BINARY_MIN: i32 = 5; // NaN if one is NaN
export const BINARY_PRELU: i32 = 6; // x, or x y if x < 0

export const UNARY_NEG: i32 = 0;
export const UNARY_ABS: i32 = 1;
export const UNARY_SQRT: i32 = 2;
export const UNARY_RECIPROCAL: i32 = 3;
export const UNARY_FLOOR: i32 = 4;
export const UNARY_CEIL: i32 = 5;
export const UNARY_ROUND: i32 = 6; // halves to even numbers
export const UNARY_SQUARE: i32 = 7;
export const UNARY_CLIP: i32 = 8; // from alpha to beta
export const UNARY_HARD_SWISH: i32 = 9; // x clip(x / 6 + 1 / 2, 0, 1)

// @ts-ignore: decorator
@inline
function two(f: i32, x: v128, y: v128): v128 {
  if (f == BINARY_ADD) return f32x4.add(x, y);
  if (f == BINARY_SUB) return f32x4.sub(x, y);
  if (f == BINARY_MUL) return f32x4.mul(x, y);
  if (f == BINARY_DIV) return f32x4.div(x, y);
  if (f == BINARY_MAX) return f32x4.max(x, y);
  if (f == BINARY_MIN) return f32x4.min(x, y);
  return v128.bitselect(f32x4.mul(x, y), x, f32x4.lt(x, f32x4.splat(0)));
}

/** A row of n elements. The distance of neighbours in x and in y is any; vectors are used if it is 0 or 1. */
// @ts-ignore: decorator
@inline
function row(f: i32, to: usize, x: usize, y: usize, n: i32, xStep: i32, yStep: i32): void {
  let i = 0;
  if (<u32>xStep <= 1 && <u32>yStep <= 1) {
    const xAll = v128.load32_splat(x), yAll = v128.load32_splat(y);
    for (const body = n & ~3; i < body; i += 4) {
      v128.store(at(to, i), two(f, xStep ? v128.load(at(x, i)) : xAll, yStep ? v128.load(at(y, i)) : yAll));
    }
  }
  for (; i < n; i++) {
    v128.store_lane<f32>(at(to, i), two(f, v128.load32_zero(at(x, i * xStep)), v128.load32_zero(at(y, i * yStep))), 0);
  }
}

function rowOf(f: i32, to: usize, x: usize, y: usize, n: i32, xStep: i32, yStep: i32): void {
  if (f == BINARY_ADD) row(BINARY_ADD, to, x, y, n, xStep, yStep);
  else if (f == BINARY_SUB) row(BINARY_SUB, to, x, y, n, xStep, yStep);
  else if (f == BINARY_MUL) row(BINARY_MUL, to, x, y, n, xStep, yStep);
  else row(f, to, x, y, n, xStep, yStep);
}

/** to = f(x, y). `to` is in C order; `axes` has the strides of x, then those of y. `to` may be x or y if that one is not broadcast. */
export function binary_forward(f: i32, to: usize, x: usize, y: usize, axes: usize): void {
  binaryAxis(f, to, x, y, axes, 0, word(axes, 0));
}

/** Returns the address behind what was written. */
function binaryAxis(f: i32, to: usize, x: usize, y: usize, axes: usize, axis: i32, rank: i32): usize {
  const n = word(axes, 1 + axis), xStep = word(axes, 1 + rank + axis), yStep = word(axes, 1 + 2 * rank + axis);
  if (axis == rank - 1) {
    rowOf(f, to, x, y, n, xStep, yStep);
    return at(to, n);
  }
  for (let i = 0; i < n; i++, x = at(x, xStep), y = at(y, yStep)) to = binaryAxis(f, to, x, y, axes, axis + 1, rank);
  return to;
}

// @ts-ignore: decorator
@inline
function one(f: i32, x: v128, alpha: v128, beta: v128): v128 {
  if (f == UNARY_NEG) return f32x4.neg(x);
  if (f == UNARY_ABS) return f32x4.abs(x);
  if (f == UNARY_SQRT) return f32x4.sqrt(x);
  if (f == UNARY_RECIPROCAL) return f32x4.div(f32x4.splat(1), x);
  if (f == UNARY_FLOOR) return f32x4.floor(x);
  if (f == UNARY_CEIL) return f32x4.ceil(x);
  if (f == UNARY_ROUND) return f32x4.nearest(x);
  if (f == UNARY_SQUARE) return f32x4.mul(x, x);
  if (f == UNARY_CLIP) return f32x4.min(f32x4.max(x, alpha), beta);
  const gate = f32x4.add(f32x4.mul(x, f32x4.splat(<f32>(1.0 / 6))), f32x4.splat(0.5));
  return f32x4.mul(x, f32x4.min(f32x4.max(gate, f32x4.splat(0)), f32x4.splat(1)));
}

/** to = f(x) for n floats. */
export function unary_forward(f: i32, to: usize, x: usize, n: i32, alpha: f32, beta: f32): void {
  const a = f32x4.splat(alpha), b = f32x4.splat(beta);
  const end = at(to, n);
  for (const body = at(to, n & ~3); to < body; to += 16, x += 16) v128.store(to, one(f, v128.load(x), a, b));
  for (; to < end; to += 4, x += 4) v128.store_lane<f32>(to, one(f, v128.load32_zero(x), a, b), 0);
}
