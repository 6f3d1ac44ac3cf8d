// Packing of the operand B of a matrix product. B[K, N] is copied into ceil(N / 8) panels [K, 8], one after the other in memory.
// Then the product reads B at consecutive addresses. If N is not a multiple of 8, the last panel has columns of zeros at its end.
//
//   panel 0: B[0, 0..7] B[1, 0..7] ... B[K-1, 0..7] | panel 1: B[0, 8..15] ...

import { checkArray, checkMatrix } from "./check";
import { at } from "./lane";

/** Returns the number of floats in a packed B[K, N]. */
export function packed_size(K: i32, N: i32): i32 {
  return K * ((N + 7) & ~7);
}

/** Packs B[K, N]. Row k of B starts at float k * ldb of the array at b. */
export function pack_rows(to: usize, b: usize, ldb: i32, K: i32, N: i32): void {
  checkArray(to, packed_size(K, N));
  checkMatrix(b, ldb, K, N);
  const bStep = <usize>ldb << 2;
  for (let n = 0; n < N; n += 8, b += 32) {
    const columns = N - n;
    let from = b;
    if (columns >= 8) {
      for (let k = 0; k < K; k++, from += bStep, to += 32) {
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
      }
    } else {
      memory.fill(to, 0, <usize>K << 5);
      for (let k = 0; k < K; k++, from += bStep, to += 32) memory.copy(to, from, <usize>columns << 2);
    }
  }
}

/** Stores the 4 by 4 matrix with the columns a, b, c and d. Row i of the matrix starts at address to + 32 * i. */
// @ts-ignore: decorator
@inline
function storeColumns(to: usize, a: v128, b: v128, c: v128, d: v128): void {
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  v128.store(to, v128.shuffle<i64>(ab, cd, 0, 2));
  v128.store(to, v128.shuffle<i64>(ab, cd, 1, 3), 32);
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<i64>(abHigh, cdHigh, 0, 2), 64);
  v128.store(to, v128.shuffle<i64>(abHigh, cdHigh, 1, 3), 96);
}

/**
 * Copies the rows of w [columns, K] into the columns of the panel [K, 8] at `to`. Element i of row j of w becomes row i, column j
 * of the panel. Only elements k to K - 1 of each row are copied. wStep is the distance in bytes from one row of w to the next.
 */
function packColumns(to: usize, w: usize, wStep: usize, k: i32, K: i32, columns: i32): void {
  for (let j = 0; j < columns; j++) {
    let from = at(w + <usize>j * wStep, k);
    let out = at(to, j) + (<usize>k << 5);
    for (const end = from + (<usize>(K - k) << 2); from < end; from += 4, out += 32) store<f32>(out, load<f32>(from));
  }
}

/**
 * Packs B[K, N] from its transpose w [N, K]. For example, w is the weight matrix [out, in] in y = x W^T. Row n of w starts at
 * float n * ldw.
 */
export function pack_transposed(to: usize, w: usize, ldw: i32, K: i32, N: i32): void {
  checkArray(to, packed_size(K, N));
  checkMatrix(w, ldw, N, K);
  const wStep = <usize>ldw << 2;
  const whole = K & ~3;
  for (let n = 0; n < N; n += 8, w += 8 * wStep, to += <usize>K << 5) {
    const columns = min(8, N - n);
    if (columns < 8) {
      memory.fill(to, 0, <usize>K << 5);
      packColumns(to, w, wStep, 0, K, columns);
      continue;
    }
    for (let half = 0; half < 2; half++) {
      let from = w + <usize>(4 * half) * wStep;
      let out = to + <usize>(16 * half);
      for (let k = 0; k < whole; k += 4, from += 16, out += 128) {
        const a = v128.load(from);
        const b = v128.load(from + wStep);
        const c = v128.load(from + 2 * wStep);
        storeColumns(out, a, b, c, v128.load(from + 3 * wStep));
      }
    }
    packColumns(to, w, wStep, whole, K, 8);
  }
}
