import { UnrolledError } from "../errors.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Tensor } from "../runtime/tensor.ts";
import { denseInput, projectedInput, tokenInput } from "./cell-input.ts";
import { biasRow, type CellWeights, packHidden } from "./cell-weights.ts";
import type { Cell } from "./cells.ts";
import { checkIndices } from "./indices.ts";

/** Approximate number of rows (steps times batch) in a block. It is so small that a block's gates stay in the CPU cache. */
const BLOCK_ROWS = 512;

/** Returns the number of steps in a block. */
export function blockSteps(B: number): number {
  return Math.max(1, Math.floor(BLOCK_ROWS / B));
}

/** The sizes of a pass through one layer in one direction. */
export interface PassSizes {
  /** Number of steps. */
  readonly T: number;
  /** Number of sequences. */
  readonly B: number;
  /** Number of hidden units. */
  readonly H: number;
  /** Whether to run from the last step to the first. */
  readonly reverse: boolean;
}

/** The arrays of a forward pass, as addresses in the memory of the runtime. */
export interface ForwardArrays {
  /**
   * T + 1 slabs of hidden states. A slab is one state [B, H]. If `reverse` is false, step t reads slab t and writes slab t + 1. If
   * `reverse` is true, step t reads slab t + 1 and writes slab t. The caller writes the initial state.
   */
  readonly hs: number;
  /** T + 1 slabs of cell states; 0 if the cell has none. */
  readonly cs: number;
  /** The gates: of all steps, [T, B, columns * H], or only of the block that runs, [blockSteps(B), B, columns * H]. */
  readonly gates: number;
  /** Whether `gates` has room for all steps. */
  readonly keepsGates: boolean;
  /** Number of active sequences at each step, [T]; 0 if all sequences have T steps. */
  readonly active: number;
  /** Scratch memory for `packedHiddenSize(cell, H)` floats. */
  readonly weights: number;
  /** Scratch memory for columns * H floats. */
  readonly bias: number;
  /** Returns the address of the cell's functions, or 0 if the cell needs none. Called once, when `bias` is there. */
  functions(bias: number): number;
}

/**
 * Runs sequences through one layer in one direction. In blocks of steps, one matrix product projects the inputs of the whole block,
 * so only the recurrent product is computed step by step. Call it inside a frame, which frees its scratch memory.
 *
 * @param x features [T, B, I], tokens [T, B], or products of the input weights if there is an `inputNorm`
 */
export function forwardSteps(
  rt: Runtime,
  cell: Cell,
  x: Tensor,
  weights: CellWeights,
  { T, B, H, reverse }: PassSizes,
  { hs, cs, gates, keepsGates, active, weights: w, bias, functions }: ForwardArrays,
): void {
  const k = rt.kernels;
  const ld = cell.columns * H;
  const slab = B * H * 4;
  const before = reverse ? slab : 0;
  const after = slab - before;
  biasRow(rt, cell, bias, weights, H);
  packHidden(rt, cell, w, weights.weightHh, H);
  const makeInput = weights.inputNorm ? projectedInput : x.dtype === "int32" ? tokenInput : denseInput;
  const input = makeInput(rt, cell, x, weights, weights.norm ? 0 : bias, H);
  const given = functions(bias);
  const steps = blockSteps(B);
  for (let done = 0; done < T; done += steps) {
    const n = Math.min(steps, T - done);
    const from = reverse ? T - done - n : done;
    const block = gates + (keepsGates ? from * B * ld * 4 : 0);
    input.forward(block, from * B, n * B);
    const t = reverse ? from + n - 1 : from;
    const h = hs + t * slab;
    const c = cs && cs + t * slab;
    k.recurrent_forward(
      cell.id,
      given,
      block + (t - from) * B * ld * 4,
      h + after,
      h + before,
      c && c + after,
      c && c + before,
      w,
      n,
      B,
      H,
      reverse ? -1 : 1,
      active && active + t * 4,
    );
  }
}

/**
 * Checks the tensors of a pass through one layer. The caller knows that their shapes fit.
 *
 * @throws ERR_SHAPE if there is no step or no row; ERR_VALUE if a token is out of range, or `c0` is given but there is no cell state;
 *   ERR_DISPOSED, ERR_STATE or ERR_DTYPE as `Runtime.check`
 */
export function checkLayerInput(
  cell: Cell,
  x: Tensor,
  weights: CellWeights,
  h0: Tensor | undefined,
  c0: Tensor | undefined,
): void {
  const { weightIh, weightHh, biasIh, biasHh, peephole, norm } = weights;
  x.runtime.check("recurrent", x);
  x.runtime.checkFloats("recurrent", weightIh, weightHh, biasIh, biasHh, peephole, norm, h0, c0);
  const [T = 0, B = 0] = x.shape;
  if (T < 1 || B < 1) {
    throw new UnrolledError("ERR_SHAPE", `recurrent: x is [${x.shape}], expected at least 1 step and row`);
  }
  if (x.dtype === "int32") checkIndices("recurrent", x, weightIh.shape[1]!);
  if (c0 && !cell.memory) {
    throw new UnrolledError("ERR_VALUE", "recurrent: c0 was given, but only an LSTM has a cell state");
  }
}
