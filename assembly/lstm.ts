// The pointwise half of the LSTM cell, columns i, f, g, o as in PyTorch's weights:
//   i, f, o = sigmoid(.)   g = tanh(.)   c' = f c + i g   h' = o tanh(c')

import { add, flush, load, madd, mul, nmadd, one, store, sub } from "./lane";
import { sigmoid, tanh } from "./math";

/** gates [B, 4H]: pre-activations in, activations out. c [B, H] -> cNext, hNext [B, H]; cNext may be c. */
export function lstmForward(hNext: usize, cNext: usize, gates: usize, c: usize, B: i32, H: i32): void {
  const width = <usize>H << 2;
  for (let b = 0; b < B; b++, gates += 3 * width) {
    const end = c + width;
    for (const body = c + (width & ~15); c < body; gates += 16, c += 16, cNext += 16, hNext += 16) {
      forward<v128>(hNext, cNext, gates, c, width);
    }
    for (; c < end; gates += 4, c += 4, cNext += 4, hNext += 4) forward<f32>(hNext, cNext, gates, c, width);
  }
}

// @ts-ignore: decorator
@inline
function forward<T>(hNext: usize, cNext: usize, gates: usize, c: usize, width: usize): void {
  const gf = gates + width, gg = gf + width, go = gg + width;
  const i = sigmoid(load<T>(gates));
  const f = sigmoid(load<T>(gf));
  const g = tanh(load<T>(gg));
  const o = sigmoid(load<T>(go));
  const cell = flush(madd(f, load<T>(c), mul(i, g)));
  store<T>(gates, i);
  store<T>(gf, f);
  store<T>(gg, g);
  store<T>(go, o);
  store<T>(cNext, cell);
  store<T>(hNext, flush(mul(o, tanh(cell))));
}

/**
 * gates [B, 4H]: activations in, gradients of the pre-activations out. dout [B, H] is this step's own gradient; dh, dc
 * [B, H] carry the gradient of h' and c' in; out of it come dc of the previous step and dh = 0, to which the caller adds
 * the recurrent product.
 */
export function lstmBackward(
  gates: usize, dh: usize, dc: usize, dout: usize, cNext: usize, c: usize, B: i32, H: i32,
): void {
  const width = <usize>H << 2;
  for (let b = 0; b < B; b++, gates += 3 * width) {
    const end = c + width;
    for (const body = c + (width & ~15); c < body; gates += 16, dh += 16, dc += 16, dout += 16, cNext += 16, c += 16) {
      backward<v128>(gates, dh, dc, dout, cNext, c, width);
    }
    for (; c < end; gates += 4, dh += 4, dc += 4, dout += 4, cNext += 4, c += 4) {
      backward<f32>(gates, dh, dc, dout, cNext, c, width);
    }
  }
}

// @ts-ignore: decorator
@inline
function backward<T>(gates: usize, dh: usize, dc: usize, dout: usize, cNext: usize, c: usize, width: usize): void {
  const gf = gates + width, gg = gf + width, go = gg + width;
  const i = load<T>(gates), f = load<T>(gf), g = load<T>(gg), o = load<T>(go);
  const t = tanh(load<T>(cNext));
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
