import { CELLS } from "../autograd/cells.ts";
import { checkOptions } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { Recurrent, type RecurrentModuleOptions } from "./recurrent.ts";

export interface RNNOptions extends RecurrentModuleOptions {
  /** `tanh` (default) or `relu`. */
  nonlinearity?: "tanh" | "relu";
}

/** h' = g(W_ih x + b_ih + W_hh h + b_hh) as torch.nn.RNN (Elman). Parameters at first uniform within 1 / sqrt(H). */
export class RNN extends Recurrent {
  constructor(runtime: Runtime, options: RNNOptions) {
    const { nonlinearity = "tanh" } = checkOptions("RNN", options);
    if (nonlinearity !== "tanh" && nonlinearity !== "relu") {
      throw new UnrolledError(
        "ERR_VALUE",
        `RNN: nonlinearity is ${String(nonlinearity)}, expected tanh or relu`,
      );
    }
    super(runtime, nonlinearity === "relu" ? CELLS.rnnRelu : CELLS.rnnTanh, options);
  }
}

/**
 * i, f, o = sigmoid(.), g = tanh(.), c' = f c + i g, h' = o tanh(c') as torch.nn.LSTM; weight rows i, f, g, o.
 * Parameters at first uniform within 1 / sqrt(H).
 */
export class LSTM extends Recurrent {
  constructor(runtime: Runtime, options: RecurrentModuleOptions) {
    super(runtime, CELLS.lstm, options);
  }
}

export interface GRUOptions extends RecurrentModuleOptions {
  /**
   * true (default): the reset gate multiplies the product, n = tanh(W_in x + b_in + r (W_hn h + b_hn)), as PyTorch, Keras
   * since 2.3, ONNX linear_before_reset=1. false: it multiplies the state, n = tanh(W_in x + b_in + W_hn (r h) + b_hn),
   * as Cho et al. 2014, Keras reset_after=False, ONNX linear_before_reset=0.
   */
  resetAfter?: boolean;
}

/** r, z = sigmoid(.), h' = (1 - z) n + z h as torch.nn.GRU; weight rows r, z, n. At first uniform within 1 / sqrt(H). */
export class GRU extends Recurrent {
  constructor(runtime: Runtime, options: GRUOptions) {
    super(
      runtime,
      (checkOptions("GRU", options).resetAfter ?? true) ? CELLS.gru : CELLS.gruResetBefore,
      options,
    );
  }
}
