import * as nn from "../../src/nn/index.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";

/** PyTorch's modules by name. */
export const MODULES = { RNN: nn.RNN, GRU: nn.GRU, LSTM: nn.LSTM };

/** A network of every cell there is. */
export const CELLS: Record<string, (rt: Runtime, options: nn.RecurrentModuleOptions) => nn.Recurrent> = {
  "RNN tanh": (rt, options) => new nn.RNN(rt, options),
  "RNN relu": (rt, options) => new nn.RNN(rt, { ...options, nonlinearity: "relu" }),
  LSTM: (rt, options) => new nn.LSTM(rt, options),
  GRU: (rt, options) => new nn.GRU(rt, options),
  "GRU, reset before": (rt, options) => new nn.GRU(rt, { ...options, resetAfter: false }),
};
