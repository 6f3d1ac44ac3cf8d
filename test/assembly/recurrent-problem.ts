import { random } from "../random.ts";

/** Number, blocks of weights and blocks of columns of each cell, as assembly/recurrent.ts defines them. */
export const CELLS = {
  rnnTanh: { id: 0, blocks: 1, columns: 1, memory: false, resetBefore: false },
  rnnRelu: { id: 1, blocks: 1, columns: 1, memory: false, resetBefore: false },
  lstm: { id: 2, blocks: 4, columns: 4, memory: true, resetBefore: false },
  gru: { id: 3, blocks: 3, columns: 4, memory: false, resetBefore: false },
  gruResetBefore: { id: 4, blocks: 3, columns: 4, memory: false, resetBefore: true },
} as const;

export type CellName = keyof typeof CELLS;

export interface Sizes {
  cell: CellName;
  T: number;
  B: number;
  H: number;
  /** 1 forwards, -1 from the last step to the first. */
  direction: number;
  /** Active rows at each step; default all. */
  counts?: Int32Array;
}

/** Everything that the kernels are given. */
export interface Problem extends Sizes {
  /** The input's share of the pre-activations, biases included: [T, B, columns * H], in the kernel's order. */
  gates: Float32Array;
  /** The bias that a GRU with reset after adds to its column q: [H]. */
  stateBias: Float32Array;
  /** Recurrent weights [blocks * H, H], in PyTorch's order. */
  weight: Float32Array;
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
  const { blocks, columns } = CELLS[cell];
  const { array } = random(T * 100 + B * 10 + H);
  const stateBias = array(H);
  const gates = array(T * B * columns * H, 2);
  if (cell === "gru") {
    for (let row = 0; row < T * B; row++) gates.set(stateBias, (row * columns + 3) * H);
  }
  return {
    ...sizes,
    gates,
    stateBias,
    weight: array(blocks * H * H).map((value) => value / Math.sqrt(H)),
    h0: array(B * H),
    c0: array(B * H),
    dout: array(T * B * H),
    dh: array(B * H),
    dc: array(B * H),
  };
}
