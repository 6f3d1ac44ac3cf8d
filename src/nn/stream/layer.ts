import { needsFunctions, writeFunctions } from "../../autograd/cell-functions.ts";
import { biasRow, type CellWeights, orderedInput, products } from "../../autograd/cell-weights.ts";
import type { Cell } from "../../autograd/cells.ts";
import {
  CELL_FUNCTIONS_BIAS,
  CELL_FUNCTIONS_GAIN,
  CELL_FUNCTIONS_PEEPHOLES,
  CELL_FUNCTIONS_SIZE,
} from "../../runtime/kernels.ts";
import { packedSize } from "../../runtime/packed-size.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Tensor } from "../../runtime/tensor.ts";
import { freePacked, packMatrices } from "./matrix.ts";
import type { Dtype } from "./packed.ts";

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
 * Packs a layer of H units.
 *
 * @param tokens false: the layer reads features; true: it reads tokens; a tensor: it reads tokens whose vectors are the rows of
 *   the tensor
 */
export function packLayer(
  rt: Runtime,
  cell: Cell,
  weights: CellWeights,
  H: number,
  tokens: boolean | Tensor,
  dtype: Dtype,
): PackedLayer {
  const k = rt.kernels;
  const I = weights.weightIh.shape[1]!;
  const ld = cell.columns * H;
  const N = cell.gates * H;
  const row = cell.norms ? rt.scratch(ld) : rt.allocate(ld);
  biasRow(rt, cell, row, weights, H);
  const scales = weights.inputNorm?.scaleAndShift(); // become a part of weights and biases
  scales?.subarray(N).forEach((shift, i) => {
    rt.floats(row, N)[i]! += shift;
  });
  const bias = cell.norms ? 0 : row; // 0: no biases here; normalised gates get their biases in the kernel, from `options`
  const blocks = products(cell).map((blocks) => blocks * H);
  const hidden = packMatrices(rt, dtype, weights.weightHh.ptr, blocks, H);
  const options = packOptions(rt, cell, weights, row, ld);
  return rt.frame(() => {
    let rows = orderedInput(rt, cell, weights.weightIh, H);
    if (scales) {
      const scaled = rt.scratch(N * I);
      const from = rt.floats(rows, N * I);
      rt.floats(scaled, N * I).set(from.map((w, i) => w * scales[Math.floor(i / I)]!));
      rows = scaled;
    }
    if (!tokens) return { inputSize: I, input: packMatrices(rt, dtype, rows, [N], I), hidden, bias, options };
    const embedding = tokens === true ? undefined : tokens;
    const packed = embedding && rt.scratch(packedSize(I, N));
    if (packed) k.pack_transposed(packed, rows, I, I, N);
    /** Adds rows `from` to `from + n` of the table without biases. */
    const add = (to: number, ld: number, from: number, n: number) => {
      if (packed) k.gemm(to, ld, embedding.ptr + from * I * 4, I, packed, n, N, I);
      else k.add_transposed(to, ld, rows + from * 4, I, n, N);
    };
    const V = embedding?.shape[0] ?? I;
    const table = { inputSize: V, hidden, bias, options };
    if (dtype === "int8") return { ...table, input: quantizedTable(rt, V, cell.gates, H, add) + 1 };
    const input = rt.allocate(V * ld);
    k.fill_rows(input, ld, bias, V, ld);
    add(input, ld, 0, V);
    return { ...table, input };
  });
}

/** Entries of a table that are quantised at once. More would need more memory for floats. */
const CHUNK = 64;

/** Makes a table of V entries of `blocks` rows, each with H numbers and a scale. @param add adds the floats of n entries */
function quantizedTable(
  rt: Runtime,
  V: number,
  blocks: number,
  H: number,
  add: (to: number, ld: number, from: number, n: number) => void,
): number {
  const k = rt.kernels;
  const size = blocks * H;
  const entry = k.int8_size(H, blocks, 1);
  const table = rt.allocate((V * entry) / 4);
  const floats = rt.scratch(CHUNK * size);
  for (let from = 0; from < V; from += CHUNK) {
    const n = Math.min(CHUNK, V - from);
    k.fill_rows(floats, size, 0, n, size);
    add(floats, size, from, n);
    k.pack_int8(table + from * entry, floats, H, H, n * blocks, 1);
  }
  return table;
}

function packOptions(
  rt: Runtime,
  cell: Cell,
  { peephole, norm }: CellWeights,
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

export function freeLayer(rt: Runtime, { input, hidden, bias, options }: PackedLayer): void {
  for (const block of [input, hidden, bias, options]) freePacked(rt, block);
}
