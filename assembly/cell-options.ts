// What a cell may be given beside PyTorch's own functions: 17 words in memory, written by the host.
//   0        limit f32                     of what goes into an activation; infinity: none
//   1, 4, 7  f, g, h: i32, f32, f32 each   activations by number, alpha, beta: of the gates, the candidate, the new memory
//   10, 11   peepholes, their gradient     of the memory cell in the gates i, f (where there is one), o: rows of H; or 0
//   12 - 16  gain, bias, kept, gradients of gain and bias: see cell-norm.ts; or 0

import { SIGMOID, TANH, activate, activateBackward } from "./activation";

/** PyTorch's own functions: no limit, f = sigmoid, g = h = tanh, no peepholes. */
export const PLAIN = memory.data<u32>([0x7f800000, SIGMOID, 0, 0, TANH, 0, 0, TANH, 0, 0, 0, 0, 0, 0, 0, 0, 0]);

/** x[n] <- f(x), the gates' activation. */
// @ts-ignore: decorator
@inline
export function activateGates(options: usize, x: usize, n: i32): void {
  activate(options + 4, f32.load(options), x, x, n);
}

/** x[n] <- g(x), the candidate's activation. */
// @ts-ignore: decorator
@inline
export function activateCandidate(options: usize, x: usize, n: i32): void {
  activate(options + 16, f32.load(options), x, x, n);
}

/** x[n] <- h(x), the activation of the new memory cell. */
// @ts-ignore: decorator
@inline
export function activateMemory(options: usize, x: usize, n: i32): void {
  activate(options + 28, f32.load(options), x, x, n);
}

/** y[n]: gates in, d f' out. */
// @ts-ignore: decorator
@inline
export function gatesBackward(options: usize, y: usize, d: usize, n: i32): void {
  activateBackward(options + 4, f32.load(options), y, d, n);
}

/** y[n]: candidates in, d g' out. */
// @ts-ignore: decorator
@inline
export function candidateBackward(options: usize, y: usize, d: usize, n: i32): void {
  activateBackward(options + 16, f32.load(options), y, d, n);
}

/** y[n]: h(c') in, d h' out. */
// @ts-ignore: decorator
@inline
export function memoryBackward(options: usize, y: usize, d: usize, n: i32): void {
  activateBackward(options + 28, f32.load(options), y, d, n);
}

// @ts-ignore: decorator
@inline
export function peepholes(options: usize): usize {
  return load<usize>(options, 40);
}

// @ts-ignore: decorator
@inline
export function peepholesGradient(options: usize): usize {
  return load<usize>(options, 44);
}

// @ts-ignore: decorator
@inline
export function gain(options: usize): usize {
  return load<usize>(options, 48);
}

// @ts-ignore: decorator
@inline
export function shift(options: usize): usize {
  return load<usize>(options, 52);
}

// @ts-ignore: decorator
@inline
export function kept(options: usize): usize {
  return load<usize>(options, 56);
}

// @ts-ignore: decorator
@inline
export function gainGradient(options: usize): usize {
  return load<usize>(options, 60);
}

// @ts-ignore: decorator
@inline
export function shiftGradient(options: usize): usize {
  return load<usize>(options, 64);
}
