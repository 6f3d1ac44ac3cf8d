// The LSTM cell without its matrix products, with any activation functions, clipping, peepholes and any kind of forget gate.
// i, f and o are the input, forget and output gates. g is the candidate. c is the cell state before the step, and c' is the cell
// state after it. h' is the hidden state after the step.
//   i, f, o = f(.)   g = g(.)   c' = F c + i g   h' = o h(c')
// The functions f(.), g(.) and h(.) are the activation functions in CellFunctions. The argument `forget` determines the factor F
// and the blocks of H columns in the array `gates`:
//   OWN      F = f        blocks i, f, g, o
//   COUPLED  F = 1 - i    blocks i, g, o (Greff et al. 2017; ONNX's input_forget)
//   NONE     F = 1        blocks i, g, o (Hochreiter and Schmidhuber 1997)
// With peepholes (Gers and Schmidhuber 2000), the gates i and f also depend on c, and the gate o also depends on c'. If `previous`
// in CellFunctions is 1, the gate o depends on c as well.
//
// Each operation is a separate loop over a row. lstm.ts has faster loops for PyTorch's LSTM.

import {
  CellFunctions, activateCandidate, activateGates, activateMemory, candidateBackward, gatesBackward, memoryBackward,
} from "./cell-functions";
import { add_forward, multiply_add, multiply_forward } from "./elementwise";
import { at, flush, load, madd, mul, nmadd, store, sub } from "./lane";

export const OWN = 0;
export const COUPLED = 1;
export const NONE = 2;

/**
 * Runs a forward step of any LSTM of this file. lstmForward in lstm.ts runs the standard LSTM alone. gates: [B, 4H] if `forget` is
 * OWN, otherwise [B, 3H].
 */
export function lstmGeneralForward(
  forget: i32, functions: CellFunctions, hNext: usize, cNext: usize, gates: usize, c: usize, B: i32, H: i32,
): void {
  const seen = forget == OWN ? 2 * H : H, p = functions.peepholes, previous = functions.previous;
  for (let b = 0; b < B; b++) {
    const gg = at(gates, seen), go = at(gg, H);
    if (p) {
      multiply_add(gates, p, c, H);
      if (forget == OWN) multiply_add(at(gates, H), at(p, H), c, H);
      if (previous) multiply_add(go, at(p, seen), c, H); // before updateMemory: cNext may be the same array as c
    }
    activateGates(functions, gates, seen);
    activateCandidate(functions, gg, H);
    updateMemory(forget, cNext, gates, gg, c, H);
    if (p && !previous) multiply_add(go, at(p, seen), cNext, H);
    activateGates(functions, go, H);
    memory.copy(hNext, cNext, <usize>H << 2);
    activateMemory(functions, hNext, H);
    multiply_forward(hNext, hNext, go, H);
    gates = at(go, H);
    c = at(c, H);
    cNext = at(cNext, H);
    hNext = at(hNext, H);
  }
}

function updateMemory(forget: i32, cNext: usize, gi: usize, gg: usize, c: usize, H: i32): void {
  const width = <usize>H << 2, end = c + width;
  for (const body = c + (width & ~15); c < body; cNext += 16, gi += 16, gg += 16, c += 16) {
    update<v128>(forget, cNext, gi, gg, c, width);
  }
  for (; c < end; cNext += 4, gi += 4, gg += 4, c += 4) update<f32>(forget, cNext, gi, gg, c, width);
}

// @ts-ignore: decorator
@inline
function update<T>(forget: i32, cNext: usize, gi: usize, gg: usize, c: usize, width: usize): void {
  const i = load<T>(gi), before = load<T>(c);
  let kept = before;
  if (forget == OWN) kept = mul(load<T>(gi + width), before);
  else if (forget == COUPLED) kept = nmadd(i, before, before);
  store<T>(cNext, flush(madd(i, load<T>(gg), kept)));
}

/**
 * Runs a backward step of any LSTM of this file. lstmBackward in lstm.ts runs the standard LSTM alone. cNext [B, H]: the new cell
 * state c'. work: 5H floats.
 */
