// Trains the two small models of the example, in a few seconds: node train.mjs

import { mkdir, writeFile } from "node:fs/promises";
import {
  Classifier,
  classifierExample,
  createRuntime,
  defaultClassifierSpec,
  defaultLanguageModelSpec,
  holdOut,
  LabelTrainer,
  LanguageModel,
  LanguageModelTrainer,
  labelTables,
  serializeModel,
  Vocabulary,
} from "unrolled";

const runtime = await createRuntime({ seed: 1 });

/** Praise and blame, made up: "not" turns one into the other. */
const things = ["soup", "film", "book", "hotel", "song"];
const words = { good: ["great", "lovely", "fine"], bad: ["awful", "dull", "poor"] };
const reviews = Array.from({ length: 240 }, (_, i) => {
  const [said, turned] = [i % 2 ? "good" : "bad", i % 7 < 3];
  const line = `The ${things[i % 5]} was ${turned ? "not " : ""}${words[said][i % 3]}.`;
  return { line, label: (said === "good") !== turned ? "good" : "bad" };
});

/** Trains a model that writes reviews: one layer of 64 units, character by character. */
function trainWriter() {
  const text = reviews.map(({ line }) => `${line}\n`).join("");
  const spec = { ...defaultLanguageModelSpec(), hidden: 64, layers: 1, dropout: 0 };
  const vocabulary = Vocabulary.fromText(text);
  const model = new LanguageModel(runtime, spec, vocabulary);
  const recipe = { lr: 0.01, batch: 20, seq: 50 };
  const trainer = new LanguageModelTrainer(model, vocabulary.encode(text), recipe);
  for (let i = 0; i < 500; i++) trainer.step();
  return model;
}

/** Trains a model that tells praise from blame. */
function trainMood() {
  const examples = reviews.map(({ line, label }) => classifierExample(line, label, { level: "word" }));
  const parts = holdOut(examples, 1);
  const spec = { ...defaultClassifierSpec(), hidden: 16, embedding: 16, dropout: 0, wordDropout: 0 };
  const model = new Classifier(runtime, spec, labelTables(parts.train, spec));
  const trainer = new LabelTrainer(model, parts, { lr: 0.02, average: 0 });
  for (let i = 0; i < 120; i++) trainer.step();
  return model;
}

const folder = new URL("models/", import.meta.url);
await mkdir(folder, { recursive: true });
for (const [name, model] of Object.entries({ writer: trainWriter(), mood: trainMood() })) {
  const bytes = serializeModel(model);
  await writeFile(new URL(`${name}.safetensors`, folder), bytes);
  console.log(`models/${name}.safetensors: ${(bytes.length / 1000).toFixed(0)} kB`);
}
