// The elementwise part of the GRU cell, that is, all except the matrix products. f and g are activations. x_n is the product of
// the input and the input weights of n, plus the input bias of n. R_n and b_hn are the recurrent weights and bias of n.
//   r, z = f(.)   h' = (1 - z) n + z h
//   reset after the product (PyTorch, Keras' default):  q = R_n h + b_hn   n = g(x_n + r q)
//   reset before the product (Cho et al. 2014, ONNX's): q = r h            n = g(x_n + R_n q + b_hn)
//   simplified (no reset gate):                                            n = g(x_n + R_n h + b_hn)
// `gates` [B, 4H] has four blocks of H columns: n, r, z, q. In this order, the product with the input writes adjacent blocks
// (n, r, z), and so does the product with the state (r, z, q). The blocks of the simplified GRU are z, n [B, 2H].
//
// The backward passes in this file are for f = sigmoid and g = tanh. They combine all operations in one loop. gru-general.ts has
// the backward passes for other activations.

import { CellFunctions, activateCandidate, activateGates } from "./cell-functions";
import { multiply_add, multiply_forward } from "./elementwise";
import { add, at, flush, load, madd, mul, nmadd, one, store, sub } from "./lane";

/** For the GRU with reset after the product: activates r and z, then adds r q to the pre-activation of n. */
export function gruResetAfterForward(functions: CellFunctions, gates: usize, B: i32, H: i32): void {
  for (let b = 0; b < B; b++, gates = at(gates, 4 * H)) {
    activateGates(functions, at(gates, H), 2 * H);
    multiply_add(gates, at(gates, H), at(gates, 3 * H), H);
  }
}

/** For the GRU with reset before the product: activates r and z, then stores q = r h. The caller multiplies q by R_n. */
export function gruResetBeforeForward(functions: CellFunctions, gates: usize, h: usize, B: i32, H: i32): void {
  for (let b = 0; b < B; b++, gates = at(gates, 4 * H), h = at(h, H)) {
    activateGates(functions, at(gates, H), 2 * H);
    multiply_forward(at(gates, 3 * H), at(gates, H), h, H);
  }
}

/** For the simplified GRU: activates z. */
export function gruSimplifiedForward(functions: CellFunctions, gates: usize, B: i32, H: i32): void {
  for (let b = 0; b < B; b++, gates = at(gates, 2 * H)) activateGates(functions, gates, H);
}

/**
 * Completes the forward step of every variant: activates n, then stores (1 - z) n + z h in hNext. hNext may be h. `gates` has
 * `columns` blocks of H columns. nAt, zAt: indices of the blocks of n and z.
 */
export function gruBlendForward(
  functions: CellFunctions, hNext: usize, gates: usize, h: usize, B: i32, H: i32, columns: i32, nAt: i32, zAt: i32,
): void {
  for (let b = 0; b < B; b++, gates = at(gates, columns * H), h = at(h, H), hNext = at(hNext, H)) {
    const gn = at(gates, nAt * H);
    activateCandidate(functions, gn, H);
    blendRow(hNext, gn, at(gates, zAt * H), h, H);
  }
}

function blendRow(hNext: usize, gn: usize, gz: usize, h: usize, H: i32): void {
  const end = at(h, H);
  for (const body = at(h, H & ~3); h < body; hNext += 16, gn += 16, gz += 16, h += 16) blend<v128>(hNext, gn, gz, h);
  for (; h < end; hNext += 4, gn += 4, gz += 4, h += 4) blend<f32>(hNext, gn, gz, h);
}

// @ts-ignore: decorator
@inline
function blend<T>(hNext: usize, gn: usize, gz: usize, h: usize): void {
  const n = load<T>(gn);
  store<T>(hNext, flush(madd(load<T>(gz), sub(load<T>(h), n), n)));
}

/**
 * For the GRU with reset after the product: runs the backward step. In gates [B, 4H], replaces n, r, z by the gradients of their
 * pre-activations and q by its gradient. dout [B, H]: gradient of this step's output. dh [B, H]: gradient of h' from later steps.
 * dh becomes z (dh + dout). The caller then adds to dh the product of the gates' gradients and the recurrent weights.
 */
