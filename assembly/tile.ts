// Tiles of the matrix product: C[rows, 8] += A[rows, K] * B[K, 8] for 1 to 6 rows. B is a packed panel (pack.ts).
//
// A tile of C stays in registers for the whole loop over K. x86-64 has 16 vector registers, each of four floats, and V8 keeps one
// for itself. A tile of six rows uses the other 15: 12 for C, two for a row of B and one for an element of A. The strict build
// needs one more for the products before they are added, so its tallest tile has five rows: with six it ran at 0.6 of this speed
// (docs/speed.md). At the start, the registers of C are loaded from memory, not set to 0. V8 can then combine pairs of them into
// 256-bit registers (with its flag --experimental-wasm-revectorize).
//
// Row i of C starts at address c + i * ldc. The element of A in row i and column k is at address a + i * rowStep + k * kStep:
//   gemm       A is stored by rows: rowStep is the distance in bytes from one row to the next, and kStep is 4
//   gemm_tn    A is a packed block, stored by columns of ROWS floats: rowStep is 4 and kStep is 4 * ROWS

import { madd } from "./lane";
import { multiplyWideTile } from "./wide-tile";

// @ts-ignore: decorator
@inline
function tile(
  rows: i32, c: usize, ldc: usize, a: usize, rowStep: usize, kStep: usize, panel: usize, K: i32,
): void {
  const c0 = c, c1 = c0 + ldc, c2 = c1 + ldc, c3 = c2 + ldc, c4 = c3 + ldc, c5 = c4 + ldc;
  const zero = f32x4.splat(0);
  let x0 = v128.load(c0), y0 = v128.load(c0, 16);
  let x1 = zero, y1 = zero, x2 = zero, y2 = zero, x3 = zero, y3 = zero, x4 = zero, y4 = zero, x5 = zero, y5 = zero;
  if (rows > 1) { x1 = v128.load(c1); y1 = v128.load(c1, 16); }
  if (rows > 2) { x2 = v128.load(c2); y2 = v128.load(c2, 16); }
  if (rows > 3) { x3 = v128.load(c3); y3 = v128.load(c3, 16); }
  if (rows > 4) { x4 = v128.load(c4); y4 = v128.load(c4, 16); }
  if (rows > 5) { x5 = v128.load(c5); y5 = v128.load(c5, 16); }
  let a0 = a, a1 = a0 + rowStep, a2 = a1 + rowStep, a3 = a2 + rowStep, a4 = a3 + rowStep, a5 = a4 + rowStep;
  for (const end = panel + (<usize>K << 5); panel < end; panel += 32) {
    const b0 = v128.load(panel), b1 = v128.load(panel, 16);
    let s = v128.load32_splat(a0);
    a0 += kStep; x0 = madd(s, b0, x0); y0 = madd(s, b1, y0);
    if (rows > 1) { s = v128.load32_splat(a1); a1 += kStep; x1 = madd(s, b0, x1); y1 = madd(s, b1, y1); }
    if (rows > 2) { s = v128.load32_splat(a2); a2 += kStep; x2 = madd(s, b0, x2); y2 = madd(s, b1, y2); }
    if (rows > 3) { s = v128.load32_splat(a3); a3 += kStep; x3 = madd(s, b0, x3); y3 = madd(s, b1, y3); }
    if (rows > 4) { s = v128.load32_splat(a4); a4 += kStep; x4 = madd(s, b0, x4); y4 = madd(s, b1, y4); }
    if (rows > 5) { s = v128.load32_splat(a5); a5 += kStep; x5 = madd(s, b0, x5); y5 = madd(s, b1, y5); }
  }
  v128.store(c0, x0); v128.store(c0, y0, 16);
  if (rows > 1) { v128.store(c1, x1); v128.store(c1, y1, 16); }
  if (rows > 2) { v128.store(c2, x2); v128.store(c2, y2, 16); }
  if (rows > 3) { v128.store(c3, x3); v128.store(c3, y3, 16); }
  if (rows > 4) { v128.store(c4, x4); v128.store(c4, y4, 16); }
  if (rows > 5) { v128.store(c5, x5); v128.store(c5, y5, 16); }
}

// Each function is a copy of `tile` for one number of rows. A call computes one tile only, so a product makes many calls. An
// engine optimises a function after some calls. It uses the optimised code from the next call on. A single long call would stay
// slow.
function tile1(c: usize, ldc: usize, a: usize, rs: usize, ks: usize, b: usize, K: i32): void { tile(1, c, ldc, a, rs, ks, b, K); }
function tile2(c: usize, ldc: usize, a: usize, rs: usize, ks: usize, b: usize, K: i32): void { tile(2, c, ldc, a, rs, ks, b, K); }
function tile3(c: usize, ldc: usize, a: usize, rs: usize, ks: usize, b: usize, K: i32): void { tile(3, c, ldc, a, rs, ks, b, K); }
function tile4(c: usize, ldc: usize, a: usize, rs: usize, ks: usize, b: usize, K: i32): void { tile(4, c, ldc, a, rs, ks, b, K); }
function tile5(c: usize, ldc: usize, a: usize, rs: usize, ks: usize, b: usize, K: i32): void { tile(5, c, ldc, a, rs, ks, b, K); }
function tile6(c: usize, ldc: usize, a: usize, rs: usize, ks: usize, b: usize, K: i32): void { tile(6, c, ldc, a, rs, ks, b, K); }

