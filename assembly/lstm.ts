// PyTorch's LSTM cell without its matrix products. i, f and o are the input, forget and output gates. g is the candidate. c is
// the cell state before the step, and c' is the cell state after it. h' is the hidden state after the step.
//   i, f, o = sigmoid(.)   g = tanh(.)   c' = f c + i g   h' = o tanh(c')
// The array `gates` has four blocks of H columns: i, f, g, o.
//
// The activations and the remaining arithmetic are separate loops. A single loop would have longer chains of dependent
// instructions, which the CPU overlaps less well.

import { SIGMOID, TANH, activation_forward } from "./activation";
import { add, at, div, flush, load, madd, mul, nmadd, one, store, sub } from "./lane";
import { tanh } from "./math";

/**
 * Computes the new states c' and h' from the old cell state c [B, H] and the pre-activations in gates [B, 4H]. Stores c' in cNext
 * [B, H] and h' in hNext [B, H]. Replaces the pre-activations by the values of i, f, g and o. cNext may be the same array as c.
 */
export function lstmForward(hNext: usize, cNext: usize, gates: usize, c: usize, B: i32, H: i32): void {
  const width = <usize>H << 2;
  for (let b = 0; b < B; b++, gates += 3 * width) {
    activation_forward(SIGMOID, gates, gates, 2 * H, 0, 0);
    activation_forward(TANH, at(gates, 2 * H), at(gates, 2 * H), H, 0, 0);
    activation_forward(SIGMOID, at(gates, 3 * H), at(gates, 3 * H), H, 0, 0);
    const end = c + width;
    for (const body = c + (width & ~15); c < body; gates += 16, c += 16, cNext += 16, hNext += 16) {
      combine<v128>(hNext, cNext, gates, c, width);
    }
    for (; c < end; gates += 4, c += 4, cNext += 4, hNext += 4) combine<f32>(hNext, cNext, gates, c, width);
  }
}

// @ts-ignore: decorator
@inline
function combine<T>(hNext: usize, cNext: usize, gates: usize, c: usize, width: usize): void {
  const gf = gates + width, gg = gf + width, go = gg + width;
  const cell = flush(madd(load<T>(gf), load<T>(c), mul(load<T>(gates), load<T>(gg))));
  store<T>(cNext, cell);
  store<T>(hNext, flush(mul(load<T>(go), tanh(cell))));
}

/**
 * The backward step. In gates [B, 4H], replaces i, f, g and o by the gradients of their pre-activations.
 *
 * dout [B, H] is the gradient of this step's output h'. dh [B, H] is the gradient that h' gets from later steps. dc [B, H] is the
 * gradient that c' gets from later steps. Replaces dc by the gradient of the old cell state c. Sets dh to 0. The caller then adds
 * to dh the gradient of the old hidden state: the product of the gradients in `gates` and the recurrent weights.
 *
 * tanh(c') is computed as h' / o. If o is tiny, h' may have been flushed to 0, and then the quotient is wrong. This error is
 * negligible, because every gradient that depends on the quotient has the factor o.
 */
export function lstmBackward(
  gates: usize, dh: usize, dc: usize, dout: usize, hNext: usize, c: usize, B: i32, H: i32,
): void {
  const width = <usize>H << 2;
  for (let b = 0; b < B; b++, gates += 3 * width) {
    const end = c + width;
    for (const body = c + (width & ~15); c < body; gates += 16, dh += 16, dc += 16, dout += 16, hNext += 16, c += 16) {
      backward<v128>(gates, dh, dc, dout, hNext, c, width);
    }
    for (; c < end; gates += 4, dh += 4, dc += 4, dout += 4, hNext += 4, c += 4) {
      backward<f32>(gates, dh, dc, dout, hNext, c, width);
    }
  }
}

// @ts-ignore: decorator
@inline
function backward<T>(gates: usize, dh: usize, dc: usize, dout: usize, hNext: usize, c: usize, width: usize): void {
  const gf = gates + width, gg = gf + width, go = gg + width;
  const i = load<T>(gates), f = load<T>(gf), g = load<T>(gg), o = load<T>(go);
  const t = div(load<T>(hNext), o);
  const dHidden = add(load<T>(dh), load<T>(dout));
  const dGo = mul(dHidden, o); // gradient of tanh(c')
  const dCell = madd(dGo, nmadd(t, t, one()), load<T>(dc));
  const dCellI = mul(dCell, i), dCellF = mul(dCell, f);
  store<T>(gates, flush(mul(mul(dCellI, g), sub(one(), i))));
  store<T>(gf, flush(mul(mul(dCellF, load<T>(c)), sub(one(), f))));
  store<T>(gg, flush(mul(dCellI, nmadd(g, g, one()))));
  store<T>(go, flush(mul(mul(dGo, t), sub(one(), o))));
  store<T>(dc, flush(dCellF));
  store<T>(dh, f32x4.splat(0));
}
