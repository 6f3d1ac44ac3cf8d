// The time loop of every recurrent cell. Each step adds the product of the state and the recurrent weights R to the gates. Then
// it computes the elementwise part of the cell (lstm.ts, gru.ts, rnn.ts).
//
// Before the loop, the caller stores the products of all inputs and the input weights, plus the biases, in `gates`
// [T, B, columns * H]. The states are in an array [T + 1, B, H]. A step reads the states before it (hPrev, cPrev) and writes the
// states after it (hNext, cNext). The caller passes the addresses for the step that is processed first. `direction` is 1 if the
// steps are processed in the order of memory, -1 if in reverse.
//
// `batchSizes` i32[T] is for sequences of different lengths. It has the number of active rows (sequences) at each step. Rows are
// sorted by length, longest first. If the address is 0, all rows are active. The state of an inactive row does not change. In the
// backward pass, the gates of an inactive row have gradient 0, and its dh and dc do not change.
//
// `functions` is the address of the cell's functions (cell-functions.ts). If it is 0, the cell has PyTorch's functions. Then the
// faster loops of lstm.ts, gru.ts and rnn.ts are used if they support the cell.

import { at } from "./lane";
import { gemm } from "./gemm";
import { normalizeGates, normalizeGatesBackward } from "./cell-norm";
import { CellFunctions, PLAIN } from "./cell-functions";
import {
  gruBackward, gruBlendBackward, gruBlendForward, gruResetAfterForward, gruResetBackward, gruResetBeforeForward,
  gruSimplifiedForward,
} from "./gru";
import {
  gruGeneralBlendBackward, gruGeneralResetAfterBackward, gruGeneralResetBeforeBackward,
} from "./gru-general";
import { lstmBackward, lstmForward } from "./lstm";
import { COUPLED, NONE, OWN, lstmGeneralBackward, lstmGeneralForward } from "./lstm-general";
import { packed_size } from "./pack";
import { rnnBackward, rnnForward } from "./rnn";
import { rnnGeneralBackward, rnnGeneralForward } from "./rnn-general";

export const RNN_TANH: i32 = 0;
export const RNN_RELU: i32 = 1;
// Kinds of cells. A block is H columns of the array `gates`. The comments list the blocks in order. gru.ts explains the block q.
export const LSTM: i32 = 2; // LSTM of PyTorch; blocks of `gates`: i, f, g, o
export const GRU: i32 = 3; // GRU with the reset gate after the recurrent product (PyTorch); blocks of `gates`: n, r, z, q
export const GRU_RESET_BEFORE: i32 = 4; // GRU with the reset gate before the recurrent product; blocks of `gates`: n, r, z, q
export const GRU_SIMPLIFIED: i32 = 5; // GRU without reset gate; blocks of `gates`: z, n
export const LSTM_COUPLED: i32 = 6; // LSTM with 1 - i as forget gate; blocks of `gates`: i, g, o
export const LSTM_NO_FORGET: i32 = 7; // LSTM with 1 instead of a forget gate; blocks of `gates`: i, g, o

/** Returns the number of blocks of H columns in `gates`. */
// @ts-ignore: decorator
@inline
function columns(cell: i32): i32 {
  if (cell <= RNN_RELU) return 1;
  if (cell <= GRU_RESET_BEFORE) return 4;
  return cell == GRU_SIMPLIFIED ? 2 : 3;
}

// @ts-ignore: decorator
@inline
function forgetOf(cell: i32): i32 {
  return cell == LSTM ? OWN : cell == LSTM_COUPLED ? COUPLED : NONE;
}

/**
 * Runs the forward pass of T steps. Replaces the pre-activations in `gates` by what the backward pass needs: the activations,
 * and q for the GRU. Only LSTM cells use cNext and cPrev.
 *
 * w: the transposed recurrent weights R^T, packed. For GRU, w is [H, 3H], with a block of H columns for each of r, z and q. For
 * GRU_RESET_BEFORE, w is two packed matrices: [H, 2H] for r and z, then [H, H] for n. For other cells, w is [H, columns * H].
 */
export function recurrent_forward(
  cell: i32, functions: CellFunctions | null, gates: usize, hNext: usize, hPrev: usize, cNext: usize, cPrev: usize,
  w: usize, T: i32, B: i32, H: i32, direction: i32, batchSizes: usize,
): void {
  const width = columns(cell) * H;
  assert(cell >= RNN_TANH && cell <= LSTM_NO_FORGET, "unknown cell");
  assert(T >= 0 && B > 0 && H > 0 && (direction == 1 || direction == -1), "wrong sizes or direction");
  const slab = direction * B * H;
  const given = functions || PLAIN;
  for (let t = 0; t < T; t++) {
    const n = batchSizes ? load<i32>(batchSizes) : B;
    if (cell == GRU) {
      gemm(at(gates, H), width, hPrev, H, w, n, 3 * H, H);
      normalizeGates(functions, gates, 4, 0, 4, n, H);
      gruResetAfterForward(given, gates, n, H);
      gruBlendForward(given, hNext, gates, hPrev, n, H, 4, 0, 2);
    } else if (cell == GRU_RESET_BEFORE) {
      gemm(at(gates, H), width, hPrev, H, w, n, 2 * H, H);
      normalizeGates(functions, gates, 4, 1, 2, n, H);
      gruResetBeforeForward(given, gates, hPrev, n, H);
      gemm(gates, width, at(gates, 3 * H), width, at(w, packed_size(H, 2 * H)), n, H, H);
      normalizeGates(functions, gates, 4, 0, 1, n, H);
      gruBlendForward(given, hNext, gates, hPrev, n, H, 4, 0, 2);
    } else {
      gemm(gates, width, hPrev, H, w, n, width, H);
      normalizeGates(functions, gates, columns(cell), 0, columns(cell), n, H);
      if (cell == GRU_SIMPLIFIED) {
        gruSimplifiedForward(given, gates, n, H);
        gruBlendForward(given, hNext, gates, hPrev, n, H, 2, 1, 0);
      } else if (cell <= RNN_RELU) {
        if (functions) rnnGeneralForward(functions, hNext, gates, n, H);
        else rnnForward(cell == RNN_RELU, hNext, gates, n, H);
      } else {
        if (functions || cell != LSTM) lstmGeneralForward(forgetOf(cell), given, hNext, cNext, gates, cPrev, n, H);
        else lstmForward(hNext, cNext, gates, cPrev, n, H);
        keepRows(cNext, cPrev, n, B, H);
      }
    }
    keepRows(hNext, hPrev, n, B, H);
    gates = at(gates, direction * B * width);
    hPrev = at(hPrev, slab);
    hNext = at(hNext, slab);
    cPrev = at(cPrev, slab);
    cNext = at(cNext, slab);
    if (batchSizes) batchSizes = at(batchSizes, direction);
  }
}