// @ts-ignore: decorator
@inline
function tileOf(rows: i32, c: usize, ldc: usize, a: usize, rs: usize, ks: usize, b: usize, K: i32): void {
  if (ROWS == 6 && rows == 6) {
    tile6(c, ldc, a, rs, ks, b, K);
    return;
  }
  if (ROWS >= 5 && rows == 5) {
    tile5(c, ldc, a, rs, ks, b, K);
    return;
  }
  switch (rows) {
    case 4: { tile4(c, ldc, a, rs, ks, b, K); break; }
    case 3: { tile3(c, ldc, a, rs, ks, b, K); break; }
    case 2: { tile2(c, ldc, a, rs, ks, b, K); break; }
    default: { tile1(c, ldc, a, rs, ks, b, K); }
  }
}

/** Rows of the tallest tile. Builds that only run models have no tiles of more than four rows: 0.3 kB less for a page. */
// @ts-ignore: decorator
@inline
export const ROWS: i32 = isDefined(RUN) ? 4 : ASC_FEATURE_RELAXED_SIMD ? 6 : 5;

const EDGE = memory.data(6 * 32, 16);

/** Returns the columns of the next tile if `columns` columns are left: 16 in the builds for 256-bit vectors, otherwise 8. */
// @ts-ignore: decorator
@inline
export function tileColumns(columns: i32): i32 {
  return isDefined(WIDE) && columns >= 16 ? 16 : 8;
}

/**
 * Adds the product of A[rows, K] and panels of B, [K, 8], to the next `tileColumns(columns)` columns of C. `rows` is 1 to ROWS. If
 * `columns` < 8, only the first `columns` columns of C are written. panelSize is the size in bytes of a panel of B. ldc is the distance in bytes from one row of C to the next row. rowStep is the distance in bytes from
 * one row of A to the next row. kStep is the distance in bytes from one column of A to the next column.
 */
// @ts-ignore: decorator
@inline
export function multiplyTile(
  rows: i32, columns: i32, c: usize, ldc: usize, a: usize, rowStep: usize, kStep: usize, panel: usize, panelSize: usize,
  K: i32,
): void {
  if (tileColumns(columns) == 16) multiplyWideTile(rows, c, ldc, a, rowStep, kStep, panel, panel + panelSize, K);
  else if (columns < 8) narrowTile(rows, columns, c, ldc, a, rowStep, kStep, panel, K);
  else tileOf(rows, c, ldc, a, rowStep, kStep, panel, K);
}

/** Multiplies a tile of fewer than 8 columns: copies C to a scratch tile of 8 columns, multiplies there and copies back. */
function narrowTile(
  rows: i32, columns: i32, c: usize, ldc: usize, a: usize, rowStep: usize, kStep: usize, panel: usize, K: i32,
): void {
  const width = <usize>columns << 2;
  for (let i = 0; i < rows; i++) memory.copy(EDGE + i * 32, c + <usize>i * ldc, width);
  tileOf(rows, EDGE, 32, a, rowStep, kStep, panel, K);
  for (let i = 0; i < rows; i++) memory.copy(c + <usize>i * ldc, EDGE + i * 32, width);
}

/**
 * Panels of B that one call of `rowOfMany` multiplies: 4 in the relaxed build, 6 in the strict build. Node 20 runs four panels of the
 * strict build at half the speed of six (docs/speed.md).
 */
// @ts-ignore: decorator
@inline
const TOGETHER: i32 = ASC_FEATURE_RELAXED_SIMD ? 4 : 6;

