// The backward pass of the GRU cell without its matrix products, for any activation functions. gru.ts has the equations. It also
// has faster backward passes, which are for f = sigmoid and g = tanh only. Here, each operation is a separate loop over a row.

import { CellFunctions, candidateBackward, gatesBackward } from "./cell-functions";
import { add_forward, multiply_add, multiply_forward } from "./elementwise";
import { at, flush, load, mul, store, sub } from "./lane";

/**
 * Runs the backward pass of h' = (1 - z) n + z h, which gruBlendBackward in gru.ts does for the standard functions alone. This
 * function takes any activation functions and every variant of the GRU. `gates` is [B, columns * H]: each row has `columns`
 * blocks of H numbers, counted from 0. Block nAt is the candidate n, and block zAt is the update gate z. work: 2H floats.
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
 * For the GRU with reset after the product: the backward pass of the term r q. In `gates`, replaces q by the gradient of q.
 * Replaces r by the gradient of the pre-activation of r. Before the call, the block n must already have the gradient of the
 * pre-activation of n. work: scratch memory of H floats.
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

/**
 * Runs the backward pass of q = r h, in a GRU that resets before the product. gruResetBackward in gru.ts does this for the
 * standard functions alone; this function takes any activation functions. work: H floats.
 */
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
