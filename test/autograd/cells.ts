import { type Cell, gruCells, lstmCells, rnnCells } from "../../src/autograd/cells.ts";

// To add a cell or an option of cells, add a line here: gradients.test.ts then compares its gradients with central
// differences, in both directions and with sequences of different length. Also add it to nn/cells.ts, which is used by the
// tests of modules, streams and memory. If there is a new kernel, write its formula in reference/formulas.ts and add it to
// CELLS in assembly/recurrent-problem.ts: both passes are then compared with the formula in float64. If PyTorch has it, add
// a case to `cell_cases` or `recurrent_cases` in fixtures/make_fixtures.py.

/** Every form of cell, and each option once. `bent`: a bend in an activation makes central differences less accurate. */
export const CELLS: Record<string, { cell: Cell; bent?: boolean }> = {
  "RNN tanh": { cell: rnnCells(1, "tanh", {})[0]! },
  "RNN relu": { cell: rnnCells(1, "relu", {})[0]!, bent: true },
  "RNN softplus": { cell: rnnCells(1, "softplus", {})[0]! },
  "RNN scaled tanh": { cell: rnnCells(1, { name: "scaledTanh", alpha: 1.7, beta: 0.6 }, {})[0]! },
  "RNN affine": { cell: rnnCells(1, { name: "affine", alpha: 0.4, beta: 0.2 }, {})[0]! },
  "RNN tanh, clip": { cell: rnnCells(1, "tanh", { clip: 0.7 })[0]!, bent: true },
  "RNN, normalised": { cell: rnnCells(1, "tanh", { gateNorm: true })[0]! },
  "GRU, normalised": { cell: gruCells(1, "after", { gateNorm: true })[0]! },
  "GRU, reset before, normalised": { cell: gruCells(1, "before", { gateNorm: true })[0]! },
  "GRU, simplified, normalised": { cell: gruCells(1, "none", { gateNorm: true })[0]! },
  "LSTM, normalised": { cell: lstmCells(1, "own", false, { gateNorm: true })[0]! },
  "LSTM, coupled, peepholes, normalised": { cell: lstmCells(1, "coupled", true, { gateNorm: true })[0]! },
  GRU: { cell: gruCells(1, "after", {})[0]! },
  "GRU, softsign and elu": {
    cell: gruCells(1, "after", { activations: ["softsign", "elu"] })[0]!,
    bent: true,
  },
  "GRU, reset before": { cell: gruCells(1, "before", {})[0]! },
  "GRU, reset before, hard sigmoid and leaky relu": {
    cell: gruCells(1, "before", { activations: ["hardSigmoid", { name: "leakyRelu", alpha: 0.2 }] })[0]!,
    bent: true,
  },
  "GRU, simplified": { cell: gruCells(1, "none", {})[0]! },
  "GRU, simplified, clip": { cell: gruCells(1, "none", { clip: 0.9 })[0]!, bent: true },
  LSTM: { cell: lstmCells(1, "own", false, {})[0]! },
  "LSTM, peepholes": { cell: lstmCells(1, "own", true, {})[0]! },
  "LSTM, coupled": { cell: lstmCells(1, "coupled", false, {})[0]! },
  "LSTM, coupled, peepholes": { cell: lstmCells(1, "coupled", true, {})[0]! },
  "LSTM of 1997": { cell: lstmCells(1, "none", false, {})[0]! },
  "LSTM of 1997, peepholes": { cell: lstmCells(1, "none", true, {})[0]! },
  "LSTM, softsign, softplus and elu": {
    cell: lstmCells(1, "own", true, { activations: ["softsign", "softplus", "elu"] })[0]!,
    bent: true,
  },
  "LSTM, hard sigmoid, clip": {
    cell: lstmCells(1, "own", true, { activations: ["hardSigmoid", "tanh", "tanh"], clip: 1.1 })[0]!,
    bent: true,
  },
};
