import { meanSquaredError, nn } from "unrolled";
import { addingBatch } from "../generators/adding.mjs";
import { mulberry32 } from "../generators/random.mjs";

const DEV = 1000;
const SOLVED = 0.01;

const solved = { text: "error below 0.01 at the end", holds: ({ figures }) => figures.mse < SOLVED };

/** The adding problem: two of 100 numbers have to be remembered to the end and added. */
export const adding = {
  config: { steps: 100, hidden: 64, batch: 50, iterations: 5000, lr: 1e-3, clip: 1, checkEvery: 250 },
  cells: ["rnn", "irnn", "gru", "lstm", "lstm-fb1"],
  expected: {
    rnn: {
      text: "error never below 0.15",
      holds: ({ checks }) => checks.every(({ figures }) => figures.mse >= 0.15),
    },
    ...{ irnn: solved, gru: solved, lstm: solved, "lstm-fb1": solved },
  },

  makeNetwork(rt, makeCell, seed, { steps, hidden, batch }) {
    const layer = makeCell({ inputSize: 2, hiddenSize: hidden });
    const head = new nn.Linear(rt, { inFeatures: hidden, outFeatures: 1 });
    const train = mulberry32(4001 + 10 * seed);
    const dev = addingBatch(mulberry32(4002), steps, DEV);

    const lossOf = ({ x, y }) => {
      const B = y.length;
      const { h } = layer.forward(rt.tensor(x, [steps, B, 2])).state;
      return meanSquaredError(head.forward(h), rt.tensor(y, [1, B, 1]));
    };
    return {
      layer,
      modules: [layer, head],
      draw() {
        const data = addingBatch(train, steps, batch);
        return { loss: () => lossOf(data), size: steps * batch };
      },
      evaluate: () => ({ mse: lossOf(dev).item() }),
      lastStepLoss: () => lossOf(addingBatch(mulberry32(4004), steps, batch)),
    };
  },
};
