// The functions by which a cell can differ from PyTorch's cells: activations, clipping, peepholes, layer normalisation.

import { SIGMOID, TANH, activate, activateBackward } from "./activation";

/** The functions of a cell. The host writes them into memory. If an array is not used, its address is 0. */
@unmanaged
export class CellFunctions {
  /** Limit of the inputs of activations, which are clipped to [-limit, limit]. Infinity means no clipping. */
  limit: f32;
  /** Activation of the gates. */
  f: i32; fAlpha: f32; fBeta: f32;
  /** Activation of the candidate. */
  g: i32; gAlpha: f32; gBeta: f32;
  /** Activation of the new cell state. */
  h: i32; hAlpha: f32; hBeta: f32;
  /** Peephole weights: one row [H] for each of the gates i, f and o. LSTM_COUPLED and LSTM_NO_FORGET have no row f. */
  peepholes: usize;
  peepholesGradient: usize;
  /**
   * Gains of layer normalisation [columns * H] (cell-norm.ts). `columns` is the number of blocks of H columns in the array of
   * gates.
   */
  gain: usize;
  /** Biases of layer normalisation [columns * H]. */
  bias: usize;
  /**
   * Layer normalisation copies the original pre-activations for the backward pass. `kept` is the distance in bytes from a
   * pre-activation to its copy. If `kept` is 0, nothing is copied.
   */
  kept: usize;
  gainGradient: usize;
  biasGradient: usize;
}

/** The functions of PyTorch's cells: no limit, f = sigmoid, g = h = tanh, no peepholes. */
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

/** Replaces the gates y[n] by the gradients of their pre-activations: d times the slope of f. d[n]: gradients of the gates. */
// @ts-ignore: decorator
@inline
export function gatesBackward(functions: CellFunctions, y: usize, d: usize, n: i32): void {
  activateBackward(word(functions, offsetof<CellFunctions>("f")), functions.limit, y, d, n);
}

/**
 * Replaces the candidates y[n] by the gradients of their pre-activations: d times the slope of g. d[n]: gradients of the
 * candidates.
 */
// @ts-ignore: decorator
@inline
export function candidateBackward(functions: CellFunctions, y: usize, d: usize, n: i32): void {
  activateBackward(word(functions, offsetof<CellFunctions>("g")), functions.limit, y, d, n);
}

/** Replaces y[n] = h(c') by the gradients of the cell state c': d times the slope of h at c'. d[n]: gradients of y. */
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
