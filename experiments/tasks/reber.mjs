import { crossEntropy, nn, softmax } from "unrolled";
import { mulberry32 } from "../generators/random.mjs";
import { embeddedReber, SYMBOLS } from "../generators/reber.mjs";
import { epochs, NO_TARGET, pad } from "./sequences.mjs";

const DEV = 1000;
const LONG = 30;
const VERY_LONG = 100;
/** A letter counts as predicted above this probability: if two are legal, each has probability 1/2. */
const THRESHOLD = 0.3;

const solved = {
  text: "every string longer than 30 perfect at the end",
  holds: ({ figures }) => figures.perfect30 === 1,
};

const tokens = (string) => [...string].map((letter) => SYMBOLS.indexOf(letter));
const strings = (seed, count, longerThan = 0) => {
  const random = mulberry32(seed);
  return Array.from({ length: count }, () => embeddedReber(random, longerThan));
};

/** The embedded Reber grammar: predict the next letter; trained on all strings as drawn, also tested on long ones. */
export const reber = {
  config: { train: 5000, hidden: 32, batch: 32, epochs: 10, lr: 5e-3, clip: 1 },
  cells: ["rnn", "gru", "lstm", "lstm-fb1"],
  expected: { gru: solved, lstm: solved },

  makeNetwork(rt, makeCell, seed, { train, hidden, batch }) {
    const C = SYMBOLS.length;
    const layer = makeCell({ inputSize: C, hiddenSize: hidden });
    const head = new nn.Linear(rt, { inFeatures: hidden, outFeatures: C });
    const data = strings(6001, train).map(({ string }) => tokens(string));
    const batches = epochs(data, batch, mulberry32(6100 + seed));
    const dev = strings(6002, DEV);
    const long = strings(6003, DEV, LONG);
    const veryLong = strings(6004, DEV, VERY_LONG);

    const run = (sequences) => {
      const { data, shape, lengths } = pad(sequences);
      return layer.forward(rt.tensor(data, shape), { lengths });
    };
    const lossOf = (sequences) => {
      const { output } = run(sequences.map((sequence) => sequence.slice(0, -1)));
      const next = sequences.map((sequence) => sequence.slice(1));
      const { data, shape } = pad(next, NO_TARGET);
      return crossEntropy(head.forward(output), rt.tensor(data, shape));
    };
    /** Returns the share of strings in which exactly the legal letters are predicted at every step. */
    const perfect = (set) => {
      const { data } = softmax(head.forward(run(set.map(({ string }) => tokens(string))).output));
      const predicted = (t, b) => {
        const row = (t * set.length + b) * C;
        return [...SYMBOLS].filter((_, i) => data[row + i] > THRESHOLD).join("");
      };
      const whole = set.filter(({ legal }, b) => legal.every((letters, t) => predicted(t, b) === letters));
      return whole.length / set.length;
    };
    return {
      layer,
      modules: [layer, head],
      draw() {
        const sequences = batches.next().value;
        const size = sequences.reduce((sum, { length }) => sum + length - 1, 0);
        return { loss: () => lossOf(sequences), size };
      },
      evaluate: () => ({ perfect: perfect(dev), perfect30: perfect(long), perfect100: perfect(veryLong) }),
      /** Returns the loss of the second to last letter of long strings, which the second letter decides. */
      lastStepLoss() {
        const set = long.slice(0, batch).map(({ string }) => tokens(string));
        const { h } = run(set.map((sequence) => sequence.slice(0, -2))).state;
        const targets = Int32Array.from(set, (sequence) => sequence.at(-2));
        return crossEntropy(head.forward(h), rt.tensor(targets, [1, set.length]));
      },
    };
  },
};
