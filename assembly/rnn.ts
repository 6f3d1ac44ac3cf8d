// The elementwise part of the Elman cell, h' = tanh(.) or relu(.).

import { add, flush, load, mul, nmadd, one, store } from "./lane";
import { relu, tanh } from "./math";

/** Computes hNext [B, H] from the pre-activations in gates [B, H]. h' = relu(.) if `rectified`, otherwise tanh(.). */
export function rnnForward(rectified: bool, hNext: usize, gates: usize, B: i32, H: i32): void {
  const size = <usize>(B * H) << 2;
  const end = hNext + size;
  for (const body = hNext + (size & ~15); hNext < body; gates += 16, hNext += 16) forward<v128>(rectified, hNext, gates);
  for (; hNext < end; gates += 4, hNext += 4) forward<f32>(rectified, hNext, gates);
}

// @ts-ignore: decorator
@inline
function forward<T>(rectified: bool, hNext: usize, gates: usize): void {
  const x = load<T>(gates);
  store<T>(hNext, flush(rectified ? relu(x) : tanh(x)));
}

/**
 * Stores the gradients of the pre-activations in gates [B, H]. dout [B, H]: gradient of this step's output. dh [B, H]: gradient
 * of h' from later steps. dh becomes 0.
 */
export function rnnBackward(rectified: bool, gates: usize, dh: usize, dout: usize, hNext: usize, B: i32, H: i32): void {
  const size = <usize>(B * H) << 2;
  const end = hNext + size;
  for (const body = hNext + (size & ~15); hNext < body; gates += 16, dh += 16, dout += 16, hNext += 16) {
    backward<v128>(rectified, gates, dh, dout, hNext);
  }
  for (; hNext < end; gates += 4, dh += 4, dout += 4, hNext += 4) backward<f32>(rectified, gates, dh, dout, hNext);
}

// @ts-ignore: decorator
@inline
function backward<T>(rectified: bool, gates: usize, dh: usize, dout: usize, hNext: usize): void {
  const h = load<T>(hNext);
  const dHidden = add(load<T>(dh), load<T>(dout));
  const zero = f32x4.splat(0);
  const d = rectified ? v128.andnot(dHidden, f32x4.le(h, zero)) : mul(dHidden, nmadd(h, h, one()));
  store<T>(gates, flush(d));
  store<T>(dh, zero);
}
