// The loop over the steps of time, for every recurrent cell. Each step multiplies the state before the step by the recurrent
// weights R and adds the product to `gates`. Then it runs the rest of the cell (lstm.ts, gru.ts, rnn.ts).
//
// B is the number of sequences in the batch. H is the number of hidden units. The array `gates` [T, B, columns * H] has `columns`
// blocks of H columns. Before the loop, the caller stores in `gates` the product of every step's input and the input weights. The
// caller also adds the biases, unless the cell has layer normalisation.
//
// The states of all steps are in an array [T + 1, B, H]. Each step reads the states before the step at hPrev and cPrev. It writes
// the states after the step at hNext and cNext. The addresses that the caller passes are those of the step that is processed
// first. `direction` is 1 if the addresses increase from one processed step to the next, -1 if they decrease.
//
// `batchSizes` i32[T] is given if the sequences have different lengths. For each step, it has the number of active sequences,
// which are those that are long enough to have this step. The sequences are sorted by length, longest first. If the address of
// `batchSizes` is 0, all sequences are active at every step. A step does not change the state of an inactive sequence. The
// backward pass sets the gradients of an inactive sequence's gates to 0. It does not change the sequence's rows of dh and dc.
//
// `functions` is the address of the cell's CellFunctions. If it is 0, the cell has PyTorch's functions. In this case, the cell
// uses the faster loops of lstm.ts, gru.ts or rnn.ts if they support it.

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
import { PANEL, int8_size } from "./int8";
import { packed_size } from "./pack";
import { rnnBackward, rnnForward } from "./rnn";
import { rnnGeneralBackward, rnnGeneralForward } from "./rnn-general";

export const RNN_TANH: i32 = 0;
export const RNN_RELU: i32 = 1;
// Kinds of cells. A column block is H columns of the array `gates`. r, z, i, f and o are gates. n and g are candidates. gru.ts
// explains q.
export const LSTM: i32 = 2; // PyTorch's LSTM; column blocks of `gates`: i, f, g, o
export const GRU: i32 = 3; // PyTorch's GRU, with reset after the recurrent product; column blocks of `gates`: n, r, z, q
export const GRU_RESET_BEFORE: i32 = 4; // GRU with reset before the recurrent product; column blocks of `gates`: n, r, z, q
export const GRU_SIMPLIFIED: i32 = 5; // GRU without reset gate; column blocks of `gates`: z, n
export const LSTM_COUPLED: i32 = 6; // LSTM with 1 - i instead of a forget gate; column blocks of `gates`: i, g, o
export const LSTM_NO_FORGET: i32 = 7; // LSTM with 1 instead of a forget gate; column blocks of `gates`: i, g, o

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
 * Runs the forward pass of T steps. Replaces the pre-activations in `gates` by the activated values, which the backward pass
 * needs. For GRU and GRU_RESET_BEFORE, also stores q in `gates`. Only LSTM cells use cNext and cPrev.
 *
 * w: the transposed recurrent weights R^T, packed by pack.ts, or by int8.ts for the address before w. Their shape depends on the cell:
 * - GRU: [H, 3H], with H columns for each of r, z and q
 * - GRU_RESET_BEFORE: two packed matrices, [H, 2H] for r and z, then [H, H] for n
 * - other cells: [H, columns * H]
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
  const second = !isDefined(RUN) && w & 1 ? w + int8_size(H, 2 * H, PANEL) : at(w, packed_size(H, 2 * H)); // used by GRU_RESET_BEFORE alone
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
      gemm(gates, width, at(gates, 3 * H), width, second, n, H, H);
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
 * Runs the backward pass of T steps, from the last step of the forward pass to the first. `gates`, dout, hNext, hPrev, cPrev and
 * batchSizes are the addresses of the last step's data. `direction` is the negative of the forward pass's direction. Replaces the
 * values in `gates` by the gradients of the pre-activations. For GRU, replaces q by the gradient of q. For GRU_RESET_BEFORE, q
 * stays in `gates`.
 *
 * dh and dc [B, H]: on entry, the gradients of the states after the last step, without the part that comes from dout. On return,
 * the gradients of the states before the first step. dout [T, B, H]: the gradient of every step's output h'.
 *
 * w: the recurrent weights R, packed by pack.ts. Their shape depends on the cell:
 * - GRU: [3H, H], with H rows for each of r, z and q
 * - GRU_RESET_BEFORE: two packed matrices, [2H, H] for r and z, then [H, H] for n
 * - other cells: [columns * H, H]
 *
 * work: scratch memory of B * H + 5H floats.
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

/** Copies the states of the inactive sequences, which are rows n to B - 1, from `prev` to `next`. */
// @ts-ignore: decorator
@inline
function keepRows(next: usize, prev: usize, n: i32, B: i32, H: i32): void {
  if (n < B) memory.copy(at(next, n * H), at(prev, n * H), <usize>((B - n) * H) << 2);
}
