import { crossEntropy, nn } from "unrolled";
import { copyBatch } from "../generators/copy.mjs";
import { mulberry32 } from "../generators/random.mjs";
import { largest } from "./largest.mjs";

const DEV = 500;
const CHANCE = 1 / 8;

/** The copy task: five symbols of eight, to be repeated 25 steps after they were read. */
export const copy = {
  config: {
    ...{ symbols: 5, kinds: 8, delay: 20, hidden: 64 },
    ...{ batch: 50, iterations: 6000, lr: 5e-3, clip: 1, checkEvery: 500 },
  },
  cells: ["rnn", "gru", "lstm", "lstm-fb1"],
  expected: {
    rnn: {
      text: "recall of chance, 12.5% within 3",
      holds: ({ figures }) => Math.abs(figures.recall - CHANCE) < 0.03,
    },
    gru: { text: "recall above 95%", holds: ({ figures }) => figures.recall > 0.95 },
  },

  makeNetwork(rt, makeCell, seed, { symbols, kinds, delay, hidden, batch }) {
    const sizes = { symbols, kinds, delay };
    const steps = 2 * symbols + delay;
    const layer = makeCell({ inputSize: kinds + 2, hiddenSize: hidden });
    const head = new nn.Linear(rt, { inFeatures: hidden, outFeatures: kinds + 1 });
    const train = mulberry32(5001 + 10 * seed);
    const dev = copyBatch(mulberry32(5002), sizes, DEV);

    const run = (x, B) => layer.forward(rt.tensor(x, [x.length / B, B]));
    const lossOf = ({ x, y }, B) => crossEntropy(head.forward(run(x, B).output), rt.tensor(y, [steps, B]));
    return {
      layer,
      modules: [layer, head],
      draw() {
        const data = copyBatch(train, sizes, batch);
        return { loss: () => lossOf(data, batch), size: steps * batch };
      },
      evaluate() {
        const logits = head.forward(run(dev.x, DEV).output);
        const right = largest(logits).map((symbol, i) => Number(symbol === dev.y[i]));
        const wrongSequences = new Set([...right.keys()].filter((i) => !right[i]).map((i) => i % DEV));
        const recalled = right.subarray((symbols + delay) * DEV);
        return {
          crossEntropy: crossEntropy(logits, rt.tensor(dev.y, [steps, DEV])).item(),
          recall: recalled.reduce((a, b) => a + b, 0) / recalled.length,
          allRight: 1 - wrongSequences.size / DEV,
        };
      },
      /** Returns the loss of the first symbol that is due, which was read symbols + delay steps before. */
      lastStepLoss() {
        const { x, y } = copyBatch(mulberry32(5004), sizes, batch);
        const due = (symbols + delay) * batch;
        const { h } = run(x.slice(0, due + batch), batch).state;
        return crossEntropy(head.forward(h), rt.tensor(y.slice(due, due + batch), [1, batch]));
      },
    };
  },
};
