// What a cell may be given beside PyTorch's own functions, as the host writes it (src/autograd/cell-options.ts).

import { SIGMOID, TANH, activate, activateBackward } from "./activation";

/** 17 words; where there is nothing, an address is 0. */
@unmanaged
export class CellOptions {
  /** Of what goes into an activation; infinity: none. */
  limit: f32;
  /** Activations, three words each: number, alpha, beta. Of the gates ... */
  f: i32; fAlpha: f32; fBeta: f32;
  /** ... of the candidate ... */
  g: i32; gAlpha: f32; gBeta: f32;
  /** ... and of the new memory cell. */
  h: i32; hAlpha: f32; hBeta: f32;
  /** Weights of the memory cell in the gates i, f (where there is one), o: rows of H. */
  peepholes: usize;
  peepholesGradient: usize;
  /** Layer normalisation of the gates, see cell-norm.ts: gain [columns * H] ... */
  gain: usize;
  bias: usize;
  /** ... and bytes from the gates to where their pre-activations are kept; 0: they are not. */
  kept: usize;
  gainGradient: usize;
  biasGradient: usize;
}

/** PyTorch's own functions: no limit, f = sigmoid, g = h = tanh, no peepholes. */
export const PLAIN = changetype<CellOptions>(
  memory.data<u32>([0x7f800000, SIGMOID, 0, 0, TANH, 0, 0, TANH, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
);

/** x[n] <- f(x), the gates' activation. */
// @ts-ignore: decorator
@inline
export function activateGates(options: CellOptions, x: usize, n: i32): void {
  activate(word(options, offsetof<CellOptions>("f")), options.limit, x, x, n);
}

/** x[n] <- g(x), the candidate's activation. */
// @ts-ignore: decorator
@inline
export function activateCandidate(options: CellOptions, x: usize, n: i32): void {
  activate(word(options, offsetof<CellOptions>("g")), options.limit, x, x, n);
}

/** x[n] <- h(x), the activation of the new memory cell. */
// @ts-ignore: decorator
@inline
export function activateMemory(options: CellOptions, x: usize, n: i32): void {
  activate(word(options, offsetof<CellOptions>("h")), options.limit, x, x, n);
}

/** y[n]: gates in, d f' out. */
// @ts-ignore: decorator
@inline
export function gatesBackward(options: CellOptions, y: usize, d: usize, n: i32): void {
  activateBackward(word(options, offsetof<CellOptions>("f")), options.limit, y, d, n);
}

/** y[n]: candidates in, d g' out. */
// @ts-ignore: decorator
@inline
export function candidateBackward(options: CellOptions, y: usize, d: usize, n: i32): void {
  activateBackward(word(options, offsetof<CellOptions>("g")), options.limit, y, d, n);
}

/** y[n]: h(c') in, d h' out. */
// @ts-ignore: decorator
@inline
export function memoryBackward(options: CellOptions, y: usize, d: usize, n: i32): void {
  activateBackward(word(options, offsetof<CellOptions>("h")), options.limit, y, d, n);
}

// @ts-ignore: decorator
@inline
function word(options: CellOptions, offset: usize): usize {
  return changetype<usize>(options) + offset;
}
