// A language model of words: learns from reviews, finds the more likely of two sentences, and writes new ones.

import { readFile } from "node:fs/promises";
import {
  createRuntime,
  defaultLanguageModelSpec,
  LanguageModel,
  LanguageModelTrainer,
  textVocabulary,
} from "unrolled";

const file = await readFile(new URL("data/reviews.tsv", import.meta.url), "utf8");
const text = file.replace(/\t.*/g, ""); // a sentence a line, without its label

const runtime = await createRuntime({ seed: 1 });
const spec = { ...defaultLanguageModelSpec("word"), hidden: 64, embedding: 64, lines: true };
const vocabulary = textVocabulary(text, spec, { limit: 1200 }); // the most frequent words; <UNK> for all others
const model = new LanguageModel(runtime, spec, vocabulary);
const recipe = { batch: 20, lr: 0.01, lrDecayOver: 500 };
const trainer = new LanguageModelTrainer(model, model.encode(text), recipe);
for (let i = 1; i <= 500; i++) {
  trainer.step();
  if (i % 100 === 0)
    console.log(`iteration ${i}: perplexity ${trainer.validate().perplexity.toFixed(0)} per word`);
}
console.log(`guessing has ${vocabulary.size}`);

const packed = model.pack();
for (const { text, logProbability } of packed.rank([
  "Food great the was.",
  "The food was phone.",
  "The food was great.",
])) {
  console.log(`log P ${logProbability.toFixed(1)}: ${text}`);
}
for (const prompt of ["The food", "This movie", "The service"]) {
  console.log(prompt + [...packed.generate({ prompt, length: 20, temperature: 0.5, seed: 3 })].join(""));
}
runtime.dispose();
