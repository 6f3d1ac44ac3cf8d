import { packedSize } from "../runtime/packed-size.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Tensor } from "../runtime/tensor.ts";
import type { Weight } from "../runtime/weight.ts";
import type { Workspace } from "../runtime/workspace.ts";
import { type Cell, type Run, runs } from "./cells.ts";

/**
 * The weights of one layer and direction, named and shaped as in torch.nn. In the shapes, G is cell.gates, H is the number of
 * hidden units and I is the number of input features.
 */
export interface CellWeights<T extends Weight = Tensor> {
  /** [G * H, I] */
  readonly weightIh: T;
  /** [G * H, H] */
  readonly weightHh: T;
  /** [G * H] */
  readonly biasIh?: T;
  /** [G * H] */
  readonly biasHh?: T;
  /**
   * Peephole weights of an LSTM, [cell.peepholes * H]. Each gate has H weights. The order of the gates is i, f, o. If there is no
   * gate f, the order is i, o.
   */
  readonly peephole?: T;
  /** Gains of layer normalisation, [cell.norms * H]: one for each normalised column. */
  readonly norm?: T;
  /** Batch normalisation of the products of W_ih and the input, [T, B, G * H] in the order of the kernels' columns. @internal */
  readonly inputNorm?: InputNormOf<T>;
}

/** Weights of a file only know batch normalisation in inference. */
type InputNormOf<T> = T extends Tensor ? InputNorm : Scaled;

/** What a cell needs of an `nn.BatchNorm`. */
export interface InputNorm extends Scaled {
  forward(x: Tensor, batchSizes?: Int32Array): Tensor;
}

/** Batch normalisation in inference. */
export interface Scaled {
  /** Returns inference as scale * x + shift: first the scales, then the shifts. @internal */
  scaleAndShift(): Float64Array;
}

/**
 * Makes the weights of one layer and direction, in the order of PyTorch's names.
 *
 * @param sizes numbers of input features and of hidden units, and whether there are biases
 * @param make makes a weight from its kind, such as `weight_ih`, and its shape
 * @param makeNorm makes the batch normalisation of the products with the input, of that many features
 */
export function makeCellWeights<T extends Weight>(
  cell: Cell,
  { I, H, bias }: { I: number; H: number; bias: boolean },
  make: (kind: string, ...shape: number[]) => T,
  makeNorm: (features: number) => InputNormOf<T> | undefined,
): CellWeights<T> {
  const { gates, peepholes, norms, inputNorm } = cell;
  const norm = norms ? { norm: make("weight_norm", norms * H) } : {};
  return {
    weightIh: make("weight_ih", gates * H, I),
    weightHh: make("weight_hh", gates * H, H),
    ...(bias && { biasIh: make("bias_ih", gates * H), biasHh: make("bias_hh", gates * H) }),
    ...(peepholes && { peephole: make("weight_peephole", peepholes * H) }),
    ...norm,
    ...(inputNorm && { inputNorm: makeNorm(gates * H)! }),
  };
}

/**
 * Returns how many blocks of weight_hh each matrix product covers. Usually, one product covers all blocks. If `resetBefore` is
 * true, there are two products. The last block of weight_hh is multiplied by r * h (r: reset gate). The other blocks are
 * multiplied by h.
 */
export function products({ gates, resetBefore }: Cell): number[] {
  return resetBefore ? [gates - 1, 1] : [gates];
}

/** Returns the number of floats in the packed recurrent weights. */
export function packedHiddenSize(cell: Cell, H: number): number {
  let size = 0;
  for (const blocks of products(cell)) size += packedSize(H, blocks * H);
  return size;
}

/** Packs weight_hh for the matrix products of the forward pass. Writes `packedHiddenSize(cell, H)` floats to address `to`. */
export function packHidden(rt: Runtime, cell: Cell, to: number, weightHh: Tensor, H: number): void {
  let from = weightHh.ptr;
  for (const blocks of products(cell)) {
    rt.kernels.pack_transposed(to, from, H, H, blocks * H);
    to += packedSize(H, blocks * H) * 4;
    from += blocks * H * H * 4;
  }
}

