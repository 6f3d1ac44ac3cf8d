import { crossEntropy, nn, optim, reshape } from "unrolled";
import { below, mulberry32 } from "../generators/random.mjs";

/** Words of a sentence, sentences of a batch, and words of the vocabulary. Word 0 is "Mr", and the word after it is a name. */
const [T, B, WORDS] = [16, 32, 6];

/** Draws sentences with "Mr" at one of the 7 places from `first` on, and marks the names. */
function draw(rt, random, first) {
  const x = new Float32Array(B * T * WORDS);
  const y = new Int32Array(B * T);
  for (let b = 0; b < B; b++) {
    const mister = first + below(random, 7);
    y[b * T + mister + 1] = 1;
    for (let t = 0; t < T; t++)
      x[(b * T + t) * WORDS + (t === mister ? 0 : 1 + below(random, WORDS - 1))] = 1;
  }
  return { x: rt.tensor(x, [B, T, WORDS]), y: rt.tensor(y, [B, T]) };
}

const NETWORKS = {
  "plain network over a window": (rt) => {
    const layers = new nn.FeedForward(rt, { inFeatures: T * WORDS, hidden: [64], outFeatures: T * 2 });
    const logits = (x) => reshape(layers.forward(reshape(x, [B, T * WORDS])), [B, T, 2]);
    return { modules: [layers], logits };
  },
  "recurrent network": (rt) => {
    const rnn = new nn.RNN(rt, { inputSize: WORDS, hiddenSize: 16, batchFirst: true });
    const head = new nn.Linear(rt, { inFeatures: 16, outFeatures: 2 });
    return { modules: [rnn, head], logits: (x) => head.forward(rnn.forward(x).output) };
  },
};

function train(rt, { modules, logits }, random) {
  const adam = new optim.Adam(
    modules.map((module) => module.parameters()),
    { lr: 0.01 },
  );
  for (let i = 0; i < 300; i++) {
    rt.scope(() => {
      const { x, y } = draw(rt, random, 0);
      adam.zeroGrad();
      crossEntropy(logits(x), y).backward();
      adam.step();
    });
  }
}

/** Returns the share of names that are found. */
function found(rt, { logits }, random, first) {
  return rt.scope(() => {
    const { x, y } = draw(rt, random, first);
    const scores = logits(x).toArray();
    const names = [...y.data.keys()].filter((i) => y.data[i] === 1);
    return names.filter((i) => scores[2 * i + 1] > scores[2 * i]).length / names.length;
  });
}

/** Trains two networks on names in the first half of a sentence, and asks for names in the second half. */
export function window(rt) {
  const rows = Object.entries(NETWORKS).map(([name, make]) => {
    const network = make(rt);
    const random = mulberry32(1);
    train(rt, network, random);
    const shares = [0, 8].map((first) => `${(100 * found(rt, network, random, first)).toFixed(0)}%`);
    const parameters = network.modules.reduce((sum, { parameterCount }) => sum + parameterCount, 0);
    return [name, parameters, ...shares];
  });
  return [["network", "parameters", "names found in the first half", "in the second half"], ...rows];
}
