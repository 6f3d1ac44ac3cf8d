// Kernels over rows of matrices. Leading dimensions (ld) count floats from one row to the next.

import { checkMatrix } from "./check";
import { add, at, load, store } from "./lane";

/** Copies row[N] into every row of to[M, N]. If the address `row` is 0, fills to[M, N] with zeros. */
export function fill_rows(to: usize, ld: i32, row: usize, M: i32, N: i32): void {
  checkMatrix(to, ld, M, N);
  const size = <usize>N << 2;
  for (let i = 0; i < M; i++, to = at(to, ld)) {
    if (row) memory.copy(to, row, size);
    else memory.fill(to, 0, size);
  }
}

/** to[M, N] = from[M, N]. */
export function copy_rows(to: usize, ldt: i32, from: usize, ldf: i32, M: i32, N: i32): void {
  checkMatrix(to, ldt, M, N);
  checkMatrix(from, ldf, M, N);
  for (let i = 0; i < M; i++, to = at(to, ldt), from = at(from, ldf)) memory.copy(to, from, <usize>N << 2);
}

/** to[M, N] += from[M, N]. */
export function add_rows(to: usize, ldt: i32, from: usize, ldf: i32, M: i32, N: i32): void {
  checkMatrix(to, ldt, M, N);
  checkMatrix(from, ldf, M, N);
  for (let i = 0; i < M; i++, to = at(to, ldt), from = at(from, ldf)) addRow(to, from, N);
}

/** to[N] += the sum of the M rows of from[M, N]. */
export function sum_rows(to: usize, from: usize, ld: i32, M: i32, N: i32): void {
  checkMatrix(to, N, 1, N);
  checkMatrix(from, ld, M, N);
  for (let i = 0; i < M; i++, from = at(from, ld)) addRow(to, from, N);
}

/** Copies rows of N floats: to[i] = table[index[i]] for i < M. The host has checked the indices. */
export function gather_rows(to: usize, ldt: i32, table: usize, ld: i32, index: usize, M: i32, N: i32): void {
  checkMatrix(to, ldt, M, N);
  checkMatrix(index, 1, M, 1);
  for (let i = 0; i < M; i++, to = at(to, ldt), index += 4) {
    memory.copy(to, at(table, i32.load(index) * ld), <usize>N << 2);
  }
}

/** Adds rows of N floats: table[index[i]] += from[i] for i = 0 to M - 1, in this order. */
export function scatter_add_rows(table: usize, ld: i32, from: usize, ldf: i32, index: usize, M: i32, N: i32): void {
  checkMatrix(from, ldf, M, N);
  checkMatrix(index, 1, M, 1);
  for (let i = 0; i < M; i++, from = at(from, ldf), index += 4) addRow(at(table, i32.load(index) * ld), from, N);
}

/** to[M, N] += from[N, M]^T. */
export function add_transposed(to: usize, ldt: i32, from: usize, ldf: i32, M: i32, N: i32): void {
  checkMatrix(to, ldt, M, N);
  checkMatrix(from, ldf, N, M);
  for (let i = 0; i < M; i++, to = at(to, ldt), from += 4) {
    let p = to, q = from;
    for (const end = at(to, N); p < end; p += 4, q = at(q, ldf)) f32.store(p, f32.load(p) + f32.load(q));
  }
}

function addRow(to: usize, from: usize, n: i32): void {
  const end = at(to, n);
  for (const body = at(to, n & ~3); to < body; to += 16, from += 16) store<v128>(to, add(load<v128>(to), load<v128>(from)));
  for (; to < end; to += 4, from += 4) store<f32>(to, add(load<f32>(to), load<f32>(from)));
}
