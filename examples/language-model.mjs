// A language model of characters: reads English words and surnames, tells a likely spelling from an unlikely one, and invents words.

import { readFile } from "node:fs/promises";
import {
  createRuntime,
  defaultLanguageModelSpec,
  LanguageModel,
  LanguageModelTrainer,
  loadModel,
  serializeModel,
  textVocabulary,
} from "unrolled";

const file = await readFile(new URL("data/spellings.tsv", import.meta.url), "utf8");
const text = file.replace(/\t.*/g, ""); // a word a line, without its phonemes
const known = new Set(text.split("\n"));

const runtime = await createRuntime({ seed: 1 });
const spec = { ...defaultLanguageModelSpec(), hidden: 96, layers: 1, lines: true }; // every line starts from a zero state
const vocabulary = textVocabulary(text, spec);
const model = new LanguageModel(runtime, spec, vocabulary);
const trainer = new LanguageModelTrainer(model, model.encode(text), {
  batch: 64,
  lr: 0.01,
  schedule: "linear",
  lrDecayOver: 600,
});
for (let i = 1; i <= 600; i++) {
  const loss = trainer.step();
  if (i % 150 === 0) console.log(`iteration ${i}: loss ${loss.toFixed(2)}`);
}
const { perplexity } = trainer.validate();
console.log(`perplexity ${perplexity.toFixed(1)} per character; guessing has ${vocabulary.size}`);

const bytes = serializeModel(model); // one file: spec, vocabulary and weights
const packed = loadModel(runtime, bytes, [LanguageModel]).pack();
for (const { text, perplexity } of packed.rank(["nsrketchi", "kitschens", "kitchens"])) {
  console.log(`${text}: perplexity ${perplexity.toFixed(1)}`);
}
const options = { length: 500, temperature: 0.7, seed: 1 };
const written = [...packed.generate(options)].join("").split("\n");
console.log(
  `invented: ${written
    .filter((word) => word && !known.has(word))
    .slice(0, 12)
    .join(" ")}`,
);
runtime.dispose();
