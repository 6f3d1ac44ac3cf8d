// The pointwise half of the GRU cell. Columns of `gates` [B, 4H] are n, r, z, q, so that the products with the input
// (n, r, z) and with the state (r, z, q) both write one run of columns:
//   r, z = sigmoid(.)   h' = (1 - z) n + z h
//   reset after the product (PyTorch, Keras' default):  q = R_n h + b_hn   n = tanh(x_n + r q)
//   reset before the product (Cho et al. 2014, ONNX's): q = r h            n = tanh(x_n + R_n q + b_hn)

import { multiply_add, multiply_forward, sigmoid_forward, tanh_forward } from "./elementwise";
import { add, flush, load, madd, mul, nmadd, one, store, sub } from "./lane";

/** Reset after: pre-activations in; n, r, z and q out. h [B, H] -> hNext [B, H], which may be h. */
export function gruForward(hNext: usize, gates: usize, h: usize, B: i32, H: i32): void {
  const width = <usize>H << 2;
  let row = gates;
  for (let b = 0; b < B; b++, row += 4 * width) {
    sigmoid_forward(row + width, row + width, 2 * H);
    multiply_add(row, row + width, row + 3 * width, H);
  }
  gruBlendForward(hNext, gates, h, B, H);
}

/**
 * Reset after. gates [B, 4H]: n, r, z, q in, gradients of their pre-activations out. dout [B, H] is this step's own
 * gradient; dh [B, H] carries the gradient of h' in and z times it out, to which the caller adds the recurrent product.
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

/** Backward of h' = (1 - z) n + z h: stores the gradients of n and z before their activations; returns that of n. */
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

/** Reset before, first half: r and z are activated and q = r h, for the product with R_n. */
export function gruResetForward(gates: usize, h: usize, B: i32, H: i32): void {
  const width = <usize>H << 2;
  for (let b = 0; b < B; b++, gates += 4 * width, h += width) {
    sigmoid_forward(gates + width, gates + width, 2 * H);
    multiply_forward(gates + 3 * width, gates + width, h, H);
  }
}

/** The end of both forms: n is activated and blended with h into hNext, which may be h. */
export function gruBlendForward(hNext: usize, gates: usize, h: usize, B: i32, H: i32): void {
  const width = <usize>H << 2;
  for (let b = 0; b < B; b++, gates += 3 * width) {
    tanh_forward(gates, gates, H);
    const end = h + width;
    for (const body = h + (width & ~15); h < body; gates += 16, h += 16, hNext += 16) {
      blendForward<v128>(hNext, gates, h, width);
    }
    for (; h < end; gates += 4, h += 4, hNext += 4) blendForward<f32>(hNext, gates, h, width);
  }
}

// @ts-ignore: decorator
@inline
function blendForward<T>(hNext: usize, gates: usize, h: usize, width: usize): void {
  const n = load<T>(gates);
  store<T>(hNext, flush(madd(load<T>(gates + 2 * width), sub(load<T>(h), n), n)));
}

/** Reset before, first half backwards: gradients of n and z; dh becomes z dh. */
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

/** Reset before, second half backwards: dq [B, H], the gradient of q = r h, gives that of r and adds r dq to dh. */
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
