import { checkAtLeast, checkChoice, checkValue } from "../checks.ts";
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
import { flagOr, show } from "../schema.ts";
import { type Activation, type ActivationCode, activationCode } from "./activation.ts";

/**
 * A recurrent cell. Weights have PyTorch's layout: `gates` blocks of H rows, in the order of PyTorch's documentation. The kernels
 * (assembly/recurrent.ts) compute pre-activations in `columns` blocks of H columns. In the order of the column blocks, the
 * product of weight_ih and the input fills adjacent columns. The product of weight_hh and the state also fills adjacent columns.
 */
export interface Cell extends Form {
  /** Clipping and activations, if they differ from PyTorch's. */
  readonly functions?: CellFunctions;
  /** Number of gates with peephole weights. An LSTM with peepholes has 3, or 2 if there is no gate f. Other cells have 0. */
  readonly peepholes: number;
  /** Whether the output gate's peephole sees the cell state before the step, as the other gates do. */
  readonly previous?: boolean;
  /** Number of column blocks whose pre-activations the kernels normalise; 0 if there is no layer normalisation. */
  readonly norms: number;
  /** Whether the products of W_ih and the input have batch normalisation. @internal */
  readonly inputNorm?: boolean;
}

interface Form {
  /** The number by which the kernels know the cell. */
  readonly id: number;
  /** Number of blocks of H rows in weight_ih, and in weight_hh. */
  readonly gates: number;
  /** Number of blocks of H columns in the kernels' array of pre-activations. */
  readonly columns: number;
  /** For each block of weight_ih: the index of the column block that receives the block's product with the input. */
  readonly input: readonly number[];
  /** For each block of weight_hh: the index of the column block that receives the block's product with the state. */
  readonly hidden: readonly number[];
  /**
   * Names of the gates and the candidate, a letter each: those of the first column blocks, in this order. An RNN has none, and a
   * GRU's fourth column block has none.
   */
  readonly names: string;
  /** Whether the cell has a cell state c in addition to h. */
  readonly memory: boolean;
  /**
   * Whether the last block of weight_hh multiplies r * h instead of h, where r is the reset gate. If so, the last column block of
   * the kernels' array stores r * h.
   */
  readonly resetBefore: boolean;
}

interface CellFunctions {
  /** Inputs of activations are clipped to [-limit, limit]. If `limit` is Infinity, nothing is clipped. */
  readonly limit: number;
  /** Activations of the gates, the candidate and the new cell state. */
  readonly activations: readonly ActivationCode[];
}

/** Options of every cell. */
export interface CellOptions {
  /**
   * The activations, in ONNX's order f, g, h. An RNN has only f, for the state; the default is its nonlinearity. A GRU has f
   * (default sigmoid) for the gates and g (default tanh) for the candidate. An LSTM also has h (default tanh) for the new cell
   * state. In a bidirectional network, both directions use the same activations. To give the backward direction others, append
   * them to the array.
   */
  activations?: readonly Activation[];
  /** Clips the inputs of activations to [-clip, clip], like ONNX's attribute. Default 0, which means no clipping. */
  clip?: number;
  /**
   * Whether to normalise the pre-activations. Default false.
   *
   * true: layer normalisation of each gate's matrix product a, before biases and activation (Ba, Kiros and Hinton 2016, Layer
   * Normalization). The pre-activation is gain (a - mean) / sqrt(variance + 1e-5) + b_ih + b_hh, where mean and
   * variance are taken over the H units of the gate. This is like TensorFlow's LayerNormBasicLSTMCell, but the cell state is not
   * normalised. The parameter `weight_norm_l{k}` has H gains for each normalised product, which start at 1. The order of the
   * products, with the gate names of torch.nn.LSTM and torch.nn.GRU:
   * - LSTM: i, f (if it has weights of its own), g, o
   * - GRU without reset gate: z, n
   * - GRU with reset before the product: n, r, z
   * - GRU with reset after the product: n's product with the input, r, z, n's product with the state
   *
   * `batch`: batch normalisation of each gate's product with the input, W_ih x, over all steps of all sequences; padding takes no
   * part (Laurent et al. 2016, Batch Normalized Recurrent Neural Networks; Amodei et al. 2016, Deep Speech 2). The pre-activation
   * is BN(W_ih x) + b_ih + W_hh h + b_hh. Inference and streams use running statistics. The layer has an {@link nn.BatchNorm} named
   * `gate_norm_l{k}`, with features in the order above, without n's product with the state.
   */
  gateNorm?: boolean | "batch";
}

const form = (id: number, names: string, columns: readonly number[], more: Partial<Form> = {}): Form => ({
  id,
  names,
  gates: columns.length,
  columns: columns.length,
  input: columns,
  hidden: columns,
  memory: false,
  resetBefore: false,
  ...more,
});

const RNN_FORMS = { tanh: form(RNN_TANH, "", [0]), relu: form(RNN_RELU, "", [0]) };

