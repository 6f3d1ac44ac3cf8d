// Products with weights of 8 bits. Each row of weights has a scale: weight = scale * q with a whole number q from -127 to 127. Each
// row of activations is quantised when it is multiplied: activation = scale * q with q from -63 to 63. Then
//
//   y[o] += (scale of the activations * scale of weights o) * sum of q[i] * q[o, i] over i
//
// The sum is a whole number and exact, and the other operations are not fused, so strict and relaxed builds give the same bits.
// The relaxed build multiplies four pairs at a time. It needs activations from 0 to 127, so it adds 64 to each and subtracts
// 64 * (sum of q[o, i]) from the sum. The strict build extends weights to 16 bits and multiplies two pairs at a time.
//
// A packed matrix consists of panels of 32 outputs. The sums of a panel are eight vectors, so that eight operations are in flight.
//
//   panel: 32 scales | 32 sums to start with | inputs 0..WIDTH-1 of output 0, of output 1, ... | inputs WIDTH..2*WIDTH-1 ...
//
// The last panel has outputs of zeros at its end, and the inputs of a panel are a multiple of 4. Tables, whose rows are read one at a
// time, have panels of one output.

import { checkArray, checkMatrix } from "./check";
import { largest_magnitude } from "./clip";
import { add, at, load, mul, splat, store } from "./lane";
import { scratch } from "./scratch";

/** Inputs of an output that lie side by side. */
// @ts-ignore: decorator
@inline
const WIDTH: i32 = ASC_FEATURE_RELAXED_SIMD ? 4 : 2;

/** Number that is added to each quantised activation. */
// @ts-ignore: decorator
@inline
const ZERO: i32 = ASC_FEATURE_RELAXED_SIMD ? 64 : 0;

/** Bytes of a quantised number in scratch memory. */
// @ts-ignore: decorator
@inline
const BYTES: usize = ASC_FEATURE_RELAXED_SIMD ? 1 : 2;

/** Outputs of a panel that `gemm` reads. */
export const PANEL: i32 = 32;

/** Bytes before a quantised row of activations. */
// @ts-ignore: decorator
@inline
const ROW_HEAD: usize = 4;

/** A scale below this limit counts as 0, since the scale would lose digits. */
// @ts-ignore: decorator
@inline
const SMALLEST: f32 = 1e-36;

/** Returns the number of bytes in a panel. */
// @ts-ignore: decorator
@inline
function panelSize(K: i32, panel: i32): usize {
  return <usize>(8 + ((K + 3) & ~3)) * panel;
}

/** Returns the number of bytes in a B[K, N] that is packed in panels of `panel` outputs. */
export function int8_size(K: i32, N: i32, panel: i32): usize {
  return <usize>((N + panel - 1) / panel) * panelSize(K, panel);
}

/** Quantises n floats to whole numbers from -limit to limit, and adds `zero` to each. Returns the scale. */
function quantize(to: usize, x: usize, n: i32, limit: f32, zero: i32): f32 {
  let scale = largest_magnitude(x, n) / limit;
  if (scale < SMALLEST) scale = 0;
  const s = splat(scale), z = i32x4.splat(zero), end = at(x, n);
  for (const body = at(x, n & ~3); x < body; x += 16, to += 4 * BYTES) quantizeLanes<v128>(to, x, s, z);
  for (; x < end; x += 4, to += BYTES) quantizeLanes<f32>(to, x, s, z);
  return scale;
}

// @ts-ignore: decorator
@inline
function quantizeLanes<T>(to: usize, x: usize, scale: v128, zero: v128): void {
  let q = i32x4.add(i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.div(load<T>(x), scale))), zero);
  q = i16x8.narrow_i32x4_s(q, q);
  if (ASC_FEATURE_RELAXED_SIMD) {
    q = i8x16.narrow_i16x8_s(q, q);
    if (isVector<T>()) v128.store_lane<i32>(to, q, 0);
    else v128.store_lane<i8>(to, q, 0);
  } else {
    if (isVector<T>()) v128.store_lane<i64>(to, q, 0);
    else v128.store_lane<i16>(to, q, 0);
  }
}

/**
 * Packs B[K, N] as 8-bit integers from its transpose w [N, K], such as the weight [out, in] in y = x W^T. Row n of w starts at float
 * n * ldw. The scale of row n is max|w| / 127. K is at most 65,536. `panel` is the number of outputs of a panel, a power of 2: PANEL for
 * `gemm`, which takes the address `to` + 1, and 1 for a table.
 */
export function pack_int8(to: usize, w: usize, ldw: i32, K: i32, N: i32, panel: i32): void {
  assert(K <= 65536, "too many inputs for 8 bits");
  checkArray(to, <i32>(int8_size(K, N, panel) >> 2));
  checkMatrix(w, ldw, N, K);
  memory.fill(to, 0, int8_size(K, N, panel));
  for (let n = 0; n < N; n++, w = at(w, ldw)) {
    const column = n & (panel - 1);
    const scales = to + <usize>(n / panel) * panelSize(K, panel);
    const numbers = scales + <usize>(8 * panel + column * WIDTH);
    f32.store(at(scales, column), quantize(scratch(), w, K, 127, 0));
    let sum = 0;
    for (let k = 0; k < K; k++) {
      const q: i32 = i32.load8_s(scratch() + <usize>k * BYTES);
      i32.store8(numbers + (k & -WIDTH) * panel + (k & (WIDTH - 1)), q);
      sum -= ZERO * q;
    }
    i32.store(at(scales, column + panel), sum);
  }
}

