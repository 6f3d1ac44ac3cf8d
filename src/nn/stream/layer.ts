import { needsFunctions, writeFunctions } from "../../autograd/cell-functions.ts";
import { biasRow, type CellWeights, orderedInput, products } from "../../autograd/cell-weights.ts";
import { type Cell, runs } from "../../autograd/cells.ts";
import {
  CELL_FUNCTIONS_BIAS,
  CELL_FUNCTIONS_GAIN,
  CELL_FUNCTIONS_PEEPHOLES,
  CELL_FUNCTIONS_SIZE,
} from "../../runtime/kernels.ts";
import { packedSize } from "../../runtime/packed-size.ts";
import { eachPart, type Weight } from "../../runtime/weight.ts";
import type { Workspace } from "../../runtime/workspace.ts";
import { type EachRows, FLOATS, freePacked, type Packing, packMatrices } from "./packing.ts";

/** One layer's packed weights. All fields except `inputSize` are addresses. */
export interface PackedLayer {
  /** Number of features. If the layer reads tokens, the number of different tokens. */
  readonly inputSize: number;
  /**
   * Address of the packed W_ih^T or, if the layer reads tokens, of a table. Row v of the table is the product of W_ih and the
   * vector of token v, plus the biases. If the address of a table is odd, the table before it is quantised and without biases.
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
  packing: Packing,
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
  const hidden = packMatrices(
    rt,
    packing,
    H,
    products(cell).map((blocks) => blocks * H),
    (before, count) => (use) =>
      eachPart(rt, weights.weightHh, before, count, (ptr, row, rows) => use(ptr, row - before, rows)),
  );
  const options = rt.frame(() => packOptions(rt, cell, weights, row, ld));
  const { weightIh } = weights;
  const I = weightIh.shape[1]!;
  /** The rows of weight_ih in the order of the columns, part by part if panels of 8 columns do not straddle blocks. */
  const eachInput: EachRows = (use) => {
    if (!scales && H % 8 === 0) {
      for (const { block, column, count } of runs(cell.input)) {
        eachPart(rt, weightIh, block * H, count * H, (ptr, row, rows) =>
          use(ptr, row + (column - block) * H, rows),
        );
      }
      return;
    }
    rt.frame(() => {
      let rows = orderedInput(rt, cell, weightIh, H);
      if (scales) {
        const scaled = rt.scratch(N * I);
        const from = rt.floats(rows, N * I);
        rt.floats(scaled, N * I).set(from.map((w, i) => w * scales[Math.floor(i / I)]!));
        rows = scaled;
      }
      use(rows, 0, N);
    });
  };
  const done = (inputSize: number, input: number) => ({ inputSize, input, hidden, bias, options });
  if (!tokens)
    return done(
      I,
      packMatrices(rt, packing, I, [N], () => eachInput),
    );
  const table = { blocks: cell.gates, H, ld, bias };
  if (tokens === true) {
    const add = (to: number, ld: number, from: number, n: number) =>
      eachInput((ptr, column, rows) => k.add_transposed(to + column * 4, ld, ptr + from * 4, I, n, rows));
    return done(I, packing.table(rt, { ...table, V: I, add }));
  }
  const V = tokens.shape[0]!;
  return rt.frame(() => {
    const packed = rt.scratch(packedSize(I, N));
    FLOATS.write(rt, packed, I, N, eachInput);
    const add = (to: number, ld: number, from: number, n: number) =>
      eachPart(rt, tokens, from, n, (ptr, row, rows) =>
        k.gemm(to + (row - from) * ld * 4, ld, ptr, I, packed, rows, N, I),
      );
    return done(V, packing.table(rt, { ...table, V, add }));
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
  for (const block of [input, hidden, bias, options]) freePacked(rt, block);
}
