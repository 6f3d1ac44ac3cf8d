// What a cell may be given beside PyTorch's own functions.

import { SIGMOID, TANH, activate, activateBackward } from "./activation";

/** A cell's functions, which the host writes into memory; where there is nothing, an address is 0. */
@unmanaged
export class CellFunctions {
  /** Of what goes into an activation; infinity: none. */
  limit: f32;
  /** Activation of the gates. */
  f: i32; fAlpha: f32; fBeta: f32;
  /** Activation of the candidate. */
  g: i32; gAlpha: f32; gBeta: f32;
  /** Activation of the new memory cell. */
  h: i32; hAlpha: f32; hBeta: f32;
  /** Weights of the memory cell in the gates i, f (where there is one), o: rows of H. */
  peepholes: usize;
  peepholesGradient: usize;
  /** Layer normalisation of the gates (cell-norm.ts): gains [columns * H]. */
  gain: usize;
  /** Biases of normalised gates [columns * H]. */
  bias: usize;
  /** Bytes from the gates to where their pre-activations are kept; 0: they are not. */
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

/** x[n] <- h(x), the activation of the new memory cell. */
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
