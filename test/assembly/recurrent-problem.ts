import * as kernels from "../../src/runtime/kernels.ts";
import { random } from "../random.ts";
import type { NamedCurve } from "../reference/curves.ts";
import { elman, type Formula, gru, lstm } from "../reference/formulas.ts";

// To test the kernel of a new cell, write its formula for one row in reference/formulas.ts and add it to CELLS with its
// number in assembly/recurrent.ts. recurrent.test.ts tests every entry with all sizes, directions and options; the expected
// gradients come from the formula by automatic differentiation.

interface Layout {
  /** The kernels' number of the cell. */
  id: number;
  formula: Formula;
  /** Names of the blocks of rows in the weights, and of the blocks of columns in `gates`. */
  blocks: readonly string[];
  columns: readonly string[];
  /** Gates that see the cell state if there are peepholes. */
  peepholes: readonly string[];
  /** Whether the cell has a cell state c in addition to h. */
  memory: boolean;
  /** Whether the last block of weights multiplies a gate times h, which is kept in the last column. */
  resetBefore: boolean;
  /** Whether the cell has fused passes; without, its backward pass needs rows of work. */
  fused: boolean;
  /** Activations that the kernels use without options. */
  own: readonly NamedCurve[];
}

const layout = (id: number, formula: Formula, blocks: string, more: Partial<Layout> = {}): Layout => ({
  id,
  formula,
  blocks: [...blocks],
  columns: [...blocks],
  peepholes: [],
  memory: false,
  resetBefore: false,
  fused: true,
  own: [{ name: "sigmoid" }, { name: "tanh" }, { name: "tanh" }],
  ...more,
});

/** The cells as assembly/recurrent.ts defines them, by the names of test/reference/formulas.ts. */
export const CELLS = {
  rnnTanh: layout(kernels.RNN_TANH, elman, "a", { own: [{ name: "tanh" }] }),
  rnnRelu: layout(kernels.RNN_RELU, elman, "a", { own: [{ name: "relu" }] }),
  lstm: layout(kernels.LSTM, lstm("own"), "ifgo", { memory: true, peepholes: ["i", "f", "o"] }),
  gru: layout(kernels.GRU, gru("after"), "rzn", { columns: ["n", "r", "z", "q"] }),
  gruResetBefore: layout(kernels.GRU_RESET_BEFORE, gru("before"), "rzn", {
    columns: ["n", "r", "z", "q"],
    resetBefore: true,
  }),
  gruSimplified: layout(kernels.GRU_SIMPLIFIED, gru("none"), "zn", { fused: false }),
  lstmCoupled: layout(kernels.LSTM_COUPLED, lstm("coupled"), "igo", {
    memory: true,
    peepholes: ["i", "o"],
    fused: false,
  }),
  lstmNoForget: layout(kernels.LSTM_NO_FORGET, lstm("none"), "igo", {
    memory: true,
    peepholes: ["i", "o"],
    fused: false,
  }),
} as const satisfies Record<string, Layout>;

export type CellName = keyof typeof CELLS;

export function layoutOf(cell: CellName): Layout {
  return CELLS[cell];
}

/** Options of a cell, as in assembly/cell-functions.ts. */
export interface Options {
  /** Inputs of activations are clipped to [-limit, limit]; default infinity. */
  limit?: number;
  /** Activations of the gates, the candidate and the new cell state; default the cell's own. */
  activations?: readonly NamedCurve[];
  /** With `previous`, the output gate sees the cell state before the step, as the other gates do. */
  peepholes?: boolean | "previous";
  /** Layer normalisation of every gate. */
  normalised?: boolean;
}

export interface Sizes {
  cell: CellName;
  T: number;
  B: number;
  H: number;
  /** 1: forward; -1: from the last step to the first. */
  direction: number;
  /** Number of active rows at each step; default all. */
  batchSizes?: Int32Array;
  /** Default: none (the address 0). */
  options?: Options;
  /** Whether the recurrent weights have 8 bits; forward passes only. */
  int8?: boolean;
}

/** Everything that is passed to the kernels. */
export interface Problem extends Sizes {
  /** The input's part of the pre-activations, biases included: [T, B, columns * H], in the kernel's order. */
  gates: Float32Array;
  /** Recurrent weights [blocks * H, H], in PyTorch's order. */
  weight: Float32Array;
  /** Peephole weights [peepholes * H]. */
  peephole: Float32Array;
  /** Gains and biases of normalised gates [columns * H]. */
  gain: Float32Array;
  shift: Float32Array;
  /** States before the first step [B, H]. */
  h0: Float32Array;
  c0: Float32Array;
  /** Gradients of every step's h [T, B, H]. */
  dout: Float32Array;
  /** Gradients of the state after the last step [B, H]. */
  dh: Float32Array;
  dc: Float32Array;
}

export function problem(sizes: Sizes): Problem {
  const { cell, T, B, H } = sizes;
  const { blocks, columns, peepholes } = layoutOf(cell);
  const { array } = random(T * 100 + B * 10 + H);
  return {
    ...sizes,
    gates: array(T * B * columns.length * H, 2),
    weight: array(blocks.length * H * H).map((value) => value / Math.sqrt(H)),
    peephole: array(peepholes.length * H),
    gain: array(columns.length * H),
    shift: array(columns.length * H),
    h0: array(B * H),
    c0: array(B * H),
    dout: array(T * B * H),
    dh: array(B * H),
    dc: array(B * H),
  };
}
