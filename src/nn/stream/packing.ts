import { packedSize } from "../../runtime/packed-size.ts";
import type { Workspace } from "../../runtime/workspace.ts";

/**
 * Calls `use` for the rows of a matrix w [O, I], part by part.
 *
 * @param use gets the address of `rows` rows, which begin at row `first` of the matrix
 */
export type EachRows = (use: (ptr: number, first: number, rows: number) => void) => void;

/** A table with an entry for each token: the row that the token adds to a layer's pre-activations. */
export interface TokenTable {
  /** Number of tokens. */
  readonly V: number;
  /** Number of columns of an entry, without biases; `blocks` blocks of H. */
  readonly blocks: number;
  readonly H: number;
  /** Row stride of the pre-activations, in floats. */
  readonly ld: number;
  /** Address of the row of biases; 0 if there are none. */
  readonly bias: number;
  /** Adds entries `from` to `from + n`, without biases, to the floats at `to`. */
  readonly add: (to: number, ld: number, from: number, n: number) => void;
}

/** A form of packed weights. `INT8` is in int8.ts, so that pages that open no modules do not download it. */
export interface Packing {
  /** Maximum number of inputs of a matrix in this form; undefined if there is none. */
  readonly most?: number;
  /** What is added to the address of a block: odd addresses tell `gemm` that the weights are integers. */
  readonly tag: 0 | 1;
  /** Returns the number of floats that a matrix w [O, I] takes. */
  size(rt: Workspace, I: number, O: number): number;
  /** Packs a matrix w [O, I] for products x w^T. */
  write(rt: Workspace, to: number, I: number, O: number, each: EachRows): void;
  /** Makes a table of tokens. Returns the address with the tag. */
  table(rt: Workspace, table: TokenTable): number;
}

/** 32-bit floats, in panels of 8 outputs. */
export const FLOATS: Packing = {
  tag: 0,
  size: (_, I, O) => packedSize(I, O),
  write: (rt, to, I, _, each) =>
    each((ptr, first, rows) => rt.kernels.pack_transposed(to + first * I * 4, ptr, I, I, rows)),
  table(rt, { V, ld, bias, add }) {
    const table = rt.allocate(V * ld);
    rt.kernels.fill_rows(table, ld, bias, V, ld);
    add(table, ld, 0, V);
    return table;
  },
};

/**
 * Packs matrices with I inputs, one after the other in one block of memory.
 *
 * @param outputs number of rows of each matrix
 * @param eachOf returns the rows of a matrix, given the number of rows before it and its own
 * @returns the address for the kernel `gemm`
 */
export function packMatrices(
  rt: Workspace,
  packing: Packing,
  I: number,
  outputs: readonly number[],
  eachOf: (before: number, count: number) => EachRows,
): number {
  const form = packing.most && I > packing.most ? FLOATS : packing;
  const sizeOf = (O: number) => form.size(rt, I, O);
  const packed = rt.allocate(outputs.reduce((sum, O) => sum + sizeOf(O), 0));
  let to = packed;
  let before = 0;
  for (const O of outputs) {
    form.write(rt, to, I, O, eachOf(before, O));
    to += sizeOf(O) * 4;
    before += O;
  }
  return packed + form.tag;
}

/** Frees a block of packed weights, whose address may be odd. Does nothing if the address is 0. */
export function freePacked(rt: Workspace, block: number): void {
  if (block) rt.free(block - (block % 2));
}
