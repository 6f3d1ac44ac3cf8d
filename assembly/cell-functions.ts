// The functions of a cell that differ from PyTorch's: activations, clipping, peepholes, layer normalisation.

import { SIGMOID, TANH, activate, activateBackward } from "./activation";

/** A cell's functions, which the host writes into memory. The address of an absent array is 0. */
@unmanaged
export class CellFunctions {
  /** Inputs of activations are clipped to [-limit, limit]. If the limit is infinity, they are not clipped. */
  limit: f32;
  /** Activation of the gates. */
  f: i32; fAlpha: f32; fBeta: f32;
  /** Activation of the candidate. */
  g: i32; gAlpha: f32; gBeta: f32;
  /** Activation of the new cell state. */
  h: i32; hAlpha: f32; hBeta: f32;
  /** Weights of the cell state in the gates i, f and o: one row [H] for each gate. A cell without forget gate has no row f. */
  peepholes: usize;
  peepholesGradient: usize;
  /** Gains of normalised gates [columns * H] (cell-norm.ts). */
  gain: usize;
  /** Biases of normalised gates [columns * H]. */
  bias: usize;
  /** Bytes from a gate to the copy of its pre-activation; 0 if no copy is kept. */
  kept: usize;
  gainGradient: usize;
  biasGradient: usize;
}

/** PyTorch's own functions: no limit, f = sigmoid, g = h = tanh, no peepholes. */
export const PLAIN = changetype<CellFunctions>(
  memory.data<u32>([0x7f800000, SIGMOID, 0, 0, TANH, 0, 0, TANH, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
);

/** Replaces x[n] by f(x), the activation of the gates. */
// @ts-ignore: decorator
@inline
export function activateGates(functions: CellFunctions, x: usize, n: i32): void {
  activate(word(functions, offsetof<CellFunctions>("f")), functions.limit, x, x, n);
}

/** Replaces x[n] by g(x), the activation of the candidate. */
// @ts-ignore: decorator
@inline
export function activateCandidate(functions: CellFunctions, x: usize, n: i32): void {
  activate(word(functions, offsetof<CellFunctions>("g")), functions.limit, x, x, n);
}

/** Replaces x[n] by h(x), the activation of the new cell state. */
// @ts-ignore: decorator
@inline
export function activateMemory(functions: CellFunctions, x: usize, n: i32): void {
  activate(word(functions, offsetof<CellFunctions>("h")), functions.limit, x, x, n);
}

/** Replaces the gates y[n] by the gradients d f' of their pre-activations. */
// @ts-ignore: decorator
@inline
export function gatesBackward(functions: CellFunctions, y: usize, d: usize, n: i32): void {
  activateBackward(word(functions, offsetof<CellFunctions>("f")), functions.limit, y, d, n);
}

/** Replaces the candidates y[n] by the gradients d g' of their pre-activations. */
// @ts-ignore: decorator
@inline
export function candidateBackward(functions: CellFunctions, y: usize, d: usize, n: i32): void {
  activateBackward(word(functions, offsetof<CellFunctions>("g")), functions.limit, y, d, n);
}

/** Replaces y[n] = h(c') by the gradients d h'(c'). */
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
