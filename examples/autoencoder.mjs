// An autoencoder: learns a vector for each word without labels, from which the word can be reconstructed.

import { Autoencoder, createRuntime, defaultAutoencoderSpec, nearest, SequenceTrainer } from "unrolled";

const stems = ["walk", "talk", "jump", "paint", "play", "cook", "learn", "open"];
const words = stems.flatMap((stem) => ["", "s", "ed", "ing", "er", "ers"].map((end) => stem + end));

const runtime = await createRuntime({ seed: 1 });
const spec = { ...defaultAutoencoderSpec("char"), hidden: 32, embedding: 16 };
const sequences = words.map((word) => [...word]);
const model = new Autoencoder(runtime, spec, Autoencoder.tablesOf(sequences, spec));
const pairs = sequences.map((tokens) => ({ source: tokens, target: tokens }));
const recipe = { batch: 16, lr: 0.01, schedule: "constant" };
const trainer = new SequenceTrainer(model, { train: pairs, validation: pairs }, recipe);

for (let i = 1; i <= 300; i++) {
  const loss = trainer.step();
  if (i % 100 === 0) console.log(`iteration ${i}: ${loss.toFixed(3)} nats per character`);
}
console.log(`${(100 * trainer.validate().exact).toFixed(0)}% of the words are reconstructed exactly`);

const vectors = model.encode(words);
for (const word of ["cooking", "talks"]) {
  const near = nearest(vectors[words.indexOf(word)], vectors, 4).slice(1);
  console.log(`${word} is near ${near.map(({ index }) => words[index]).join(", ")}`);
}
const [a, b] = [vectors[words.indexOf("walk")], vectors[words.indexOf("walking")]];
const [middle] = model.decode([a.map((x, i) => (x + b[i]) / 2)]);
console.log(`halfway from walk to walking: ${middle.text}`);
runtime.dispose();
