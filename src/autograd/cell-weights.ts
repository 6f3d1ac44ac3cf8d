import { packedSize } from "../runtime/kernels.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Tensor } from "../runtime/tensor.ts";
import { type Cell, runs } from "./cells.ts";

/** The weights of one layer and direction, as torch.nn names and shapes them; G = cell.gates. */
export interface CellWeights {
  /** [G * H, I] */
  readonly weightIh: Tensor;
  /** [G * H, H] */
  readonly weightHh: Tensor;
  /** [G * H] */
  readonly biasIh?: Tensor;
  /** [G * H] */
  readonly biasHh?: Tensor;
  /** [cell.peepholes * H]: of the memory cell in the gates i, f (where there is one), o. */
  readonly peephole?: Tensor;
  /** [cell.norms * H]: gains of the normalised columns. */
  readonly norm?: Tensor;
}

/** Floats of the packed recurrent weights. */
export function packedHiddenSize(cell: Cell, H: number): number {
  return cell.resetBefore
    ? packedSize(H, (cell.gates - 1) * H) + packedSize(H, H)
    : packedSize(H, cell.gates * H);
}

/** Packs weight_hh for the forward time loop. */
export function packHidden(rt: Runtime, cell: Cell, to: number, weightHh: Tensor, H: number): void {
  const k = rt.kernels;
  const rows = (cell.resetBefore ? cell.gates - 1 : cell.gates) * H;
  k.pack_transposed(to, weightHh.ptr, H, H, rows);
  if (cell.resetBefore) {
    k.pack_transposed(to + packedSize(H, rows) * 4, weightHh.ptr + rows * H * 4, H, H, H);
  }
}

/** Packs weight_hh for the backward time loop into scratch memory. */
export function packHiddenBackward(rt: Runtime, cell: Cell, weightHh: Tensor, H: number): number {
  const k = rt.kernels;
  const rows = (cell.resetBefore ? cell.gates - 1 : cell.gates) * H;
  const first = packedSize(rows, H);
  const to = rt.scratch(first + (cell.resetBefore ? packedSize(H, H) : 0));
  k.pack_rows(to, weightHh.ptr, H, rows, H);
  if (cell.resetBefore) k.pack_rows(to + first * 4, weightHh.ptr + rows * H * 4, H, H, H);
  return to;
}

/** weight_ih [G * H, I] with its blocks in the order of the columns; the weight itself where that is their order. */
export function orderedInput(rt: Runtime, cell: Cell, weightIh: Tensor, H: number): number {
  const order = runs(cell.input);
  if (order.length === 1) return weightIh.ptr;
  const I = weightIh.shape[1]!;
  const to = rt.scratch(weightIh.size);
  for (const { block, column, count } of order) {
    const n = count * H * I;
    rt.kernels.copy_rows(to + column * H * I * 4, n, weightIh.ptr + block * H * I * 4, n, 1, n);
  }
  return to;
}

/** The biases of all columns as one row [columns * H]. */
export function biasRow(rt: Runtime, cell: Cell, to: number, weights: CellWeights, H: number): void {
  rt.kernels.fill_rows(to, cell.columns * H, 0, 1, cell.columns * H);
  for (const [bias, columns] of [
    [weights.biasIh, cell.input],
    [weights.biasHh, cell.hidden],
  ] as const) {
    if (!bias) continue;
    for (const { block, column, count } of runs(columns)) {
      rt.kernels.add_scaled(to + column * H * 4, bias.ptr + block * H * 4, 1, count * H);
    }
  }
}

/** Adds the column sums of the gates' gradients, a row [columns * H], to the gradients of the biases. */
export function addBiasGradients(
  rt: Runtime,
  cell: Cell,
  row: number,
  weights: CellWeights,
  H: number,
): void {
  for (const [bias, columns] of [
    [weights.biasIh, cell.input],
    [weights.biasHh, cell.hidden],
  ] as const) {
    if (!bias?.requiresGrad) continue;
    for (const { block, column, count } of runs(columns)) {
      rt.kernels.add_scaled(bias.gradPtr() + block * H * 4, row + column * H * 4, 1, count * H);
    }
  }
}
