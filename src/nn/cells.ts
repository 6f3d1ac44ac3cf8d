import type { Activation } from "../autograd/activation.ts";
import { CELLS, type CellOptions, type ForgetGate, type Peepholes } from "../autograd/cells.ts";
import { checkOptions } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { fillUniform } from "./module.ts";
import { directionsOf, Recurrent, type RecurrentModuleOptions } from "./recurrent.ts";

/** Names of the options that all cells share. */
const SHARED =
  "inputSize hiddenSize numLayers bias batchFirst dropout inputDropout variationalDropout connections norm bidirectional reverse activations clip gateNorm";

/** Options of {@link RNN}. */
export interface RNNOptions extends RecurrentModuleOptions, CellOptions {
  /** The activation f. Default `tanh`. */
  nonlinearity?: Activation;
  /**
   * Whether to initialise the recurrent weight as the identity. The biases are then 0, and the input weights have standard
   * deviation 0.001. With `relu`, this is the IRNN of Le, Jaitly and Hinton 2015. Default false.
   */
  identityStart?: boolean;
}

/**
 * h' = f(W_ih x + b_ih + W_hh h + b_hh) like torch.nn.RNN (Elman). Initial parameters are uniform between -1 / sqrt(H) and
 * 1 / sqrt(H).
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const rnn = new nn.RNN(rt, { inputSize: 1, hiddenSize: 1, nonlinearity: "relu", bias: false });
 * for (const weight of Object.values(rnn.parameters())) weight.data.fill(1);
 * const { output, state } = rnn.forward(rt.tensor([1, 2, 3], [3, 1, 1]));
 * console.log([...output.data], state.h.item()); // [ 1, 3, 6 ] 6
 * ```
 */
export class RNN extends Recurrent {
  static override readonly name: string = "RNN";

  /**
   * Makes an RNN with random weights.
   *
   * @throws ERR_VALUE if an option is invalid or unknown
   */
  constructor(runtime: Runtime, options: RNNOptions) {
    const { identityStart = false } = checkOptions("nn.RNN", options, `${SHARED} nonlinearity identityStart`);
    super(runtime, CELLS.rnn(directionsOf(options), options), options);
    if (!identityStart) return;
    const H = this.hiddenSize;
    for (const { weightIh, weightHh, biasIh, biasHh } of this.layers) {
      fillUniform(weightIh, 0.001 * Math.sqrt(3));
      for (const start of [weightHh, biasIh, biasHh]) start?.data.fill(0);
      for (let i = 0; i < H; i++) weightHh.data[i * (H + 1)] = 1;
    }
  }
}

/** Options of {@link LSTM}. */
export interface LSTMOptions extends RecurrentModuleOptions, CellOptions {
  /**
   * The factor F in c' = F c + i g. With `own` (default), F is a gate f with its own weights. With `coupled`, F is 1 - i (Greff
   * et al. 2017, ONNX's input_forget). With `none`, F is 1, as in the LSTM of 1997. If there is no gate f, the rows of the
   * weights are in the order i, g, o.
   */
  forgetGate?: ForgetGate;
  /**
   * Whether the gates also read the cell state: p c is added to a gate's pre-activation. With true, gates i and f read c, and
   * gate o reads c' (Gers and Schmidhuber 2000, ONNX). With `previous`, all gates read c, the cell state before the step. The
   * parameter `weight_peephole_l{k}` [3 * H] has the weights p of i, f, o. If there is no gate f, it is [2 * H], for i, o.
   * Default false.
   */
  peepholes?: Peepholes;
  /**
   * Initial bias of the forget gate. The gate's bias_ih starts at this number, and its bias_hh at 0. By default, the gate's
   * biases are initialised like all other biases.
   */
  forgetBias?: number;
}