export function lstmGeneralBackward(
  forget: i32, functions: CellFunctions, gates: usize, dh: usize, dc: usize, dout: usize, cNext: usize, c: usize,
  work: usize, B: i32, H: i32,
): void {
  const seen = forget == OWN ? 2 * H : H, size = <usize>H << 2;
  const p = functions.peepholes, dp = functions.peepholesGradient, previous = functions.previous;
  // The scratch memory has five rows of H floats: hc, the gradient of o, the gradient of i, the gradient of f, the gradient of g.
  // At first, hc is the activated cell state h(c'), such as tanh(c'). memoryBackward replaces hc by the gradient that c' gets
  // through h'.
  const hc = work, dO = hc + size, dI = dO + size, dG = dI + 2 * size;
  for (let b = 0; b < B; b++) {
    const gg = at(gates, seen), go = at(gg, H);
    memory.copy(hc, cNext, size);
    activateMemory(functions, hc, H);
    add_forward(dh, dh, dout, H);
    multiply_forward(dO, dh, hc, H);
    multiply_forward(dh, dh, go, H);
    memoryBackward(functions, hc, dh, H);
    gatesBackward(functions, go, dO, H);
    add_forward(dc, dc, hc, H);
    if (p && !previous) peepholeBackward(dc, at(dp, seen), at(p, seen), go, cNext, H);
    memoryUpdateBackward(forget, dI, dG, dc, gates, gg, c, H);
    gatesBackward(functions, gates, dI, seen);
    candidateBackward(functions, gg, dG, H);
    if (p) {
      peepholeBackward(dc, dp, p, gates, c, H);
      if (forget == OWN) peepholeBackward(dc, at(dp, H), at(p, H), at(gates, H), c, H);
      if (previous) peepholeBackward(dc, at(dp, seen), at(p, seen), go, c, H);
    }
    memory.fill(dh, 0, size);
    gates = at(go, H);
    dh += size;
    dc += size;
    dout += size;
    c += size;
    cNext += size;
  }
}

/** The backward pass of a gate's p c, where p has the gate's H peephole weights. d: the gradient of its pre-activation. */
function peepholeBackward(dc: usize, dp: usize, p: usize, d: usize, c: usize, H: i32): void {
  multiply_add(dc, p, d, H);
  multiply_add(dp, d, c, H);
}

/**
 * The backward pass of c' = F c + i g. F is defined at the top of this file. dc [H] is the gradient of c'. Stores the gradient of
 * the gate i in dI [H]. Stores the gradient of the candidate g in dG [H]. If `forget` is OWN, stores the gradient of the gate f
 * in the H floats that follow dI in memory. Replaces dc by F dc, the gradient of c.
 */
function memoryUpdateBackward(
  forget: i32, dI: usize, dG: usize, dc: usize, gi: usize, gg: usize, c: usize, H: i32,
): void {
  const width = <usize>H << 2, end = c + width;
  for (const body = c + (width & ~15); c < body; dI += 16, dG += 16, dc += 16, gi += 16, gg += 16, c += 16) {
    updateBackward<v128>(forget, dI, dG, dc, gi, gg, c, width);
  }
  for (; c < end; dI += 4, dG += 4, dc += 4, gi += 4, gg += 4, c += 4) {
    updateBackward<f32>(forget, dI, dG, dc, gi, gg, c, width);
  }
}

// @ts-ignore: decorator
@inline
function updateBackward<T>(
  forget: i32, dI: usize, dG: usize, dc: usize, gi: usize, gg: usize, c: usize, width: usize,
): void {
  const i = load<T>(gi), g = load<T>(gg), before = load<T>(c), d = load<T>(dc);
  store<T>(dG, mul(d, i));
  if (forget == OWN) {
    store<T>(dI, mul(d, g));
    store<T>(dI + width, mul(d, before));
    store<T>(dc, flush(mul(d, load<T>(gi + width))));
  } else if (forget == COUPLED) {
    store<T>(dI, mul(d, sub(g, before)));
    store<T>(dc, flush(nmadd(d, i, d)));
  } else {
    store<T>(dI, mul(d, g));
    store<T>(dc, flush(d));
  }
}
