import { CELL_FUNCTIONS_BIAS, CELL_FUNCTIONS_GAIN, CELL_FUNCTIONS_PEEPHOLES } from "../runtime/kernels.ts";
import type { Tensor } from "../runtime/tensor.ts";
import { cellFunctions, needsFunctions } from "./cell-functions.ts";
import { type CellWeights, packedHiddenSize } from "./cell-weights.ts";
import type { Cell } from "./cells.ts";
import { blockSteps, checkLayerInput, forwardSteps } from "./recurrent-forward.ts";
import { clearPadding } from "./sequence.ts";

/** One direction of a layer. */
export interface Direction {
  readonly cell: Cell;
  readonly weights: CellWeights;
  /** Whether it reads from the last step to the first. */
  readonly reverse: boolean;
  /** Initial states [B, H]; undefined: 0. */
  readonly h0: Tensor | undefined;
  readonly c0: Tensor | undefined;
  /** Addresses where the last states [B, H] are written; `c` is 0 if the cell has no cell state. */
  readonly h: number;
  readonly c: number;
}

/**
 * Runs sequences through one layer as `recurrent` does, with the same bits, but without what a backward pass needs: memory for the
 * gates of one block only, and one tensor for all directions. Call it inside a frame, which frees its scratch memory.
 *
 * @param x features [T, B, I], or tokens [T, B]
 * @param batchSizes for each step, the number of sequences that have this step. Sequences must be sorted, longest first
 * @returns output [T, B, directions * H]; 0 past the end of a sequence
 */
export function inferLayer(
  x: Tensor,
  directions: readonly Direction[],
  batchSizes: Int32Array | undefined,
): Tensor {
  const rt = x.runtime;
  const [T = 0, B = 0] = x.shape;
  const { cell, weights } = directions[0]!;
  const H = weights.weightHh.shape[1]!;
  const ld = cell.columns * H;
  const width = directions.length * H;
  for (const { cell, weights, h0, c0 } of directions) checkLayerInput(cell, x, weights, h0, c0);
  const y = rt.empty([T, B, width]);
  const k = rt.kernels;
  const n = B * H;
  const states = padded((T + 1) * n);
  const memory = cell.memory ? states : 0;
  const block = padded(Math.min(T, blockSteps(B)) * B * ld);
  const packed = padded(packedHiddenSize(cell, H));
  // One block of memory for all arrays: an allocation takes as long as several kernels of a small layer.
  const hs = rt.allocate(states + memory + block + packed + padded(ld) + (batchSizes ? T : 0));
  const cs = memory && hs + states * 4;
  const gates = hs + (states + memory) * 4;
  const w = gates + block * 4;
  const bias = w + packed * 4;
  const active = batchSizes ? bias + padded(ld) * 4 : 0;
  if (batchSizes) rt.ints(active, T).set(batchSizes);
  for (let d = 0; d < directions.length; d++) {
    const { cell, weights, reverse, h0, c0, h, c } = directions[d]!;
    const first = (reverse ? T : 0) * n * 4;
    const last = T * n * 4 - first;
    k.fill_rows(hs + first, n, h0?.ptr ?? 0, 1, n);
    if (cs) k.fill_rows(cs + first, n, c0?.ptr ?? 0, 1, n);
    const functions = (row: number) => writeFunctions(cell, weights, row);
    const arrays = { hs, cs, gates, keepsGates: false, active, weights: w, bias, functions };
    forwardSteps(rt, cell, x, weights, { T, B, H, reverse }, arrays);
    k.copy_rows(y.ptr + d * H * 4, width, hs + (reverse ? 0 : n * 4), H, T * B, H);
    k.copy_rows(h, n, hs + last, n, 1, n);
    if (cs) k.copy_rows(c, n, cs + last, n, 1, n);
  }
  rt.free(hs);
  if (batchSizes) clearPadding(rt, y.ptr, batchSizes, B, width);
  return y;
}

/** The number of floats that an array of `size` floats takes, so that the next one begins at the start of a cache line. */
function padded(size: number): number {
  return Math.ceil(size / 16) * 16;
}

function writeFunctions(cell: Cell, { weightHh, peephole, norm }: CellWeights, bias: number): number {
  if (!needsFunctions(cell)) return 0;
  return cellFunctions(weightHh.runtime, cell, {
    [CELL_FUNCTIONS_PEEPHOLES]: peephole?.ptr,
    [CELL_FUNCTIONS_GAIN]: norm?.ptr,
    [CELL_FUNCTIONS_BIAS]: bias,
  });
}
