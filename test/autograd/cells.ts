import { type Cell, CELLS as makeCells } from "../../src/autograd/cells.ts";

// To add a cell or an option of cells, add a line here: gradients.test.ts then compares its gradients with central
// differences, in both directions and with sequences of different length. Also add it to nn/cells.ts, which is used by the
// tests of modules, streams and memory. If there is a new kernel, write its formula in reference/formulas.ts and add it to
// CELLS in assembly/recurrent-problem.ts: both passes are then compared with the formula in float64. If PyTorch has it, add
// a case to `cell_cases` or `recurrent_cases` in fixtures/make_fixtures.py.

/** Every form of cell, and each option once. `bent`: a bend in an activation makes central differences less accurate. */
export const CELLS: Record<string, { cell: Cell; bent?: boolean }> = {
  "RNN tanh": { cell: makeCells.rnn(1, { nonlinearity: "tanh" })[0]! },
  "RNN relu": { cell: makeCells.rnn(1, { nonlinearity: "relu" })[0]!, bent: true },
  "RNN softplus": { cell: makeCells.rnn(1, { nonlinearity: "softplus" })[0]! },
  "RNN log sigmoid": { cell: makeCells.rnn(1, { nonlinearity: "logSigmoid" })[0]! },
  "RNN scaled tanh": {
    cell: makeCells.rnn(1, { nonlinearity: { name: "scaledTanh", alpha: 1.7, beta: 0.6 } })[0]!,
  },
  "RNN affine": { cell: makeCells.rnn(1, { nonlinearity: { name: "affine", alpha: 0.4, beta: 0.2 } })[0]! },
  "RNN tanh, clip": { cell: makeCells.rnn(1, { nonlinearity: "tanh", clip: 0.7 })[0]!, bent: true },
  "RNN, normalised": { cell: makeCells.rnn(1, { nonlinearity: "tanh", gateNorm: true })[0]! },
  "GRU, normalised": { cell: makeCells.gru(1, { gateNorm: true })[0]! },
  "GRU, reset before, normalised": { cell: makeCells.gru(1, { resetAfter: false, gateNorm: true })[0]! },
  "GRU, simplified, normalised": { cell: makeCells.gru(1, { resetGate: false, gateNorm: true })[0]! },
  "LSTM, normalised": { cell: makeCells.lstm(1, { gateNorm: true })[0]! },
  "LSTM, coupled, peepholes, normalised": {
    cell: makeCells.lstm(1, { forgetGate: "coupled", peepholes: true, gateNorm: true })[0]!,
  },
  GRU: { cell: makeCells.gru(1, {})[0]! },
  "GRU, softsign and elu": {
    cell: makeCells.gru(1, { activations: ["softsign", "elu"] })[0]!,
    bent: true,
  },
  "GRU, reset before": { cell: makeCells.gru(1, { resetAfter: false })[0]! },
  "GRU, reset before, hard sigmoid and leaky relu": {
    cell: makeCells.gru(1, {
      resetAfter: false,
      activations: ["hardSigmoid", { name: "leakyRelu", alpha: 0.2 }],
    })[0]!,
    bent: true,
  },
  "GRU, simplified": { cell: makeCells.gru(1, { resetGate: false })[0]! },
  "GRU, simplified, clip": { cell: makeCells.gru(1, { resetGate: false, clip: 0.9 })[0]!, bent: true },
  LSTM: { cell: makeCells.lstm(1, {})[0]! },
  "LSTM, peepholes": { cell: makeCells.lstm(1, { peepholes: true })[0]! },
  "LSTM, peepholes of the state before": { cell: makeCells.lstm(1, { peepholes: "previous" })[0]! },
  "LSTM, coupled, peepholes of the state before, normalised": {
    cell: makeCells.lstm(1, { forgetGate: "coupled", peepholes: "previous", gateNorm: true })[0]!,
  },
  "LSTM of 1997, peepholes of the state before, clip": {
    cell: makeCells.lstm(1, { forgetGate: "none", peepholes: "previous", clip: 1.1 })[0]!,
    bent: true,
  },
  "LSTM, coupled": { cell: makeCells.lstm(1, { forgetGate: "coupled" })[0]! },
  "LSTM, coupled, peepholes": { cell: makeCells.lstm(1, { forgetGate: "coupled", peepholes: true })[0]! },
  "LSTM of 1997": { cell: makeCells.lstm(1, { forgetGate: "none" })[0]! },
  "LSTM of 1997, peepholes": { cell: makeCells.lstm(1, { forgetGate: "none", peepholes: true })[0]! },
  "LSTM, softsign, softplus and elu": {
    cell: makeCells.lstm(1, { peepholes: true, activations: ["softsign", "softplus", "elu"] })[0]!,
    bent: true,
  },
  "LSTM, hard sigmoid, clip": {
    cell: makeCells.lstm(1, { peepholes: true, activations: ["hardSigmoid", "tanh", "tanh"], clip: 1.1 })[0]!,
    bent: true,
  },
};
