import { checkAtLeast, checkChoice } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import {
  GRU,
  GRU_RESET_BEFORE,
  GRU_SIMPLIFIED,
  LSTM,
  LSTM_COUPLED,
  LSTM_NO_FORGET,
  RNN_RELU,
  RNN_TANH,
} from "../runtime/kernels.ts";
import { type Activation, type ActivationCode, activationCode } from "./activation.ts";

/**
 * The recurrent cells. Weights have PyTorch's layout: `gates` blocks of H rows, in the order of its documentation. A
 * kernel works on `columns` blocks of H columns (assembly/recurrent.ts), in an order that lets the product with the
 * input and the product with the state each write one run of columns.
 */
export interface Cell extends Form {
  /** What differs from PyTorch's own functions. */
  readonly functions?: CellFunctions;
  /** Blocks of H in the peephole weights: i, f (where there is one), o. 0: no peepholes. */
  readonly peepholes: number;
  /** Columns whose pre-activations are normalised; 0: none. */
  readonly norms: number;
}

interface Form {
  /** Number by which the kernels know it. */
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

interface CellFunctions {
  /** Limit of what goes into an activation; infinity: none. */
  readonly limit: number;
  /** Of the gates, the candidate, the new memory cell. */
  readonly activations: readonly ActivationCode[];
}

/** What every cell may be given. */
export interface CellOptions {
  /**
   * ONNX's activations: f of the gates (of an RNN's state), g of the candidate, h of an LSTM's new memory cell; a
   * bidirectional network may be given twice as many, those of the backward direction last. Default sigmoid, tanh, tanh;
   * for an RNN its nonlinearity.
   */
  activations?: readonly Activation[];
  /** What goes into an activation is limited to [-clip, clip] as by ONNX's attribute; default 0: no limit. */
  clip?: number;
  /**
   * Layer normalisation of what the products give each gate, before biases and activations (Ba, Kiros and Hinton 2016, as
   * in TensorFlow's LayerNormBasicLSTMCell, but for the memory cell): gain (a - mean) / sqrt(variance + 1e-5) + b_ih + b_hh,
   * mean and variance over the H units of the gate. Gains `weight_norm_l{k}` are 1 at first, in the order i, f, g, o of an
   * LSTM, z, n of a simplified GRU, n, r, z of a GRU with reset before; with reset after, the input's n, then r, z, the
   * state's n. Default false.
   */
  gateNorm?: boolean;
}

const form = (id: number, columns: readonly number[], more: Partial<Form> = {}): Form => ({
  id,
  gates: columns.length,
  columns: columns.length,
  input: columns,
  hidden: columns,
  memory: false,
  resetBefore: false,
  ...more,
});

const RNN_FORMS = { tanh: form(RNN_TANH, [0]), relu: form(RNN_RELU, [0]) };

/** Weight blocks r, z, n and column blocks n, r, z, q; without a reset gate z, n and z, n. */
const GRU_FORMS = {
  after: form(GRU, [1, 2, 0], { columns: 4, hidden: [1, 2, 3] }),
  before: form(GRU_RESET_BEFORE, [1, 2, 0], { columns: 4, resetBefore: true }),
  none: form(GRU_SIMPLIFIED, [0, 1]),
};

/** Blocks i, f, g, o; without a forget gate of its own i, g, o. */
const LSTM_FORMS = {
  own: form(LSTM, [0, 1, 2, 3], { memory: true }),
  coupled: form(LSTM_COUPLED, [0, 1, 2], { memory: true }),
  none: form(LSTM_NO_FORGET, [0, 1, 2], { memory: true }),
};

export type ForgetGate = keyof typeof LSTM_FORMS;

/** An Elman cell for each direction. @throws ERR_VALUE */
export function rnnCells(
  directions: number,
  nonlinearity: Activation,
  { activations = [nonlinearity], ...options }: CellOptions,
): Cell[] {
  return perDirection("RNN", directions, 1, activations, (own) => {
    const plain = own[0] === "relu" ? "relu" : "tanh";
    return withFunctions("RNN", RNN_FORMS[plain], [plain], own, options);
  });
}

/** Where the reset gate of a GRU stands. */
export function resetOf({ resetAfter = true, resetGate = true }): keyof typeof GRU_FORMS {
  return !resetGate ? "none" : resetAfter ? "after" : "before";
}

/** A GRU cell for each direction; reset: the reset gate's place. @throws ERR_VALUE */
export function gruCells(
  directions: number,
  reset: keyof typeof GRU_FORMS,
  { activations = ["sigmoid", "tanh"], ...options }: CellOptions,
): Cell[] {
  return perDirection("GRU", directions, 2, activations, (own) =>
    withFunctions("GRU", GRU_FORMS[reset], ["sigmoid", "tanh"], own, options),
  );
}

/** An LSTM cell for each direction. @throws ERR_VALUE */
export function lstmCells(
  directions: number,
  forgetGate: ForgetGate,
  peepholes: boolean,
  { activations = ["sigmoid", "tanh", "tanh"], ...options }: CellOptions,
): Cell[] {
  const chosen = LSTM_FORMS[checkChoice("LSTM: forgetGate", forgetGate, ["own", "coupled", "none"])];
  return perDirection("LSTM", directions, 3, activations, (own) => ({
    ...withFunctions("LSTM", chosen, ["sigmoid", "tanh", "tanh"], own, options),
    peepholes: peepholes ? chosen.gates - 1 : 0,
  }));
}

function perDirection(
  name: string,
  directions: number,
  count: number,
  activations: readonly Activation[],
  cell: (own: readonly Activation[]) => Cell,
): Cell[] {
  const given = Array.isArray(activations) ? activations.length : Number.NaN;
  if (given !== count && given !== count * directions) {
    const expected = directions > 1 ? `${count} or ${count * directions}` : count;
    throw new UnrolledError(
      "ERR_VALUE",
      `${name}: activations is ${JSON.stringify(activations)}, expected an array of ${expected}`,
    );
  }
  return Array.from({ length: directions }, (_, d) =>
    cell(given > count ? activations.slice(d * count, (d + 1) * count) : activations),
  );
}

function withFunctions(
  name: string,
  chosen: Form,
  plain: readonly Activation[],
  own: readonly Activation[],
  { clip = 0, gateNorm = false }: CellOptions,
): Cell {
  checkAtLeast(`${name}: clip`, clip);
  const activations = own.map((f) => activationCode(name, f));
  const same = clip === 0 && !gateNorm && own.every((f, i) => f === plain[i]);
  return {
    ...chosen,
    peepholes: 0,
    norms: gateNorm ? chosen.columns - (chosen.resetBefore ? 1 : 0) : 0,
    ...(!same && { functions: { limit: clip || Number.POSITIVE_INFINITY, activations } }),
  };
}

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
