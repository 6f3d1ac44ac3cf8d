// Copies of tensors whose elements lie in another order: Transpose, Slice, Concat, Expand, Pad.

import { at } from "./lane";

/**
 * Axes of tensors that are walked together: i32 words, rank, then `rank` lengths, then for each tensor `rank` distances of neighbours in
 * floats.
 */
// @ts-ignore: decorator
@inline
export function word(axes: usize, i: i32): i32 {
  return i32.load(at(axes, i));
}

/** to = from, element by element. `axes` has the strides of `to`, then those of `from`. */
export function copy_strided(to: usize, from: usize, axes: usize): void {
  copyAxis(to, from, axes, 0, word(axes, 0));
}

function copyAxis(to: usize, from: usize, axes: usize, axis: i32, rank: i32): void {
  const n = word(axes, 1 + axis), tStep = word(axes, 1 + rank + axis), fStep = word(axes, 1 + 2 * rank + axis);
  if (axis < rank - 1) {
    for (let i = 0; i < n; i++, to = at(to, tStep), from = at(from, fStep)) copyAxis(to, from, axes, axis + 1, rank);
    return;
  }
  if (tStep == 1 && fStep == 1) {
    if (n >= 16) {
      memory.copy(to, from, <usize>n << 2);
      return;
    }
    const end = at(to, n);
    for (const body = at(to, n & ~3); to < body; to += 16, from += 16) v128.store(to, v128.load(from));
    for (; to < end; to += 4, from += 4) f32.store(to, f32.load(from));
    return;
  }
  for (let i = 0; i < n; i++, to = at(to, tStep), from = at(from, fStep)) f32.store(to, f32.load(from));
}
