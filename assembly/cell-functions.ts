// The functions of a cell, if they differ from PyTorch's: activations, clipping, peepholes, layer normalisation.

import { SIGMOID, TANH, activate, activateBackward } from "./activation";

/** A cell's functions, written into memory by the host. An address is 0 if there is nothing. */
@unmanaged
export class CellFunctions {
  /** Inputs of activations are clipped to [-limit, limit]; infinity: not clipped. */
  limit: f32;
  /** Activation of the gates. */
  f: i32; fAlpha: f32; fBeta: f32;
  /** Activation of the candidate. */
  g: i32; gAlpha: f32; gBeta: f32;
  /** Activation of the new cell state. */
  h: i32; hAlpha: f32; hBeta: f32;
  /** Weights of the cell state in the gates i, f (if there is one) and o: rows of H. */
  peepholes: usize;
  peepholesGradient: usize;
  /** Layer normalisation of the gates (cell-norm.ts): gains [columns * H]. */
  gain: usize;
  /** Biases of normalised gates [columns * H]. */
  bias: usize;
  /** Bytes from a gate to the copy of its pre-activation; 0: no copy is kept. */
  kept: usize;
  gainGradient: usize;
  biasGradient: usize;
}

/** PyTorch's own functions: no limit, f = sigmoid, g = h = tanh, no peepholes. */
export const PLAIN = changetype<CellFunctions>(
  memory.data<u32>([0x7f800000, SIGMOID, 0, 0, TANH, 0, 0, TANH, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
);

/** x[n] <- f(x), the gates' activation. */
// @ts-ignore: decorator
@inline
export function activateGates(functions: CellFunctions, x: usize, n: i32): void {
  activate(word(functions, offsetof<CellFunctions>("f")), functions.limit, x, x, n);
}

/** x[n] <- g(x), the candidate's activation. */
// @ts-ignore: decorator
@inline
export function activateCandidate(functions: CellFunctions, x: usize, n: i32): void {
  activate(word(functions, offsetof<CellFunctions>("g")), functions.limit, x, x, n);
}

/** x[n] <- h(x), the activation of the new cell state. */
// @ts-ignore: decorator
@inline
export function activateMemory(functions: CellFunctions, x: usize, n: i32): void {
  activate(word(functions, offsetof<CellFunctions>("h")), functions.limit, x, x, n);
}

/** y[n]: gates in, d f' out. */
// @ts-ignore: decorator
@inline
export function gatesBackward(functions: CellFunctions, y: usize, d: usize, n: i32): void {
  activateBackward(word(functions, offsetof<CellFunctions>("f")), functions.limit, y, d, n);
}

/** y[n]: candidates in, d g' out. */
// @ts-ignore: decorator
@inline
export function candidateBackward(functions: CellFunctions, y: usize, d: usize, n: i32): void {
  activateBackward(word(functions, offsetof<CellFunctions>("g")), functions.limit, y, d, n);
}

/** y[n]: h(c') in, d h' out. */
// @ts-ignore: decorator
@inline
export function memoryBackward(functions: CellFunctions, y: usize, d: usize, n: i32): void {
  activateBackward(word(functions, offsetof<CellFunctions>("h")), functions.limit, y, d, n);
}

// @ts-ignore: decorator
@inline
function word(functions: CellFunctions, offset: usize): usize {
  return changetype<usize>(functions) + offset;
}