const SUMS = memory.data(128, 16);

/** Adds the products of i inputs and four outputs to `sums`: four inputs at once in the relaxed build, two in the strict build. */
// @ts-ignore: decorator
@inline
function dot(weights: v128, inputs: v128, sums: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i32x4.relaxed_dot_i8x16_i7x16_add_s(weights, inputs, sums);
  return i32x4.add(sums, i32x4.dot_i16x8_s(weights, inputs));
}

/** Adds the product of a quantised row at q and a panel of `size` bytes to `columns` floats at c, at most PANEL. */
function multiplyPanel(c: usize, columns: i32, q: usize, panel: usize, size: usize): void {
  let s0 = v128.load(panel, 128), s1 = v128.load(panel, 144), s2 = v128.load(panel, 160), s3 = v128.load(panel, 176);
  let s4 = v128.load(panel, 192), s5 = v128.load(panel, 208), s6 = v128.load(panel, 224), s7 = v128.load(panel, 240);
  let x = q + ROW_HEAD, w = panel + 8 * PANEL;
  for (const end = panel + size; w < end; x += 4, w += PANEL * WIDTH) {
    const a = v128.load32_splat(x);
    if (ASC_FEATURE_RELAXED_SIMD) {
      s0 = dot(v128.load(w), a, s0); s1 = dot(v128.load(w, 16), a, s1); s2 = dot(v128.load(w, 32), a, s2);
      s3 = dot(v128.load(w, 48), a, s3); s4 = dot(v128.load(w, 64), a, s4); s5 = dot(v128.load(w, 80), a, s5);
      s6 = dot(v128.load(w, 96), a, s6); s7 = dot(v128.load(w, 112), a, s7);
    } else {
      s0 = dot(v128.load8x8_s(w), a, s0); s1 = dot(v128.load8x8_s(w, 8), a, s1); s2 = dot(v128.load8x8_s(w, 16), a, s2);
      s3 = dot(v128.load8x8_s(w, 24), a, s3); s4 = dot(v128.load8x8_s(w, 32), a, s4); s5 = dot(v128.load8x8_s(w, 40), a, s5);
      s6 = dot(v128.load8x8_s(w, 48), a, s6); s7 = dot(v128.load8x8_s(w, 56), a, s7);
    }
  }
  let sums = SUMS;
  v128.store(sums, s0); v128.store(sums, s1, 16); v128.store(sums, s2, 32); v128.store(sums, s3, 48);
  v128.store(sums, s4, 64); v128.store(sums, s5, 80); v128.store(sums, s6, 96); v128.store(sums, s7, 112);
  const scale = v128.load32_splat(q), end = at(c, columns);
  for (const body = at(c, columns & ~3); c < body; c += 16, panel += 16, sums += 16) addScaled<v128>(c, panel, sums, scale);
  for (; c < end; c += 4, panel += 4, sums += 4) addScaled<f32>(c, panel, sums, scale);
}

// @ts-ignore: decorator
@inline
function addScaled<T>(c: usize, scales: usize, sums: usize, scale: v128): void {
  store<T>(c, add(load<T>(c), mul(mul(load<T>(scales), scale), f32x4.convert_i32x4_s(load<T>(sums)))));
}

/** C[M, N] += A[M, K] * B[K, N] for a B that `pack_int8` packed. The distances are those of `gemm`. */
export function multiplyInt8(
  c: usize, cStep: usize, a: usize, aStep: usize, packed: usize, M: i32, N: i32, K: i32,
): void {
  const row = scratch(), size = panelSize(K, PANEL);
  for (; M > 0; M--, c += cStep, a += aStep) {
    f32.store(row, quantize(row + ROW_HEAD, a, K, 63, ZERO));
    let panel = packed;
    for (let n = 0; n < N; n += PANEL, panel += size) multiplyPanel(at(c, n), min(PANEL, N - n), row, panel, size);
  }
}

/**
 * to[i] += entry index[i] of a table, for i < M. An entry has `blocks` rows of N numbers, which `pack_int8` has packed in panels of
 * one output. The host has checked the indices.
 */
export function add_int8_rows(to: usize, ld: i32, table: usize, index: usize, M: i32, blocks: i32, N: i32): void {
  checkMatrix(to, ld, M, blocks * N);
  checkArray(index, M);
  const size = panelSize(N, 1);
  for (let i = 0; i < M; i++, to = at(to, ld), index += 4) {
    let row = table + <usize>(i32.load(index) * blocks) * size, y = to;
    for (let b = 0; b < blocks; b++, row += size) {
      const scale = f32.load(row), s = splat(scale), end = at(y, N);
      let q = row + 8;
      for (const body = at(y, N & ~3); y < body; y += 16, q += 4) {
        const numbers = i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(v128.load32_zero(q)));
        store<v128>(y, add(load<v128>(y), mul(s, f32x4.convert_i32x4_s(numbers))));
      }
      for (; y < end; y += 4, q++) f32.store(y, f32.load(y) + scale * <f32>i32.load8_s(q));
    }
  }
}
