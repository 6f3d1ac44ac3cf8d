// Convolutions and pooling of planes [C, height, width]; one axis is a plane of height 1. A convolution is a product of its weights and the
// patches that they see. The patches are laid out here, as the right or the left operand of `gemm`.

import { at } from "./lane";
import { Windows } from "./windows";

/** Returns the element of plane p that window (r, c) sees at its place (i, j); 0 outside of the plane. */
// @ts-ignore: decorator
@inline
function seen(w: Windows, p: usize, r: i32, c: i32, i: i32, j: i32): f32 {
  const y = r * w.rowStride - w.top + i * w.rowDilation;
  const x = c * w.columnStride - w.left + j * w.columnDilation;
  if (<u32>y >= <u32>w.height || <u32>x >= <u32>w.width) return 0;
  return f32.load(at(p, y * w.width + x));
}

/** to[windows, channels * rows * columns]: a row for each window. */
export function image_to_rows(to: usize, from: usize, w: Windows): void {
  for (let r = 0; r < w.down; r++) {
    for (let c = 0; c < w.across; c++) {
      let p = from;
      for (let k = 0; k < w.channels; k++, p = at(p, w.height * w.width)) {
        for (let i = 0; i < w.rows; i++) {
          for (let j = 0; j < w.columns; j++, to += 4) f32.store(to, seen(w, p, r, c, i, j));
        }
      }
    }
  }
}

/**
 * Windows `first` to `first + count` as columns of the right operand of a product, packed as by `pack_rows`: K = channels * rows * columns
 * rows. Columns behind the last window are 0.
 */
export function image_to_panels(to: usize, from: usize, w: Windows, first: i32, count: i32): void {
  const size = w.height * w.width;
  for (let n = 0; n < count; n += 8) {
    const r0 = (first + n) / w.across, c0 = (first + n) % w.across;
    const columns = min(8, count - n);
    const together = columns == 8 && w.columnStride == 1 && c0 + 8 <= w.across; // eight windows side by side
    let p = from;
    for (let k = 0; k < w.channels; k++, p = at(p, size)) {
      for (let i = 0; i < w.rows; i++) {
        for (let j = 0; j < w.columns; j++, to += 32) {
          if (together) {
            const y = r0 * w.rowStride - w.top + i * w.rowDilation;
            const x = c0 - w.left + j * w.columnDilation;
            if (<u32>y < <u32>w.height && x >= 0 && x + 8 <= w.width) {
              const at0 = at(p, y * w.width + x);
              v128.store(to, v128.load(at0));
              v128.store(to, v128.load(at0, 16), 16);
              continue;
            }
          }
          let r = r0, c = c0;
          for (let q = 0; q < 8; q++) {
            f32.store(at(to, q), q < columns ? seen(w, p, r, c, i, j) : 0);
            if (++c == w.across) {
              c = 0;
              r++;
            }
          }
        }
      }
    }
  }
}

/**
 * Adds columns[channels * rows * columns, windows] to the elements that the windows see: the reverse of laying out patches, for transposed
 * convolutions.
 */
export function columns_to_image(to: usize, from: usize, w: Windows): void {
  for (let k = 0; k < w.channels; k++, to = at(to, w.height * w.width)) {
    for (let i = 0; i < w.rows; i++) {
      for (let j = 0; j < w.columns; j++) {
        for (let r = 0; r < w.down; r++) {
          const y = r * w.rowStride - w.top + i * w.rowDilation;
          if (<u32>y >= <u32>w.height) {
            from = at(from, w.across);
            continue;
          }
          let x = j * w.columnDilation - w.left;
          for (let c = 0; c < w.across; c++, x += w.columnStride, from += 4) {
            if (<u32>x >= <u32>w.width) continue;
            const p = at(to, y * w.width + x);
            f32.store(p, f32.load(p) + f32.load(from));
          }
        }
      }
    }
  }
}

/**
 * A convolution of each plane with a window of its own: to[channels, down, across] = bias + x * weight[channels, rows, columns]. The planes
 * have their padding, so every window lies inside.
 */
export function depthwise_forward(to: usize, x: usize, weight: usize, bias: usize, w: Windows): void {
  const taps = w.rows * w.columns;
  for (let k = 0; k < w.channels; k++, x = at(x, w.height * w.width), weight = at(weight, taps)) {
    const b: f32 = bias ? f32.load(at(bias, k)) : 0;
    for (let r = 0; r < w.down; r++) {
      const line = at(x, r * w.rowStride * w.width);
      let c = 0;
      if (w.columnStride == 1) {
        for (const body = w.across & ~3; c < body; c += 4, to += 16) {
          let sum = f32x4.splat(b);
          let tap = weight;
          for (let i = 0; i < w.rows; i++) {
            let p = at(line, i * w.rowDilation * w.width + c);
            for (let j = 0; j < w.columns; j++, tap += 4, p = at(p, w.columnDilation)) {
              sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(tap), v128.load(p)));
            }
          }
          v128.store(to, sum);
        }
      }
      for (; c < w.across; c++, to += 4) {
        let sum = b;
        let tap = weight;
        for (let i = 0; i < w.rows; i++) {
          let p = at(line, i * w.rowDilation * w.width + c * w.columnStride);
          for (let j = 0; j < w.columns; j++, tap += 4, p = at(p, w.columnDilation)) sum += f32.load(tap) * f32.load(p);
        }
        f32.store(to, sum);
      }
    }
  }
}

/**
 * Pools each plane: the maximum of each window if `padded` is negative, else the mean, for which places outside of the plane count as zeros
 * if `padded` is 1 and do not count if it is 0.
 */
export function pool_forward(to: usize, from: usize, w: Windows, padded: i32): void {
  for (let k = 0; k < w.channels; k++, from = at(from, w.height * w.width)) {
    for (let r = 0; r < w.down; r++) {
      for (let c = 0; c < w.across; c++, to += 4) {
        let most: f32 = -Infinity, sum: f32 = 0;
        let n = 0;
        for (let i = 0; i < w.rows; i++) {
          const y = r * w.rowStride - w.top + i * w.rowDilation;
          if (<u32>y >= <u32>w.height) continue;
          for (let j = 0; j < w.columns; j++) {
            const x = c * w.columnStride - w.left + j * w.columnDilation;
            if (<u32>x >= <u32>w.width) continue;
            const value = f32.load(at(from, y * w.width + x));
            most = max(most, value);
            sum += value;
            n++;
          }
        }
        f32.store(to, padded < 0 ? most : sum / <f32>(padded ? w.rows * w.columns : n));
      }
    }
  }
}
