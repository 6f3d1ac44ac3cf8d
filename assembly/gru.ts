// The GRU cell without its matrix products. r is the reset gate, z the update gate and n the candidate. h is the state before the
// step, and h' is the state after it. f and g are activation functions.
//   r, z = f(.)   h' = (1 - z) n + z h
// The equation of n depends on the variant of the GRU. x_n is the product of the input and n's input weights, plus n's input
// bias. R_n and b_hn are n's recurrent weights and recurrent bias.
//   reset after the product (PyTorch, Keras' default):  q = R_n h + b_hn   n = g(x_n + r q)
//   reset before the product (Cho et al. 2014, ONNX's): q = r h            n = g(x_n + R_n q + b_hn)
//   simplified (no reset gate):                                            n = g(x_n + R_n h + b_hn)
// The array `gates` [B, 4H] has four blocks of H columns: n, r, z, q. In this order, one matrix product with the input writes the
// adjacent blocks n, r and z. With reset after the product, one matrix product with the state writes the adjacent blocks r, z and
// q. For the simplified GRU, `gates` is [B, 2H] with the blocks z and n.
//
// The backward passes in this file are for f = sigmoid and g = tanh only. They combine all operations in one loop. gru-general.ts
// has the backward passes for other activation functions and for the simplified GRU.

import { CellFunctions, activateCandidate, activateGates } from "./cell-functions";
import { multiply_add, multiply_forward } from "./elementwise";
import { add, at, flush, load, madd, mul, nmadd, one, store, sub } from "./lane";

/**
 * For the GRU with reset after the product: applies f to the pre-activations of the gates r and z. Then adds r q to the
 * pre-activation of the candidate n.
 */
export function gruResetAfterForward(functions: CellFunctions, gates: usize, B: i32, H: i32): void {
  for (let b = 0; b < B; b++, gates = at(gates, 4 * H)) {
    activateGates(functions, at(gates, H), 2 * H);
    multiply_add(gates, at(gates, H), at(gates, 3 * H), H);
  }
}

/**
 * For the GRU with reset before the product: applies f to the pre-activations of the gates r and z. Then stores q = r h in the
 * fourth block of `gates`. The caller later adds R_n q to the pre-activation of the candidate n.
 */
export function gruResetBeforeForward(functions: CellFunctions, gates: usize, h: usize, B: i32, H: i32): void {
  for (let b = 0; b < B; b++, gates = at(gates, 4 * H), h = at(h, H)) {
    activateGates(functions, at(gates, H), 2 * H);
    multiply_forward(at(gates, 3 * H), at(gates, H), h, H);
  }
}

/** For the simplified GRU: applies f to the pre-activation of the gate z. */
export function gruSimplifiedForward(functions: CellFunctions, gates: usize, B: i32, H: i32): void {
  for (let b = 0; b < B; b++, gates = at(gates, 2 * H)) activateGates(functions, gates, H);
}

/**
 * Completes the forward step of every GRU variant. Applies g to the pre-activation of the candidate n. Then stores the new state
 * (1 - z) n + z h in hNext. hNext may be the same array as h. `gates` has `columns` blocks of H columns. nAt and zAt are the
 * indices of the blocks n and z.
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
 * The backward step of the GRU with reset after the product. `gates` [B, 4H] has the blocks n, r, z and q. Replaces n, r and z by
 * the gradients of their pre-activations. Replaces q by the gradient of q.
 *
 * dout [B, H] is the gradient of this step's output h'. dh [B, H] is the gradient that h' gets from later steps. Replaces dh by
 * z (dh + dout), the gradient that h gets through the term z h. The caller then adds to dh the gradient that h gets through the
 * matrix products.
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
 * The backward pass of h' = (1 - z) n + z h. The gradient of h' is dh + dout. In `gates`, replaces n and z by the gradients of
 * their pre-activations. Replaces dh by z (dh + dout), the gradient that h gets through the term z h. Returns the gradient of the
 * pre-activation of n.
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
 * The first half of the backward step of the GRU with reset before the product. The gradient of h' is dh + dout. In gates
 * [B, 4H], replaces n and z by the gradients of their pre-activations. Replaces dh by z (dh + dout), the gradient that h gets
 * through the term z h.
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
 * The second half of the backward step of the GRU with reset before the product. It is the backward pass of q = r h. dq [B, H] is
 * the gradient of q. In gates [B, 4H], replaces r by the gradient of the pre-activation of r. Adds r dq to dh, the gradient of h.
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