// Multiplies one row of A by 2, 4 or 6 panels of B. Adds the products to 8 columns of C for each panel. The vectors x0, y0, x1,
// y1, ... hold these columns. The vectors do not depend on each other, so the CPU can start a multiply-add before the previous
// ones end.
// @ts-ignore: decorator
@inline
function row(panels: i32, c: usize, a: usize, panel: usize, K: i32): void {
  const size = <usize>K << 5;
  const zero = f32x4.splat(0);
  let p1 = panel + size, p2 = p1 + size, p3 = p2 + size, p4 = p3 + size, p5 = p4 + size;
  let x0 = v128.load(c), y0 = v128.load(c, 16), x1 = v128.load(c, 32), y1 = v128.load(c, 48);
  let x2 = zero, y2 = zero, x3 = zero, y3 = zero, x4 = zero, y4 = zero, x5 = zero, y5 = zero;
  if (panels > 2) { x2 = v128.load(c, 64); y2 = v128.load(c, 80); x3 = v128.load(c, 96); y3 = v128.load(c, 112); }
  if (panels > 4) { x4 = v128.load(c, 128); y4 = v128.load(c, 144); x5 = v128.load(c, 160); y5 = v128.load(c, 176); }
  for (const end = panel + size; panel < end; a += 4) {
    const s = v128.load32_splat(a);
    x0 = madd(s, v128.load(panel), x0); y0 = madd(s, v128.load(panel, 16), y0);
    x1 = madd(s, v128.load(p1), x1); y1 = madd(s, v128.load(p1, 16), y1);
    panel += 32; p1 += 32;
    if (panels > 2) {
      x2 = madd(s, v128.load(p2), x2); y2 = madd(s, v128.load(p2, 16), y2);
      x3 = madd(s, v128.load(p3), x3); y3 = madd(s, v128.load(p3, 16), y3);
      p2 += 32; p3 += 32;
    }
    if (panels > 4) {
      x4 = madd(s, v128.load(p4), x4); y4 = madd(s, v128.load(p4, 16), y4);
      x5 = madd(s, v128.load(p5), x5); y5 = madd(s, v128.load(p5, 16), y5);
      p4 += 32; p5 += 32;
    }
  }
  v128.store(c, x0); v128.store(c, y0, 16); v128.store(c, x1, 32); v128.store(c, y1, 48);
  if (panels > 2) { v128.store(c, x2, 64); v128.store(c, y2, 80); v128.store(c, x3, 96); v128.store(c, y3, 112); }
  if (panels > 4) { v128.store(c, x4, 128); v128.store(c, y4, 144); v128.store(c, x5, 160); v128.store(c, y5, 176); }
}

function rowOfMany(c: usize, a: usize, panel: usize, K: i32): void { row(TOGETHER, c, a, panel, K); }
function rowOfTwo(c: usize, a: usize, panel: usize, K: i32): void { row(2, c, a, panel, K); }

// Multiplies two rows of A by two panels of B. Adds the products to 16 floats in each of two rows of C. The vectors x0, y0, x1
// and y1 hold the first row of C. The vectors u0, v0, u1 and v1 hold the second row of C. The eight vectors do not depend on each
// other, so the CPU can start a multiply-add before the previous ones end.
function rows2(c: usize, ldc: usize, a: usize, lda: usize, panel: usize, K: i32): void {
  const size = <usize>K << 5;
  const d = c + ldc;
  let p1 = panel + size;
  let x0 = v128.load(c), y0 = v128.load(c, 16), x1 = v128.load(c, 32), y1 = v128.load(c, 48);
  let u0 = v128.load(d), v0 = v128.load(d, 16), u1 = v128.load(d, 32), v1 = v128.load(d, 48);
  for (const end = panel + size; panel < end; panel += 32, p1 += 32, a += 4) {
    const s = v128.load32_splat(a), t = v128.load32_splat(a + lda);
    let b = v128.load(panel); x0 = madd(s, b, x0); u0 = madd(t, b, u0);
    b = v128.load(panel, 16); y0 = madd(s, b, y0); v0 = madd(t, b, v0);
    b = v128.load(p1); x1 = madd(s, b, x1); u1 = madd(t, b, u1);
    b = v128.load(p1, 16); y1 = madd(s, b, y1); v1 = madd(t, b, v1);
  }
  v128.store(c, x0); v128.store(c, y0, 16); v128.store(c, x1, 32); v128.store(c, y1, 48);
  v128.store(d, u0); v128.store(d, v0, 16); v128.store(d, u1, 32); v128.store(d, v1, 48);
}

/**
 * C[M, N] += A[M, K] * B[K, N] for M = 1 or 2. `panel` is the address of the packed B. ldc is the distance in bytes from one row
 * of C to the next row of C. lda is the distance in bytes from one row of A to the next row of A. With so few rows, the speed is
 * limited by reading B.
 */
export function multiplyFewRows(
  c: usize, ldc: usize, a: usize, lda: usize, panel: usize, M: i32, N: i32, K: i32,
): void {
  const size = <usize>K << 5;
  for (let panels = N >> 3; panels > 1; ) {
    const together = M == 1 && panels >= TOGETHER ? TOGETHER : 2;
    if (M == 2) rows2(c, ldc, a, lda, panel, K);
    else if (together == 2) rowOfTwo(c, a, panel, K);
    else rowOfMany(c, a, panel, K);
    c += <usize>together << 5;
    panel += <usize>together * size;
    panels -= together;
    N -= 8 * together;
  }
  for (let columns = 0; N > 0; N -= columns) {
    columns = tileColumns(N);
    multiplyTile(M, N, c, ldc, a, lda, 4, panel, size, K);
    c += <usize>columns << 2;
    panel += <usize>(columns >> 3) * size;
  }
}
