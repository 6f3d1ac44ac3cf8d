import { needsFunctions, writeFunctions } from "../../autograd/cell-functions.ts";
import {
  biasRow,
  type CellWeights,
  orderedInput,
  packedHiddenSize,
  packHidden,
} from "../../autograd/cell-weights.ts";
import type { Cell } from "../../autograd/cells.ts";
import {
  CELL_FUNCTIONS_BIAS,
  CELL_FUNCTIONS_GAIN,
  CELL_FUNCTIONS_PEEPHOLES,
  CELL_FUNCTIONS_SIZE,
} from "../../runtime/kernels.ts";
import { packedSize } from "../../runtime/packed-size.ts";
import type { Weight } from "../../runtime/weight.ts";
import type { Workspace } from "../../runtime/workspace.ts";

/** One layer's packed weights. All fields except `inputSize` are addresses. */
export interface PackedLayer {
  /** Number of features. If the layer reads tokens, the number of different tokens. */
  readonly inputSize: number;
  /**
   * Address of the packed W_ih^T or, if the layer reads tokens, of a table. Row v of the table is the product of W_ih and the
   * vector of token v, plus the biases.
   */
  readonly input: number;
  readonly hidden: number;
  readonly bias: number;
  /**
   * Address of the activations, biases, peephole weights and gains of gate normalisation (CellFunctions in
   * assembly/cell-functions.ts). If the cell computes as in PyTorch, it is 0.
   */
  readonly options: number;
}

/**
 * Packs a layer of H units. Reads the address of each weight once, in a frame of its own, because a weight of a file is copied then.
 *
 * @param tokens false: the layer reads features; true: it reads tokens; a tensor: it reads tokens whose vectors are the rows of
 *   the tensor
 */
export function packLayer(
  rt: Workspace,
  cell: Cell,
  weights: CellWeights<Weight>,
  H: number,
  tokens: boolean | Weight,
): PackedLayer {
  const k = rt.kernels;
  const ld = cell.columns * H;
  const N = cell.gates * H;
  const row = cell.norms ? rt.scratch(ld) : rt.allocate(ld);
  rt.frame(() => biasRow(rt, cell, row, weights, H));
  const scales = weights.inputNorm?.scaleAndShift(); // become a part of weights and biases
  scales?.subarray(N).forEach((shift, i) => {
    rt.floats(row, N)[i]! += shift;
  });
  const bias = cell.norms ? 0 : row; // 0: no biases here; normalised gates get their biases in the kernel, from `options`
  const hidden = rt.allocate(packedHiddenSize(cell, H));
  rt.frame(() => packHidden(rt, cell, hidden, weights.weightHh, H));
  const options = rt.frame(() => packOptions(rt, cell, weights, row, ld));
  return rt.frame(() => {
    const { weightIh } = weights;
    const I = weightIh.shape[1]!;
    let rows = orderedInput(rt, cell, weightIh, H);
    if (scales) {
      const scaled = rt.scratch(N * I);
      const from = rt.floats(rows, N * I);
      rt.floats(scaled, N * I).set(from.map((w, i) => w * scales[Math.floor(i / I)]!));
      rows = scaled;
    }
    if (tokens === true) {
      const input = rt.allocate(I * ld);
      k.fill_rows(input, ld, bias, I, ld);
      k.add_transposed(input, ld, rows, I, I, N);
      return { inputSize: I, input, hidden, bias, options };
    }
    const packed = tokens ? rt.scratch(packedSize(I, N)) : rt.allocate(packedSize(I, N));
    k.pack_transposed(packed, rows, I, I, N);
    if (!tokens) return { inputSize: I, input: packed, hidden, bias, options };
    const V = tokens.shape[0]!;
    const input = rt.allocate(V * ld);
    k.fill_rows(input, ld, bias, V, ld);
    k.gemm(input, ld, tokens.ptr, I, packed, V, N, I);
    return { inputSize: V, input, hidden, bias, options };
  });
}

function packOptions(
  rt: Workspace,
  cell: Cell,
  { peephole, norm }: CellWeights<Weight>,
  bias: number,
  ld: number,
): number {
  if (!needsFunctions(cell)) return 0;
  const size = CELL_FUNCTIONS_SIZE + ld + (peephole?.size ?? 0) + (norm?.size ?? 0);
  const options = rt.allocate(size);
  let end = options + CELL_FUNCTIONS_SIZE * 4;
  const copy = (from: number, n: number): number => {
    const to = end;
    rt.kernels.copy_rows(to, n, from, n, 1, n);
    end += n * 4;
    return to;
  };
  writeFunctions(rt, cell, options, {
    [CELL_FUNCTIONS_BIAS]: copy(bias, ld),
    [CELL_FUNCTIONS_PEEPHOLES]: peephole && copy(peephole.ptr, peephole.size),
    [CELL_FUNCTIONS_GAIN]: norm && copy(norm.ptr, norm.size),
  });
  return options;
}

export function freeLayer(rt: Workspace, { input, hidden, bias, options }: PackedLayer): void {
  for (const block of [input, hidden, bias, options]) if (block) rt.free(block);
}
