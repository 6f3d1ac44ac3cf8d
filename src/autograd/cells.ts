/**
 * The recurrent cells. Weights have PyTorch's layout: `gates` blocks of H rows, in the order of its documentation. A
 * kernel works on `columns` blocks of H columns (assembly/recurrent.ts), in an order that lets the product with the
 * input and the product with the state each write one run of columns.
 */
export interface Cell {
  /** Number by which assembly/recurrent.ts knows the cell. */
  readonly id: number;
  /** Blocks of H rows in the weights. */
  readonly gates: number;
  /** Blocks of H columns in the kernel. */
  readonly columns: number;
  /** Column block that each block of weight_ih adds to. */
  readonly input: readonly number[];
  /** Column block that each block of weight_hh adds to. */
  readonly hidden: readonly number[];
  /** Whether a memory cell c is carried beside h. */
  readonly memory: boolean;
  /** Whether the last block of weight_hh multiplies r * h (kept in the last column block) instead of h. */
  readonly resetBefore: boolean;
}

const elman = { gates: 1, columns: 1, input: [0], hidden: [0], memory: false, resetBefore: false };
// Weight blocks r, z, n; column blocks n, r, z, q.
const gated = { gates: 3, columns: 4, input: [1, 2, 0], memory: false };

export const CELLS = {
  rnnTanh: { ...elman, id: 0 },
  rnnRelu: { ...elman, id: 1 },
  lstm: {
    id: 2,
    gates: 4,
    columns: 4,
    input: [0, 1, 2, 3],
    hidden: [0, 1, 2, 3],
    memory: true,
    resetBefore: false,
  },
  gru: { ...gated, id: 3, hidden: [1, 2, 3], resetBefore: false },
  gruResetBefore: { ...gated, id: 4, hidden: [1, 2, 0], resetBefore: true },
} as const satisfies Record<string, Cell>;

/** `count` weight blocks from `block` on that go to column blocks from `column` on. */
export interface Run {
  readonly block: number;
  readonly column: number;
  readonly count: number;
}

/** The longest runs of weight blocks whose columns follow one another. */
export function runs(columns: readonly number[]): Run[] {
  const found: { block: number; column: number; count: number }[] = [];
  columns.forEach((column, block) => {
    const last = found.at(-1);
    if (last && last.column + last.count === column) last.count++;
    else found.push({ block, column, count: 1 });
  });
  return found;
}