export function gruBackward(gates: usize, dh: usize, dout: usize, h: usize, B: i32, H: i32): void {
  const width = <usize>H << 2;
  for (let b = 0; b < B; b++, gates += 3 * width) {
    const end = h + width;
    for (const body = h + (width & ~15); h < body; gates += 16, dh += 16, dout += 16, h += 16) {
      backward<v128>(gates, dh, dout, h, width);
    }
    for (; h < end; gates += 4, dh += 4, dout += 4, h += 4) backward<f32>(gates, dh, dout, h, width);
  }
}

// @ts-ignore: decorator
@inline
function backward<T>(gates: usize, dh: usize, dout: usize, h: usize, width: usize): void {
  const gr = gates + width, gq = gr + 2 * width;
  const r = load<T>(gr);
  const dn = blendBackward<T>(gates, dh, dout, h, width);
  store<T>(gr, flush(mul(mul(mul(dn, load<T>(gq)), r), sub(one(), r))));
  store<T>(gq, flush(mul(dn, r)));
}

/**
 * The backward pass of h' = (1 - z) n + z h. Replaces n and z by the gradients of their pre-activations. dh becomes
 * z (dh + dout). Returns the gradient of the pre-activation of n.
 */
// @ts-ignore: decorator
@inline
function blendBackward<T>(gates: usize, dh: usize, dout: usize, h: usize, width: usize): v128 {
  const gz = gates + 2 * width;
  const n = load<T>(gates), z = load<T>(gz);
  const dHidden = add(load<T>(dh), load<T>(dout));
  const dHiddenZ = mul(dHidden, z);
  const dn = flush(mul(sub(dHidden, dHiddenZ), nmadd(n, n, one())));
  store<T>(gates, dn);
  store<T>(gz, flush(mul(mul(dHiddenZ, sub(load<T>(h), n)), sub(one(), z))));
  store<T>(dh, flush(dHiddenZ));
  return dn;
}

/**
 * For the GRU with reset before the product: runs the first half of the backward step. Replaces n and z by the gradients of
 * their pre-activations. dh becomes z (dh + dout).
 */
export function gruBlendBackward(gates: usize, dh: usize, dout: usize, h: usize, B: i32, H: i32): void {
  const width = <usize>H << 2;
  for (let b = 0; b < B; b++, gates += 3 * width) {
    const end = h + width;
    for (const body = h + (width & ~15); h < body; gates += 16, dh += 16, dout += 16, h += 16) {
      blendBackward<v128>(gates, dh, dout, h, width);
    }
    for (; h < end; gates += 4, dh += 4, dout += 4, h += 4) blendBackward<f32>(gates, dh, dout, h, width);
  }
}

/**
 * For the GRU with reset before the product: runs the second half of the backward step. Replaces r by the gradient of its
 * pre-activation. Adds r dq to dh. dq [B, H]: gradient of q = r h.
 */
export function gruResetBackward(gates: usize, dh: usize, dq: usize, h: usize, B: i32, H: i32): void {
  const width = <usize>H << 2;
  for (let b = 0; b < B; b++, gates += 3 * width) {
    const end = h + width;
    for (const body = h + (width & ~15); h < body; gates += 16, dh += 16, dq += 16, h += 16) {
      resetBackward<v128>(gates, dh, dq, h, width);
    }
    for (; h < end; gates += 4, dh += 4, dq += 4, h += 4) resetBackward<f32>(gates, dh, dq, h, width);
  }
}

// @ts-ignore: decorator
@inline
function resetBackward<T>(gates: usize, dh: usize, dq: usize, h: usize, width: usize): void {
  const gr = gates + width;
  const r = load<T>(gr);
  const dqr = mul(load<T>(dq), r);
  store<T>(gr, flush(mul(mul(dqr, load<T>(h)), sub(one(), r))));
  store<T>(dh, flush(add(load<T>(dh), dqr)));
}
