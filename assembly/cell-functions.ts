// Options that PyTorch's cells do not have: other activation functions, clipping, peepholes, layer normalisation.

import { SIGMOID, TANH, activate, activateBackward } from "./activation";

/**
 * The functions of a cell and the arrays that they need. JavaScript writes these fields into memory. If an array is not used, its
 * address is 0.
 */
@unmanaged
export class CellFunctions {
  /** The inputs of all activation functions are clipped to [-limit, limit]. Infinity means no clipping. */
  limit: f32;
  /** Activation function of the gates: its number (such as SIGMOID), alpha and beta. */
  f: i32; fAlpha: f32; fBeta: f32;
  /** Activation function of the candidate: its number, alpha and beta. */
  g: i32; gAlpha: f32; gBeta: f32;
  /** Activation function of the LSTM's new cell state: its number, alpha and beta. */
  h: i32; hAlpha: f32; hBeta: f32;
  /**
   * Peephole weights of an LSTM: H weights for each of the gates i, f and o, in this order. LSTM_COUPLED and LSTM_NO_FORGET have
   * no gate f.
   */
  peepholes: usize;
  peepholesGradient: usize;
  /** What the peephole of gate o sees: 0 means the new cell state c', 1 means the state c before the step. */
  previous: i32;
  /**
   * Gains of layer normalisation (cell-norm.ts): one for each normalised column of the array `gates`. If the address is 0, the
   * cell has no layer normalisation.
   */
  gain: usize;
  /** Biases of layer normalisation: one for each normalised column of the array `gates`. */
  bias: usize;
  /**
   * Distance in bytes, in memory, from a pre-activation to its copy. Layer normalisation makes the copy for the backward pass
   * before it replaces the pre-activation. 0 means that no copies are made.
   */
  kept: usize;
  gainGradient: usize;
  biasGradient: usize;
}

/** The functions of PyTorch's cells: f = sigmoid, g = tanh, h = tanh. `limit` is infinite. All addresses of arrays are 0. */
export const PLAIN = changetype<CellFunctions>(
  memory.data<u32>([0x7f800000, SIGMOID, 0, 0, TANH, 0, 0, TANH, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
);

/** Applies the gates' activation function f to n pre-activations x, in place. */
// @ts-ignore: decorator
@inline
export function activateGates(functions: CellFunctions, x: usize, n: i32): void {
  activate(word(functions, offsetof<CellFunctions>("f")), functions.limit, x, x, n);
}

/** Applies the candidate's activation function g to n pre-activations x, in place. */
// @ts-ignore: decorator
@inline
export function activateCandidate(functions: CellFunctions, x: usize, n: i32): void {
  activate(word(functions, offsetof<CellFunctions>("g")), functions.limit, x, x, n);
}

/** Applies the activation function h to n new cell states x of an LSTM, in place. */
// @ts-ignore: decorator
@inline
export function activateMemory(functions: CellFunctions, x: usize, n: i32): void {
  activate(word(functions, offsetof<CellFunctions>("h")), functions.limit, x, x, n);
}

/**
 * The backward pass of activateGates. The array y has the values of n gates. The array d has the gradients of these gates.
 * Replaces y by the gradients of the pre-activations.
 */
// @ts-ignore: decorator
@inline
export function gatesBackward(functions: CellFunctions, y: usize, d: usize, n: i32): void {
  activateBackward(word(functions, offsetof<CellFunctions>("f")), functions.limit, y, d, n);
}

/**
 * The backward pass of activateCandidate. The array y has the values of n candidates. The array d has the gradients of these
 * candidates. Replaces y by the gradients of the pre-activations.
 */
// @ts-ignore: decorator
@inline
export function candidateBackward(functions: CellFunctions, y: usize, d: usize, n: i32): void {
  activateBackward(word(functions, offsetof<CellFunctions>("g")), functions.limit, y, d, n);
}

/**
 * The backward pass of activateMemory. The array y has n activated cell states h(c'). The array d has the gradients of y.
 * Replaces y by the gradients of the cell states c'.
 */
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
