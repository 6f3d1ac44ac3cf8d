// Packed operands. B[K, N] becomes ceil(N / 8) panels of 8 columns, each [K, 8], so that a product reads it in one
// straight run; the columns past N are 0. A packed operand takes packed_size(K, N) floats.
//
//   panel 0: B[0, 0..7] B[1, 0..7] ... B[K-1, 0..7] | panel 1: B[0, 8..15] ...

import { checkArray, checkMatrix } from "./check";
import { at } from "./lane";

/** Floats in a packed B[K, N]. */
export function packed_size(K: i32, N: i32): i32 {
  return K * ((N + 7) & ~7);
}

/** Packs B[K, N] given as it is: row k at b + k * ldb. */
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

/** Packs B[K, N] given as its transpose [N, K], as weights [out, in] are for y = x W^T: row n at w + n * ldw. */
export function pack_transposed(to: usize, w: usize, ldw: i32, K: i32, N: i32): void {
  checkArray(to, packed_size(K, N));
  checkMatrix(w, ldw, N, K);
  const wStep = <usize>ldw << 2;
  for (let n = 0; n < N; n += 8, w += 8 * wStep) {
    const columns = min(8, N - n);
    if (columns < 8) memory.fill(to, 0, <usize>K << 5);
    for (let j = 0; j < columns; j++) {
      let from = w + <usize>j * wStep;
      let out = at(to, j);
      for (const end = from + (<usize>K << 2); from < end; from += 4, out += 32) store<f32>(out, load<f32>(from));
    }
    to += <usize>K << 5;
  }
}
