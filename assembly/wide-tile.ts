// Tiles of the matrix product for 256-bit vectors: C[rows, 16] += A[rows, K] * B[K, 16]. B consists of two packed panels (pack.ts).
// Only the builds for 256-bit vectors have them. V8 combines x and y of a row into one vector of eight floats, and u and v too.
//
// The 16 vector registers then hold a tile of twice as many columns: with six rows 12 vectors of C, two for a row of B and one for
// an element of A. A step over K loads eight vectors for 12 multiply-adds. A tile of 8 columns loads seven for six, and its six
// multiply-adds are too few to keep two units of four cycles busy: it ran at 0.7 of this speed.

import { madd } from "./lane";

// @ts-ignore: decorator
@inline
function wideTile(
  rows: i32, c: usize, ldc: usize, a: usize, rowStep: usize, kStep: usize, panel: usize, next: usize, K: i32,
): void {
  const c0 = c, c1 = c0 + ldc, c2 = c1 + ldc, c3 = c2 + ldc, c4 = c3 + ldc, c5 = c4 + ldc;
  const zero = f32x4.splat(0);
  let x0 = v128.load(c0), y0 = v128.load(c0, 16), u0 = v128.load(c0, 32), v0 = v128.load(c0, 48);
  let x1 = zero, y1 = zero, u1 = zero, v1 = zero, x2 = zero, y2 = zero, u2 = zero, v2 = zero, x3 = zero, y3 = zero;
  let u3 = zero, v3 = zero, x4 = zero, y4 = zero, u4 = zero, v4 = zero, x5 = zero, y5 = zero, u5 = zero, v5 = zero;
  if (rows > 1) { x1 = v128.load(c1); y1 = v128.load(c1, 16); u1 = v128.load(c1, 32); v1 = v128.load(c1, 48); }
  if (rows > 2) { x2 = v128.load(c2); y2 = v128.load(c2, 16); u2 = v128.load(c2, 32); v2 = v128.load(c2, 48); }
  if (rows > 3) { x3 = v128.load(c3); y3 = v128.load(c3, 16); u3 = v128.load(c3, 32); v3 = v128.load(c3, 48); }
  if (rows > 4) { x4 = v128.load(c4); y4 = v128.load(c4, 16); u4 = v128.load(c4, 32); v4 = v128.load(c4, 48); }
  if (rows > 5) { x5 = v128.load(c5); y5 = v128.load(c5, 16); u5 = v128.load(c5, 32); v5 = v128.load(c5, 48); }
  let a0 = a, a1 = a0 + rowStep, a2 = a1 + rowStep, a3 = a2 + rowStep, a4 = a3 + rowStep, a5 = a4 + rowStep;
  for (const end = panel + (<usize>K << 5); panel < end; panel += 32, next += 32) {
    const b0 = v128.load(panel), b1 = v128.load(panel, 16), b2 = v128.load(next), b3 = v128.load(next, 16);
    let s = v128.load32_splat(a0);
    a0 += kStep; x0 = madd(s, b0, x0); y0 = madd(s, b1, y0); u0 = madd(s, b2, u0); v0 = madd(s, b3, v0);
    if (rows > 1) {
      s = v128.load32_splat(a1); a1 += kStep;
      x1 = madd(s, b0, x1); y1 = madd(s, b1, y1); u1 = madd(s, b2, u1); v1 = madd(s, b3, v1);
    }
    if (rows > 2) {
      s = v128.load32_splat(a2); a2 += kStep;
      x2 = madd(s, b0, x2); y2 = madd(s, b1, y2); u2 = madd(s, b2, u2); v2 = madd(s, b3, v2);
    }
    if (rows > 3) {
      s = v128.load32_splat(a3); a3 += kStep;
      x3 = madd(s, b0, x3); y3 = madd(s, b1, y3); u3 = madd(s, b2, u3); v3 = madd(s, b3, v3);
    }
    if (rows > 4) {
      s = v128.load32_splat(a4); a4 += kStep;
      x4 = madd(s, b0, x4); y4 = madd(s, b1, y4); u4 = madd(s, b2, u4); v4 = madd(s, b3, v4);
    }
    if (rows > 5) {
      s = v128.load32_splat(a5); a5 += kStep;
      x5 = madd(s, b0, x5); y5 = madd(s, b1, y5); u5 = madd(s, b2, u5); v5 = madd(s, b3, v5);
    }
  }
  store4(c0, x0, y0, u0, v0);
  if (rows > 1) store4(c1, x1, y1, u1, v1);
  if (rows > 2) store4(c2, x2, y2, u2, v2);
  if (rows > 3) store4(c3, x3, y3, u3, v3);
  if (rows > 4) store4(c4, x4, y4, u4, v4);
  if (rows > 5) store4(c5, x5, y5, u5, v5);
}

// @ts-ignore: decorator
@inline
function store4(c: usize, x: v128, y: v128, u: v128, v: v128): void {
  v128.store(c, x); v128.store(c, y, 16); v128.store(c, u, 32); v128.store(c, v, 48);
}

// Each function is a copy of `wideTile` for one number of rows, as in tile.ts.
function wide1(c: usize, ldc: usize, a: usize, rs: usize, ks: usize, b: usize, d: usize, K: i32): void { wideTile(1, c, ldc, a, rs, ks, b, d, K); }
function wide2(c: usize, ldc: usize, a: usize, rs: usize, ks: usize, b: usize, d: usize, K: i32): void { wideTile(2, c, ldc, a, rs, ks, b, d, K); }
function wide3(c: usize, ldc: usize, a: usize, rs: usize, ks: usize, b: usize, d: usize, K: i32): void { wideTile(3, c, ldc, a, rs, ks, b, d, K); }
function wide4(c: usize, ldc: usize, a: usize, rs: usize, ks: usize, b: usize, d: usize, K: i32): void { wideTile(4, c, ldc, a, rs, ks, b, d, K); }
function wide5(c: usize, ldc: usize, a: usize, rs: usize, ks: usize, b: usize, d: usize, K: i32): void { wideTile(5, c, ldc, a, rs, ks, b, d, K); }
function wide6(c: usize, ldc: usize, a: usize, rs: usize, ks: usize, b: usize, d: usize, K: i32): void { wideTile(6, c, ldc, a, rs, ks, b, d, K); }

/** Adds the product of A[rows, K] and two panels of B, at `b` and `d`, to 16 columns of C. The distances are those of `multiplyTile`. */
// @ts-ignore: decorator
@inline
export function multiplyWideTile(
  rows: i32, c: usize, ldc: usize, a: usize, rs: usize, ks: usize, b: usize, d: usize, K: i32,
): void {
  switch (rows) {
    case 6: { wide6(c, ldc, a, rs, ks, b, d, K); break; }
    case 5: { wide5(c, ldc, a, rs, ks, b, d, K); break; }
    case 4: { wide4(c, ldc, a, rs, ks, b, d, K); break; }
    case 3: { wide3(c, ldc, a, rs, ks, b, d, K); break; }
    case 2: { wide2(c, ldc, a, rs, ks, b, d, K); break; }
    default: { wide1(c, ldc, a, rs, ks, b, d, K); }
  }
}
