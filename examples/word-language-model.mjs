// A language model of words in a program: train on sentences, rank two sentences by likelihood, sample new ones.

import {
  createRuntime,
  defaultLanguageModelSpec,
  LanguageModel,
  LanguageModelTrainer,
  textVocabulary,
} from "unrolled";

const subjects = ["the cat", "the dog", "a bird"];
const sentences = Array.from({ length: 360 }, (_, i) => {
  const rest = i % 2 ? "sat on the roof" : "did not see the mat";
  return `${subjects[i % 3]} ${rest} ${i % 5 ? "today" : "yesterday"}.`;
});
const text = sentences.join(" "); // sentences end after . ! ? and at blank lines

const runtime = await createRuntime({ seed: 1 });
const spec = {
  ...defaultLanguageModelSpec("word"),
  hidden: 32,
  embedding: 32,
  dropout: 0.1,
  inputDropout: 0,
};
const vocabulary = textVocabulary(text, spec); // the most frequent words, <EOS> for an end, <UNK> for all others
const model = new LanguageModel(runtime, spec, vocabulary);
const trainer = new LanguageModelTrainer(model, model.encode(text), {
  batch: 8,
  seq: 12,
  lr: 0.01,
  lrDecayOver: 120,
});

for (let i = 1; i <= 120; i++) {
  const loss = trainer.step();
  if (i % 40 === 0) console.log(`iteration ${i}: perplexity ${Math.exp(loss).toFixed(2)}`);
}

const packed = model.pack();
const ranked = packed.rank(["The cat sat on the roof today.", "The cat sat on today the roof."]);
for (const { text, logProbability, perplexity } of ranked) {
  console.log(`log P ${logProbability.toFixed(2)}, perplexity ${perplexity.toFixed(2)}: ${text}`);
}
for (const { symbol, logProbability } of ranked[0].conditionals) {
  console.log(`  ${Math.exp(logProbability).toFixed(3)} ${symbol}`);
}
console.log([...packed.generate({ prompt: "A bird", length: 40, seed: 2 })].join(""));
runtime.dispose();
