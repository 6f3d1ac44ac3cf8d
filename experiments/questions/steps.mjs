import { meanSquaredError, nn, optim } from "unrolled";
import { CELLS } from "../cells.mjs";
import { addingBatch } from "../generators/adding.mjs";
import { mulberry32 } from "../generators/random.mjs";

const [UNITS, BATCH, ITERATIONS] = [32, 32, 400];

/** Trains one cell on the adding problem. @returns the mean squared error on sequences that were not trained on */
function errorOf(rt, cell, steps) {
  const layer = cell.make(rt, { inputSize: 2, hiddenSize: UNITS });
  const head = new nn.Linear(rt, { inFeatures: UNITS, outFeatures: 1 });
  const parameters = [layer.parameters(), head.parameters()];
  const adam = new optim.Adam(parameters, { lr: 0.01 });
  const train = mulberry32(1);
  const loss = ({ x, y }) => {
    const { h } = layer.forward(rt.tensor(x, [steps, y.length, 2])).state;
    return meanSquaredError(head.forward(h), rt.tensor(y, [1, y.length, 1]));
  };
  for (let i = 0; i < ITERATIONS; i++) {
    rt.scope(() => {
      adam.zeroGrad();
      loss(addingBatch(train, steps, BATCH)).backward();
      optim.clipGradNorm(parameters, 1);
      adam.step();
    });
  }
  return rt.noGrad(() => rt.scope(() => loss(addingBatch(mulberry32(2), steps, 500)).item()));
}

/** Adds two marked numbers out of 7 and out of 100. */
export function steps(rt) {
  const rows = ["rnn", "gru", "lstm-fb1"].map((name) => {
    const cell = CELLS[name];
    return [cell.title, ...[7, 100].map((steps) => errorOf(rt, cell, steps).toFixed(4))];
  });
  return [
    ["mean squared error", "7 steps", "100 steps"],
    ...rows,
    ["always 1, the mean of the sum", "0.1667", "0.1667"],
  ];
}
