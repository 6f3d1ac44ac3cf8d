import { crossEntropy, nn } from "unrolled";
import { agreement as sentence, WORDS } from "../generators/agreement.mjs";
import { below, mulberry32 } from "../generators/random.mjs";
import { epochs, NO_TARGET, pad } from "./sequences.mjs";

/** Number of depths in the training data: 0 to 2. */
const TRAINED = 3;
const DEPTHS = [0, 1, 2, 3, 6];
/** The depth whose figure is also reported by number of attractors, and whose gradients are measured. */
const DEEP = 3;
const DEV = 1000;

const WORD_LIST = ["<bos>", "<eos>", ...WORDS];
const TOKENS = new Map(WORD_LIST.map((word, i) => [word, i]));
const tokens = (text) => text.split(" ").map((word) => TOKENS.get(word));
const sentences = (seed, count, depthOf) => {
  const random = mulberry32(seed);
  return Array.from({ length: count }, () => sentence(random, depthOf(random)));
};
const share = (right) => right.filter(Boolean).length / right.length;

/** Agreement: a language model of sentences with 0 to 2 modifiers between subject and verb has to find the verb after 3. */
export const agreement = {
  config: { train: 20_000, embedding: 32, hidden: 64, batch: 32, epochs: 5, lr: 2e-3, clip: 1 },
  cells: ["rnn", "gru", "lstm", "lstm-fb1"],
  expected: { lstm: { text: "depth 3 at least 99% right", holds: ({ figures }) => figures.depth3 >= 0.99 } },

  makeNetwork(rt, makeCell, seed, { train, embedding, hidden, batch }) {
    const V = WORD_LIST.length;
    const words = new nn.Embedding(rt, { numEmbeddings: V, embeddingDim: embedding });
    const layer = makeCell({ inputSize: embedding, hiddenSize: hidden });
    const head = new nn.Linear(rt, { inFeatures: hidden, outFeatures: V });
    const data = sentences(7001, train, (random) => below(random, TRAINED)).map(({ prefix, verb }) =>
      tokens(`<bos> ${prefix} ${verb} <eos>`),
    );
    const batches = epochs(data, batch, mulberry32(7100 + seed));
    const dev = new Map(DEPTHS.map((depth) => [depth, sentences(7200 + depth, DEV, () => depth)]));

    const run = (sequences) => {
      const { data, shape, lengths } = pad(sequences);
      return layer.forward(words.forward(rt.tensor(data, shape)), { lengths });
    };
    const lossOf = (sequences) => {
      const { output } = run(sequences.map((sequence) => sequence.slice(0, -1)));
      const next = sequences.map((sequence) => sequence.slice(1));
      const { data, shape } = pad(next, NO_TARGET);
      return crossEntropy(head.forward(output), rt.tensor(data, shape));
    };
    /** Returns the logits of each word as the next one, [1, sentences, V]. */
    const verbLogits = (set) => head.forward(run(set.map(({ prefix }) => tokens(`<bos> ${prefix}`))).state.h);
    /** Tells for each sentence whether the verb is likelier than its other number. */
    const rightNumber = (set) => {
      const { data } = verbLogits(set);
      const logit = (b, word) => data[b * V + TOKENS.get(word)];
      return set.map(({ verb, wrong }, b) => logit(b, verb) > logit(b, wrong));
    };
    return {
      layer,
      modules: [words, layer, head],
      draw() {
        const sequences = batches.next().value;
        const size = sequences.reduce((sum, { length }) => sum + length - 1, 0);
        return { loss: () => lossOf(sequences), size };
      },
      evaluate() {
        const right = new Map([...dev].map(([depth, set]) => [depth, rightNumber(set)]));
        const deep = dev.get(DEEP);
        const byAttractors = Array.from({ length: DEEP + 1 }, (_, n) => [
          `depth${DEEP}Attractors${n}`,
          share(right.get(DEEP).filter((_, i) => deep[i].attractors === n)),
        ]);
        const byDepth = [...right].map(([depth, each]) => [`depth${depth}`, share(each)]);
        return Object.fromEntries([...byDepth, ...byAttractors]);
      },
      /** Returns the loss of the verb after three modifiers, whose number the second word decides. */
      lastStepLoss() {
        const set = dev.get(DEEP).slice(0, batch);
        const targets = Int32Array.from(set, ({ verb }) => TOKENS.get(verb));
        return crossEntropy(verbLogits(set), rt.tensor(targets, [1, set.length]));
      },
    };
  },
};
