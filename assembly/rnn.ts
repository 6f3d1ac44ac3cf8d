// The Elman cell without its matrix products. The new state h' is tanh or relu of the pre-activation.

import { add, flush, load, mul, nmadd, one, store } from "./lane";
import { relu, tanh } from "./math";

/** Computes the new state hNext [B, H] from the pre-activations in gates [B, H]. Applies relu if `rectified`, otherwise tanh. */
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
 * The backward step. Stores the gradients of the pre-activations in gates [B, H].
 *
 * hNext [B, H] is the new state h'. dout [B, H] is the gradient of this step's output h'. dh [B, H] is the gradient that h' gets
 * from later steps. Sets dh to 0. The caller then adds to dh the gradient of the old state.
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
