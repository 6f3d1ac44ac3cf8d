import { readFileSync } from "node:fs";
import { crossEntropy, nn, optim, Vocabulary } from "unrolled";

const [STEPS, BATCH, UNITS, ITERATIONS] = [50, 16, 48, 200];
/** Characters that are read to measure the states, and windows of them that are held out. */
const [READ, HELD_OUT] = [1000, 8];

const IDENTITY = ["sigmoid", "tanh", "affine"];

/** Sets the weights to 0 by which the gates i, f and o read the hidden state. The candidate g keeps its own. */
function blind({ weight_hh_l0: { data } }) {
  const block = UNITS * UNITS;
  data.fill(0, 0, 2 * block);
  data.fill(0, 3 * block);
}

const KINDS = [
  { name: "LSTM" },
  { name: "h<t> = Γo c<t>, without tanh", options: { activations: IDENTITY } },
  { name: "gates that do not read h<t-1>", restrict: blind },
];

/** Reads the text as `BATCH` parallel streams. @returns a function that cuts windows of inputs and targets */
function windowsOf(rt, ids) {
  const length = Math.floor((ids.length - 1) / BATCH);
  return (start) => {
    const at = (shift) =>
      Int32Array.from({ length: STEPS * BATCH }, (_, i) => {
        const [t, b] = [Math.floor(i / BATCH), i % BATCH];
        return ids[b * length + start + t + shift];
      });
    return [0, 1].map((shift) => rt.tensor(at(shift), [STEPS, BATCH]));
  };
}

/** Reads characters one by one. @returns the largest magnitudes of c and h */
function largestStates(lstm, ids) {
  const stream = lstm.pack({ tokens: true }).stream();
  const largest = { c: 0, h: 0 };
  for (const id of ids) {
    stream.step([id]);
    const { c, h } = stream.state;
    for (const [name, values] of Object.entries({ c, h })) {
      for (const value of values) largest[name] = Math.max(largest[name], Math.abs(value));
    }
  }
  stream.dispose();
  return largest;
}

/** Trains a language model of characters. @returns nats a character on held-out text, and the largest states */
function trainOne(rt, { options = {}, restrict = () => {} }, lr, vocabulary, ids) {
  const lstm = new nn.LSTM(rt, { inputSize: vocabulary.size, hiddenSize: UNITS, forgetBias: 1, ...options });
  const head = new nn.Linear(rt, { inFeatures: UNITS, outFeatures: vocabulary.size });
  const parameters = [lstm.parameters(), head.parameters()];
  const adam = new optim.Adam(parameters, { lr });
  const windows = windowsOf(rt, ids);
  const lossAt = (start) => {
    const [x, y] = windows(start);
    return crossEntropy(head.forward(lstm.forward(x).output), y);
  };
  restrict(lstm.parameters());
  for (let i = 0; i < ITERATIONS; i++) {
    rt.scope(() => {
      adam.zeroGrad();
      lossAt((i + HELD_OUT) * STEPS).backward();
      optim.clipGradNorm(parameters, 1);
      adam.step();
      restrict(lstm.parameters());
    });
  }
  const losses = Array.from({ length: HELD_OUT }, (_, i) =>
    rt.noGrad(() => rt.scope(() => lossAt(i * STEPS).item())),
  );
  return {
    nats: losses.reduce((sum, loss) => sum + loss) / HELD_OUT,
    ...largestStates(lstm, ids.slice(0, READ)),
  };
}

/** Trains LSTMs with a part left out on Shakespeare, at a usual learning rate and at one that is far too large. */
export function cell(rt) {
  const text = readFileSync(new URL("../../examples/data/shakespeare.txt", import.meta.url), "utf8");
  const vocabulary = Vocabulary.fromText(text);
  const ids = vocabulary.encode(text);
  const rows = [0.01, 0.3].flatMap((lr) =>
    KINDS.map((kind) => {
      const { nats, c, h } = trainOne(rt, kind, lr, vocabulary, ids);
      return [kind.name, lr, nats.toFixed(2), c.toFixed(1), h.toFixed(2)];
    }),
  );
  return [["cell", "learning rate", "nats a character", "largest |c|", "largest |h|"], ...rows];
}
