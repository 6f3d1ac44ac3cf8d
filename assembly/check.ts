// Checks that the arrays of kernels lie in the memory. Only the debug build has these checks. Releases are compiled without
// assertions, because the host has already checked all shapes.

import { at } from "./lane";

/** Checks that the matrix [rows, columns] at p lies in the memory. ld counts floats from one row to the next. */
// @ts-ignore: decorator
@inline
export function checkMatrix(p: usize, ld: i32, rows: i32, columns: i32): void {
  assert(rows >= 0 && columns >= 0, "a matrix has a negative size");
  assert(ld >= columns || rows <= 1, "rows of a matrix overlap: ld is less than its columns");
  checkArray(p, rows == 0 ? 0 : (rows - 1) * ld + columns);
}

/** Checks that n floats (or n int32) at p lie in the memory. */
// @ts-ignore: decorator
@inline
export function checkArray(p: usize, n: i32): void {
  assert((p & 3) == 0, "an address is not a multiple of 4");
  assert(n >= 0 && <u64>at(p, n) <= <u64>memory.size() << 16, "an array ends beyond the memory");
}