/** Writes weight_hh to scratch memory, packed for the matrix products of the backward pass. Returns the address. */
export function packHiddenBackward(rt: Runtime, cell: Cell, weightHh: Tensor, H: number): number {
  const packed = rt.scratch(products(cell).reduce((sum, blocks) => sum + packedSize(blocks * H, H), 0));
  let [to, from] = [packed, weightHh.ptr];
  for (const blocks of products(cell)) {
    rt.kernels.pack_rows(to, from, H, blocks * H, H);
    to += packedSize(blocks * H, H) * 4;
    from += blocks * H * H * 4;
  }
  return packed;
}

/** Returns the address of weight_ih [G * H, I] with its blocks in the order of the kernel's columns. Copies if needed. */
export function orderedInput(rt: Workspace, cell: Cell, weightIh: Weight, H: number): number {
  const order = runs(cell.input);
  const { ptr } = weightIh;
  if (order.length === 1) return ptr;
  const I = weightIh.shape[1]!;
  const to = rt.scratch(weightIh.size);
  for (const { block, column, count } of order) {
    const n = count * H * I;
    rt.kernels.copy_rows(to + column * H * I * 4, n, ptr + block * H * I * 4, n, 1, n);
  }
  return to;
}

/** Calls `visit` for the block runs of the tensors b_ih and b_hh. Skips undefined tensors. */
function eachBias<T extends Weight>(
  cell: Cell,
  { biasIh, biasHh }: Pick<CellWeights<T>, "biasIh" | "biasHh">,
  visit: (bias: T, run: Run) => void,
): void {
  if (biasIh) for (const run of runs(cell.input)) visit(biasIh, run);
  if (biasHh) for (const run of runs(cell.hidden)) visit(biasHh, run);
}

/** Writes a row [columns * H] that holds, for each column, the sum of its biases in b_ih and b_hh. */
export function biasRow(
  rt: Workspace,
  cell: Cell,
  to: number,
  weights: Pick<CellWeights<Weight>, "biasIh" | "biasHh">,
  H: number,
): void {
  rt.kernels.fill_rows(to, cell.columns * H, 0, 1, cell.columns * H);
  eachBias(cell, weights, (bias, { block, column, count }) => {
    rt.kernels.add_scaled(to + column * H * 4, bias.ptr + block * H * 4, 1, count * H);
  });
}

/**
 * Adds the sums in a row to the gradients of b_ih and b_hh.
 *
 * @param row address of the row [columns * H] that holds the sum of the pre-activations' gradients for each column
 */
export function addBiasGradients(
  rt: Runtime,
  cell: Cell,
  row: number,
  weights: CellWeights,
  H: number,
): void {
  eachBias(cell, weights, (bias, { block, column, count }) => {
    if (bias.requiresGrad)
      rt.kernels.add_scaled(bias.gradPtr() + block * H * 4, row + column * H * 4, 1, count * H);
  });
}

/**
 * Adds the gradient of weight_hh that comes from `rows` rows: dgates^T hPrev. If `cell.resetBefore` is true, the gradient of the
 * last block of weight_hh is computed with r * hPrev (r: reset gate) instead of hPrev.
 *
 * @param dgates address of the gradients of the pre-activations
 * @param hPrev address of the hidden states before the steps, one for each row
 */
export function addHiddenGradient(
  rt: Runtime,
  cell: Cell,
  weightHh: Tensor,
  dgates: number,
  hPrev: number,
  rows: number,
  H: number,
): void {
  if (!weightHh.requiresGrad) return;
  const ld = cell.columns * H;
  const q = dgates + (cell.columns - 1) * H * 4;
  let first = 0;
  for (const blocks of products(cell)) {
    const [operand, lda] = cell.resetBefore && first > 0 ? [q, ld] : [hPrev, H];
    for (const { block, column, count } of runs(cell.hidden.slice(first, first + blocks))) {
      const dw = weightHh.gradPtr() + (first + block) * H * H * 4;
      rt.kernels.gemm_tn(dw, H, dgates + column * H * 4, ld, operand, lda, count * H, H, rows);
    }
    first += blocks;
  }
}

/** Returns the address where a kernel adds a parameter's gradient. If it needs no gradient, the address is scratch memory. */
export function gradientOf(rt: Runtime, parameter: Tensor): number {
  return parameter.requiresGrad ? parameter.gradPtr() : rt.scratch(parameter.size);
}
