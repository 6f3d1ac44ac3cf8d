// A character language model in a program: train on a text, evaluate, sample, save and load it.

import {
  createRuntime,
  defaultLanguageModelSpec,
  evaluateText,
  LanguageModel,
  LanguageModelTrainer,
  loadModel,
  serializeModel,
  Vocabulary,
} from "unrolled";

const things = ["cat", "dog", "bird"].flatMap((who) =>
  ["mat", "roof", "tree"].map((where) => `the ${who} sat on the ${where}.\n`),
);
const text = Array.from({ length: 300 }, (_, i) => things[(i * 7) % 9]).join("");

const runtime = await createRuntime({ seed: 1 });
const vocabulary = Vocabulary.fromText(text);
const spec = { ...defaultLanguageModelSpec(), cell: "gru", hidden: 48, layers: 1 };
const model = new LanguageModel(runtime, spec, vocabulary);
const trainer = new LanguageModelTrainer(model, vocabulary.encode(text), { batch: 8, seq: 32, lr: 0.01 });

for (let i = 1; i <= 120; i++) {
  const loss = trainer.step();
  if (i % 40 === 0) console.log(`iteration ${i}: ${loss.toFixed(3)} nats per character`);
}
const { perplexity } = evaluateText(model, vocabulary.encode(things.join("")));
console.log(`perplexity ${perplexity.toFixed(2)}, random guessing has ${vocabulary.size}`);

const bytes = serializeModel(model); // one file: spec, vocabulary and weights
const writer = loadModel(runtime, bytes, [LanguageModel]).pack();
console.log([...writer.generate({ prompt: "the dog ", length: 60, temperature: 0.5, seed: 1 })].join(""));
runtime.dispose();