/**
 * c' = f c + i g and h' = o tanh(c'), like torch.nn.LSTM. Gates i, f and o are sigmoid(W_ih x + b_ih + W_hh h + b_hh), and g is
 * tanh(W_ih x + b_ih + W_hh h + b_hh). The weights have H rows each for i, f, g and o, in this order. Initial parameters are
 * uniform between -1 / sqrt(H) and 1 / sqrt(H).
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const lstm = new nn.LSTM(rt, { inputSize: 3, hiddenSize: 4, bidirectional: true });
 * const x = rt.tensor(new Array(30).fill(1), [5, 2, 3]);
 * const { output, state } = lstm.forward(x, { lengths: [5, 2] });
 * console.log(output.shape); // [ 5, 2, 8 ]
 * console.log(state.h.shape, state.c.shape); // [ 2, 2, 4 ] [ 2, 2, 4 ]
 * console.log([...output.data.slice(-8)].join(" ")); // 0 0 0 0 0 0 0 0
 * ```
 */
export class LSTM extends Recurrent {
  static override readonly name: string = "LSTM";

  /**
   * Makes an LSTM with random weights.
   *
   * @throws ERR_VALUE if an option is invalid or unknown
   */
  constructor(runtime: Runtime, options: LSTMOptions) {
    const { forgetGate = "own", forgetBias } = checkOptions(
      "nn.LSTM",
      options,
      `${SHARED} forgetGate peepholes forgetBias`,
    );
    if (
      forgetBias !== undefined &&
      !(Number.isFinite(forgetBias) && forgetGate === "own" && options.bias !== false)
    ) {
      throw new UnrolledError(
        "ERR_VALUE",
        `LSTM: forgetBias is ${forgetBias}, expected a finite number, with bias and forgetGate own`,
      );
    }
    super(runtime, CELLS.lstm(directionsOf(options), options), options);
    if (forgetBias === undefined) return;
    const H = this.hiddenSize;
    for (const { biasIh, biasHh } of this.layers) {
      biasIh!.data.fill(forgetBias, H, 2 * H);
      biasHh!.data.fill(0, H, 2 * H);
    }
  }
}

/** Options of {@link GRU}. */
export interface GRUOptions extends RecurrentModuleOptions, CellOptions {
  /**
   * Whether the reset gate r multiplies W_hn h + b_hn (default) instead of h.
   *
   * - true: n = tanh(W_in x + b_in + r (W_hn h + b_hn)), like PyTorch, Keras since 2.3 and ONNX's linear_before_reset=1
   * - false: n = tanh(W_in x + b_in + W_hn (r h) + b_hn), like Cho et al. 2014, Keras' reset_after=False and ONNX's
   *   linear_before_reset=0
   */
  resetAfter?: boolean;
  /**
   * Whether there is a reset gate. Without it, n = tanh(W_in x + b_in + W_hn h + b_hn), and the weights only have rows for z, n.
   * Default true.
   */
  resetGate?: boolean;
}

/**
 * h' = (1 - z) n + z h, like torch.nn.GRU. Gates r and z are sigmoid(W_ih x + b_ih + W_hh h + b_hh). The formula of n is at the
 * option `resetAfter`. The weights have H rows for r, then H rows for z, then H rows for n. Initial parameters are uniform
 * between -1 / sqrt(H) and 1 / sqrt(H).
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const gru = new nn.GRU(rt, { inputSize: 2, hiddenSize: 3 });
 * const { output } = gru.forward(rt.tensor([1, 0, 0, 1], [2, 1, 2]));
 * console.log(Array.from(output.data, (h) => h.toFixed(2)).join(" ")); // 0.21 -0.21 -0.05 -0.13 -0.31 0.11
 *
 * const stream = gru.pack().stream();
 * console.log(Array.from(stream.step([1, 0]), (h) => h.toFixed(2)).join(" ")); // 0.21 -0.21 -0.05
 * console.log(Array.from(stream.step([0, 1]), (h) => h.toFixed(2)).join(" ")); // -0.13 -0.31 0.11
 * ```
 */
export class GRU extends Recurrent {
  static override readonly name: string = "GRU";

  /**
   * Makes a GRU with random weights.
   *
   * @throws ERR_VALUE if an option is invalid or unknown
   */
  constructor(runtime: Runtime, options: GRUOptions) {
    checkOptions("nn.GRU", options, `${SHARED} resetAfter resetGate`);
    super(runtime, CELLS.gru(directionsOf(options), options), options);
  }
}

/** The class of each cell, by the cell's name in a spec. */
export const CELL_MODULES = { rnn: RNN, gru: GRU, lstm: LSTM } satisfies Record<keyof typeof CELLS, unknown>;
