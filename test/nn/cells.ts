import * as nn from "../../src/nn/index.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";

/** PyTorch's modules by name. */
export const MODULES = { RNN: nn.RNN, GRU: nn.GRU, LSTM: nn.LSTM };

/** A network for every cell, and for each path that options take through the kernels. */
export const CELLS: Record<string, (rt: Runtime, options: nn.RecurrentModuleOptions) => nn.Recurrent> = {
  "RNN tanh": (rt, options) => new nn.RNN(rt, options),
  "RNN relu": (rt, options) => new nn.RNN(rt, { ...options, nonlinearity: "relu" }),
  LSTM: (rt, options) => new nn.LSTM(rt, options),
  GRU: (rt, options) => new nn.GRU(rt, options),
  "GRU, reset before": (rt, options) => new nn.GRU(rt, { ...options, resetAfter: false }),
  "GRU, simplified": (rt, options) => new nn.GRU(rt, { ...options, resetGate: false }),
  "LSTM, coupled": (rt, options) => new nn.LSTM(rt, { ...options, forgetGate: "coupled" }),
  "LSTM of 1997, peepholes": (rt, options) =>
    new nn.LSTM(rt, { ...options, forgetGate: "none", peepholes: true }),
  "RNN, softsign, clip": (rt, options) => new nn.RNN(rt, { ...options, nonlinearity: "softsign", clip: 0.4 }),
  "GRU, hard sigmoid, elu, clip": (rt, options) =>
    new nn.GRU(rt, { ...options, activations: ["hardSigmoid", "elu"], clip: 0.5 }),
  "GRU, reset before, softplus, leaky relu": (rt, options) =>
    new nn.GRU(rt, { ...options, resetAfter: false, activations: ["softplus", "leakyRelu"], clip: 0.5 }),
  "GRU, simplified, hard sigmoid": (rt, options) =>
    new nn.GRU(rt, { ...options, resetGate: false, activations: ["hardSigmoid", "tanh"] }),
  "LSTM, peepholes, softplus, softsign, affine, clip": (rt, options) =>
    new nn.LSTM(rt, {
      ...options,
      peepholes: true,
      activations: ["softplus", "softsign", { name: "affine", alpha: 0.7, beta: -0.1 }],
      clip: 0.6,
    }),
  "LSTM, coupled, peepholes, clip": (rt, options) =>
    new nn.LSTM(rt, { ...options, forgetGate: "coupled", peepholes: true, clip: 0.5 }),
  "GRU, reset before, log sigmoid, clip": (rt, options) =>
    new nn.GRU(rt, { ...options, resetAfter: false, activations: ["sigmoid", "logSigmoid"], clip: 2 }),
  "GRU, normalised": (rt, options) => new nn.GRU(rt, { ...options, gateNorm: true }),
  "GRU, reset before, normalised, clip": (rt, options) =>
    new nn.GRU(rt, { ...options, resetAfter: false, gateNorm: true, clip: 0.8 }),
  "LSTM, peepholes of the state before": (rt, options) =>
    new nn.LSTM(rt, { ...options, peepholes: "previous" }),
  "LSTM, peepholes, normalised": (rt, options) =>
    new nn.LSTM(rt, { ...options, peepholes: true, gateNorm: true }),
};