/**
 * The order of a GRU's blocks. r is the reset gate, z is the update gate and n is the candidate.
 * - `after`: r is applied after n's product with the state. The weight blocks are r, z, n. The column blocks are n, r, z and n's
 *   product with the state.
 * - `before`: r is applied before n's product with the state. The weight blocks are r, z, n. The column blocks are n, r, z and
 *   the product of r and the state.
 * - `none`: there is no reset gate. The weight blocks and the column blocks are z, n.
 */
const GRU_FORMS = {
  after: form(GRU, "nrz", [1, 2, 0], { columns: 4, hidden: [1, 2, 3] }),
  before: form(GRU_RESET_BEFORE, "nrz", [1, 2, 0], { columns: 4, resetBefore: true }),
  none: form(GRU_SIMPLIFIED, "zn", [0, 1]),
};

/** Weight blocks and column blocks are in PyTorch's order i, f, g, o. In `coupled` and `none`, they are i, g, o. */
const LSTM_FORMS = {
  own: form(LSTM, "ifgo", [0, 1, 2, 3], { memory: true }),
  coupled: form(LSTM_COUPLED, "igo", [0, 1, 2], { memory: true }),
  none: form(LSTM_NO_FORGET, "igo", [0, 1, 2], { memory: true }),
};

/** The forget gate of an LSTM: `own`, `coupled` or `none`. `LSTMOptions.forgetGate` explains them. */
export type ForgetGate = keyof typeof LSTM_FORMS;

/** Makes one cell for each direction of a layer, from the options of its module. @throws ERR_VALUE if an option is wrong */
type MakeCells<Own = object> = (directions: number, options: CellOptions & Own) => Cell[];

const rnnCells: MakeCells<{ nonlinearity?: Activation }> = (
  directions,
  { nonlinearity = "tanh", activations = [nonlinearity], ...options },
) => {
  return perDirection("RNN", directions, 1, activations, (own) => {
    const plain = own[0] === "relu" ? "relu" : "tanh";
    return withFunctions("RNN", RNN_FORMS[plain], [plain], own, options);
  });
};

const gruCells: MakeCells<{ resetAfter?: boolean; resetGate?: boolean }> = (
  directions,
  { resetAfter = true, resetGate = true, activations = ["sigmoid", "tanh"], ...options },
) => {
  const form = GRU_FORMS[!resetGate ? "none" : resetAfter ? "after" : "before"];
  return perDirection("GRU", directions, 2, activations, (own) =>
    withFunctions("GRU", form, ["sigmoid", "tanh"], own, options),
  );
};

/** What the peepholes of an LSTM see: `LSTMOptions.peepholes` explains the values. */
export type Peepholes = boolean | "previous";

const lstmCells: MakeCells<{ forgetGate?: ForgetGate; peepholes?: Peepholes }> = (
  directions,
  { forgetGate = "own", peepholes = false, activations = ["sigmoid", "tanh", "tanh"], ...options },
) => {
  const chosen = LSTM_FORMS[checkChoice("LSTM: forgetGate", forgetGate, ["own", "coupled", "none"])];
  return perDirection("LSTM", directions, 3, activations, (own) => ({
    ...withFunctions("LSTM", chosen, ["sigmoid", "tanh", "tanh"], own, options),
    peepholes: checkValue("LSTM: peepholes", peepholes, flagOr("previous")) ? chosen.gates - 1 : 0,
    previous: peepholes === "previous",
  }));
};

/** Functions that make cells, by the name of the cell in the field `cell` of a `NetworkSpec`. */
export const CELLS = { rnn: rnnCells, gru: gruCells, lstm: lstmCells };

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
      `${name}: activations is ${show(activations)}, expected an array of ${expected}`,
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
  checkValue(`${name}: gateNorm`, gateNorm, flagOr("batch"));
  const layered = gateNorm === true;
  const activations = own.map((f) => activationCode(name, f));
  const same = clip === 0 && !layered && own.every((f, i) => f === plain[i]);
  return {
    ...chosen,
    peepholes: 0,
    inputNorm: gateNorm === "batch",
    norms: layered ? chosen.columns - (chosen.resetBefore ? 1 : 0) : 0,
    ...(!same && { functions: { limit: clip || Number.POSITIVE_INFINITY, activations } }),
  };
}

/**
 * A run of `count` consecutive weight blocks. `block` is the index of the first one. Weight block `block + i` belongs to column
 * block `column + i`.
 */
export interface Run {
  readonly block: number;
  readonly column: number;
  readonly count: number;
}

/**
 * Returns the weight blocks as runs. A run is a group of consecutive weight blocks that belong to consecutive column blocks.
 *
 * @param columns for each weight block, the index of the column block to which the weight block belongs
 */
export function runs(columns: readonly number[]): readonly Run[] {
  let found = known.get(columns);
  if (!found) {
    found = [];
    for (const [block, column] of columns.entries()) {
      const last = found.at(-1);
      if (last && last.column + last.count === column) last.count++;
      else found.push({ block, column, count: 1 });
    }
    known.set(columns, found);
  }
  return found;
}

/** The runs of the orders that cells have. To find them again takes as long as a kernel of a small layer. */
const known = new WeakMap<readonly number[], { -readonly [K in keyof Run]: Run[K] }[]>();
