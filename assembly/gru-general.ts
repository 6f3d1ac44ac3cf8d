// The backward pass of the elementwise part of the GRU cell (gru.ts), for any activations. Each operation is a separate loop
// over a row. gru.ts has faster loops that combine the operations, for f = sigmoid and g = tanh only.

import { CellFunctions, candidateBackward, gatesBackward } from "./cell-functions";
import { add_forward, multiply_add, multiply_forward } from "./elementwise";
import { at, flush, load, mul, store, sub } from "./lane";

/**
 * Like gruBlendBackward, for any activations. `gates` has `columns` blocks of H columns. nAt, zAt: indices of the blocks of n and
 * z. work: f32[2H].
 */
export function gruGeneralBlendBackward(
  functions: CellFunctions, gates: usize, dh: usize, dout: usize, h: usize, work: usize, B: i32, H: i32,
  columns: i32, nAt: i32, zAt: i32,
): void {
  const dN = work, dZ = at(work, H);
  for (let b = 0; b < B; b++) {
    const gn = at(gates, nAt * H), gz = at(gates, zAt * H);
    add_forward(dh, dh, dout, H);
    blendBackwardRow(dN, dZ, dh, gn, gz, h, H);
    candidateBackward(functions, gn, dN, H);
    gatesBackward(functions, gz, dZ, H);
    gates = at(gates, columns * H);
    dh = at(dh, H);
    dout = at(dout, H);
    h = at(h, H);
  }
}

function blendBackwardRow(dN: usize, dZ: usize, dh: usize, gn: usize, gz: usize, h: usize, H: i32): void {
  const end = at(h, H);
  for (const body = at(h, H & ~3); h < body; dN += 16, dZ += 16, dh += 16, gn += 16, gz += 16, h += 16) {
    blendBackward<v128>(dN, dZ, dh, gn, gz, h);
  }
  for (; h < end; dN += 4, dZ += 4, dh += 4, gn += 4, gz += 4, h += 4) blendBackward<f32>(dN, dZ, dh, gn, gz, h);
}

// @ts-ignore: decorator
@inline
function blendBackward<T>(dN: usize, dZ: usize, dh: usize, gn: usize, gz: usize, h: usize): void {
  const d = load<T>(dh);
  const kept = mul(d, load<T>(gz));
  store<T>(dN, sub(d, kept));
  store<T>(dZ, mul(d, sub(load<T>(h), load<T>(gn))));
  store<T>(dh, flush(kept));
}

/**
 * For the GRU with reset after the product: replaces q by its gradient and r by the gradient of its pre-activation. The block n
 * of `gates` already has the gradient of n's pre-activation. work: f32[H].
 */
export function gruGeneralResetAfterBackward(
  functions: CellFunctions, gates: usize, work: usize, B: i32, H: i32,
): void {
  for (let b = 0; b < B; b++, gates = at(gates, 4 * H)) {
    const gr = at(gates, H), gq = at(gates, 3 * H);
    multiply_forward(work, gates, gq, H);
    multiply_forward(gq, gates, gr, H);
    gatesBackward(functions, gr, work, H);
  }
}

/** Like gruResetBackward, for any activations. work: f32[H]. */
export function gruGeneralResetBeforeBackward(
  functions: CellFunctions, gates: usize, dh: usize, dq: usize, h: usize, work: usize, B: i32, H: i32,
): void {
  for (let b = 0; b < B; b++, gates = at(gates, 4 * H), dh = at(dh, H), dq = at(dq, H), h = at(h, H)) {
    const gr = at(gates, H);
    multiply_forward(work, dq, h, H);
    multiply_add(dh, dq, gr, H);
    gatesBackward(functions, gr, work, H);
  }
}
