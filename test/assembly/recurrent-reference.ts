import * as reference from "../reference.ts";
import { CELLS, type CellName, type Problem } from "./recurrent-problem.ts";

type Values = Float32Array | Float64Array;

/** What the kernels leave behind. */
export interface Expected {
  /** States, one slab more than there are steps: [T + 1, B, H]. */
  hs: Values;
  cs: Values | undefined;
  /** `gates` after the forward pass [T, B, columns * H]; nothing in particular for an Elman cell. */
  activations: Values | undefined;
  /** `gates` after the backward pass. */
  dgates: Values;
  /** Gradients of the state before the first step [B, H]. */
  dh: Values;
  dc: Values | undefined;
}

/** Column blocks that PyTorch's blocks i, f, g, o or r, z, n of the input's product are in. */
const COLUMNS = { rnnTanh: [0], rnnRelu: [0], lstm: [0, 1, 2, 3], gru: [1, 2, 0], gruResetBefore: [1, 2, 0] };

const REFERENCE: Record<CellName, reference.Cell> = {
  rnnTanh: reference.rnnCell("tanh"),
  rnnRelu: reference.rnnCell("relu"),
  lstm: reference.lstmCell,
  gru: reference.gruCell,
  gruResetBefore: reference.gruResetBeforeCell,
};

/** A row's blocks of H, put into (or, `back`, taken out of) the kernel's columns. */
function reorder(cell: CellName, from: Values, to: Values, H: number, back = false): void {
  COLUMNS[cell].forEach((column, block) => {
    const [source, target] = back ? [column, block] : [block, column];
    to.set(from.subarray(source * H, (source + 1) * H), target * H);
  });
}

/** The single steps of the float64 cells in a loop. Their input is the pre-activations, through a unit matrix. */
export function expected(given: Problem): Expected {
  const { cell, T, B, H, direction, counts } = given;
  const { blocks, columns, memory } = CELLS[cell];
  const I = blocks * H;
  const width = columns * H;
  const slab = B * H;
  const single = REFERENCE[cell];
  const parameters = {
    weight_ih: Float64Array.from({ length: I * I }, (_, i) => Number(i % (I + 1) === 0)),
    weight_hh: given.weight,
    bias_hh: Float64Array.from({ length: I }, (_, i) =>
      cell === "gru" && i >= 2 * H ? given.stateBias[i - 2 * H]! : 0,
    ),
  };
  const order = Array.from({ length: T }, (_, t) => (direction > 0 ? t : T - 1 - t));
  const [before, after] = direction > 0 ? [0, 1] : [1, 0];

  const initial = memory ? [given.h0, given.c0] : [given.h0];
  const states = initial.map((values) => {
    const slabs = new Float64Array((T + 1) * slab);
    slabs.set(values, direction > 0 ? 0 : T * slab);
    return slabs;
  });
  const activations = Float64Array.from(given.gates);
  const tapes = new Map<number, unknown>();
  for (const t of order) {
    const n = counts?.[t] ?? B;
    const sizes = { B: n, I, H };
    const x = new Float64Array(n * I);
    for (let b = 0; b < n; b++) {
      reorder(cell, row(given.gates, t * B + b, width), row(x, b, I), H, true);
    }
    const state = states.map((slabs) => row(slabs, t + before, slab).slice(0, n * H));
    const step = single.forward(parameters, x, state, sizes);
    tapes.set(t, step.tape);
    states.forEach((slabs, i) => {
      const next = row(slabs, t + after, slab);
      next.set(row(slabs, t + before, slab));
      next.set(step.state[i]!);
    });
    for (let b = 0; b < n; b++) saved(cell, step.tape, b, H, row(activations, t * B + b, width));
  }

  const dgates = new Float64Array(T * B * width);
  const dstates = memory ? [given.dh, given.dc] : [given.dh];
  let gradients = dstates.map((values) => Float64Array.from(values));
  for (const t of order.reverse()) {
    const n = counts?.[t] ?? B;
    const sizes = { B: n, I, H };
    const dout = row(given.dout, t, slab);
    const dnext = gradients.map((d, i) => d.slice(0, n * H).map((value, j) => value + (i ? 0 : dout[j]!)));
    const grads = reference.zeroGradients(parameters);
    const { dx, dstate } = single.backward(grads, parameters, tapes.get(t), dnext, sizes);
    for (let b = 0; b < n; b++) {
      const to = row(dgates, t * B + b, width);
      reorder(cell, row(dx, b, I), to, H);
      if (cell === "gru") {
        const r = row(activations, t * B + b, width).subarray(H, 2 * H);
        for (let j = 0; j < H; j++) to[3 * H + j] = to[j]! * r[j]!; // q is multiplied by r on its way into n
      }
      if (cell === "gruResetBefore") {
        to.set(row(activations, t * B + b, width).subarray(3 * H), 3 * H); // q = r h stays for the gradient of R_n
      }
    }
    gradients = gradients.map((d, i) => Float64Array.from([...dstate[i]!, ...d.subarray(n * H)]));
  }
  const kept = columns > 1 ? activations : undefined;
  return { hs: states[0]!, cs: states[1], activations: kept, dgates, dh: gradients[0]!, dc: gradients[1] };
}

/** What the forward pass keeps in row b of `gates`, from the cell's own tape. */
function saved(cell: CellName, tape: unknown, b: number, H: number, to: Values): void {
  if (cell === "lstm") to.set(row((tape as Tape<typeof reference.lstmCell>).gates, b, 4 * H));
  if (cell === "gru") {
    const { gates, hp } = tape as Tape<typeof reference.gruCell>;
    reorder(cell, row(gates, b, 3 * H), to, H);
    to.set(row(hp, b, 3 * H).subarray(2 * H), 3 * H);
  }
  if (cell === "gruResetBefore") {
    const { n, r, z, rh } = tape as Tape<typeof reference.gruResetBeforeCell>;
    [n, r, z, rh].forEach((values, column) => {
      to.set(row(values, b, H), column * H);
    });
  }
}

type Tape<C> = C extends reference.Cell<infer T> ? T : never;

function row<V extends Values>(values: V, i: number, width: number): V {
  return values.subarray(i * width, (i + 1) * width) as V;
}
