import { needsFunctions, writeFunctions } from "../../autograd/cell-functions.ts";
import {
  biasRow,
  type CellWeights,
  orderedInput,
  packedHiddenSize,
  packHidden,
} from "../../autograd/cell-weights.ts";
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
  const { weightIh } = weights;
  const I = weightIh.shape[1]!;
  const done = (inputSize: number, input: number) => ({ inputSize, input, hidden, bias, options });
  /** Calls `use` with the rows of weight_ih in the order of the columns, part by part if panels of 8 columns do not straddle blocks. */
  const eachInput = (use: (ptr: number, column: number, rows: number) => void) => {
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
  if (tokens === true) {
    const input = rt.allocate(I * ld);
    k.fill_rows(input, ld, bias, I, ld);
    eachInput((ptr, column, rows) => k.add_transposed(input + column * 4, ld, ptr, I, I, rows));
    return done(I, input);
  }
  const packInput = (packed: number) => {
    eachInput((ptr, column, rows) => k.pack_transposed(packed + column * I * 4, ptr, I, I, rows));
    return packed;
  };
  if (!tokens) return done(I, packInput(rt.allocate(packedSize(I, N))));
  const V = tokens.shape[0]!;
  const input = rt.allocate(V * ld);
  return rt.frame(() => {
    const packed = packInput(rt.scratch(packedSize(I, N)));
    k.fill_rows(input, ld, bias, V, ld);
    eachPart(rt, tokens, 0, V, (ptr, row, rows) =>
      k.gemm(input + row * ld * 4, ld, ptr, I, packed, rows, N, I),
    );
    return done(V, input);
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