/**
 * Runs the backward pass of T steps. The addresses are those of the last step of the forward pass. `direction` is the negative
 * of the forward pass's direction. Replaces the values in `gates` by the gradients of the pre-activations. In dh and dc
 * [B, H], replaces the gradient of the state after the last step by the gradient of the state before the first step.
 *
 * dout [T, B, H]: gradient of every step's h'. w: the recurrent weights R, packed. For GRU, w is [3H, H], with a block of H
 * rows for each of r, z and q. For GRU_RESET_BEFORE, w is two packed matrices: [2H, H] for r and z, then [H, H] for n. For
 * other cells, w is [columns * H, H].
 *
 * work: scratch of B * H + 5H floats. Only GRU_RESET_BEFORE uses the first B * H. Only the loops of the files `*-general.ts`
 * and cell-norm.ts use the last 5H.
 */
export function recurrent_backward(
  cell: i32, functions: CellFunctions | null, gates: usize, dh: usize, dc: usize, dout: usize, hNext: usize,
  hPrev: usize, cPrev: usize, w: usize, work: usize, T: i32, B: i32, H: i32, direction: i32, batchSizes: usize,
): void {
  const width = columns(cell) * H;
  assert(cell >= RNN_TANH && cell <= LSTM_NO_FORGET, "unknown cell");
  assert(T >= 0 && B > 0 && H > 0 && (direction == 1 || direction == -1), "wrong sizes or direction");
  const slab = direction * B * H;
  const given = functions || PLAIN;
  const rows = at(work, B * H);
  for (let t = 0; t < T; t++) {
    const n = batchSizes ? load<i32>(batchSizes) : B;
    if (cell == GRU) {
      if (functions) {
        gruGeneralBlendBackward(functions, gates, dh, dout, hPrev, rows, n, H, 4, 0, 2);
        gruGeneralResetAfterBackward(functions, gates, rows, n, H);
      } else gruBackward(gates, dh, dout, hPrev, n, H);
      normalizeGatesBackward(functions, gates, 4, 0, 4, rows, n, H);
      gemm(dh, H, at(gates, H), width, w, n, H, 3 * H);
    } else if (cell == GRU_RESET_BEFORE) {
      if (functions) gruGeneralBlendBackward(functions, gates, dh, dout, hPrev, rows, n, H, 4, 0, 2);
      else gruBlendBackward(gates, dh, dout, hPrev, n, H);
      normalizeGatesBackward(functions, gates, 4, 0, 1, rows, n, H);
      memory.fill(work, 0, <usize>(n * H) << 2);
      gemm(work, H, gates, width, at(w, packed_size(2 * H, H)), n, H, H);
      if (functions) gruGeneralResetBeforeBackward(functions, gates, dh, work, hPrev, rows, n, H);
      else gruResetBackward(gates, dh, work, hPrev, n, H);
      normalizeGatesBackward(functions, gates, 4, 1, 2, rows, n, H);
      gemm(dh, H, at(gates, H), width, w, n, H, 2 * H);
    } else {
      if (cell == GRU_SIMPLIFIED) {
        gruGeneralBlendBackward(given, gates, dh, dout, hPrev, rows, n, H, 2, 1, 0);
      } else if (cell <= RNN_RELU) {
        if (functions) rnnGeneralBackward(functions, gates, dh, dout, n, H);
        else rnnBackward(cell == RNN_RELU, gates, dh, dout, hNext, n, H);
      } else if (functions || cell != LSTM) {
        const cNext = at(cPrev, -slab);
        lstmGeneralBackward(forgetOf(cell), given, gates, dh, dc, dout, cNext, cPrev, rows, n, H);
      } else lstmBackward(gates, dh, dc, dout, hNext, cPrev, n, H);
      normalizeGatesBackward(functions, gates, columns(cell), 0, columns(cell), rows, n, H);
      gemm(dh, H, gates, width, w, n, H, width);
    }
    if (n < B) memory.fill(at(gates, n * width), 0, <usize>((B - n) * width) << 2);
    gates = at(gates, direction * B * width);
    dout = at(dout, slab);
    hPrev = at(hPrev, slab);
    hNext = at(hNext, slab);
    cPrev = at(cPrev, slab);
    if (batchSizes) batchSizes = at(batchSizes, direction);
  }
}

/** Copies the state of the inactive rows, n to B - 1, from `prev` to `next`. */
// @ts-ignore: decorator
@inline
function keepRows(next: usize, prev: usize, n: i32, B: i32, H: i32): void {
  if (n < B) memory.copy(at(next, n * H), at(prev, n * H), <usize>((B - n) * H) << 2);
}
