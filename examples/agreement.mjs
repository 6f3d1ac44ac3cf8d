// Agreement: which verb belongs to "the mechanic said the pilots"? A model of words learns it from right sentences alone.

import { readFile } from "node:fs/promises";
import {
  createRuntime,
  defaultLanguageModelSpec,
  LanguageModel,
  LanguageModelTrainer,
  textVocabulary,
} from "unrolled";

const file = await readFile(new URL("data/agreement.tsv", import.meta.url), "utf8");
const pairs = file
  .trimEnd()
  .split("\n")
  .slice(1) // the header
  .map((line) => line.split("\t"));
const held = pairs.filter((_, i) => i % 5 === 0);
const text = pairs
  .filter((_, i) => i % 5)
  .map(([right]) => `${right}\n`)
  .join("");

const runtime = await createRuntime({ seed: 1 });
const spec = {
  ...defaultLanguageModelSpec("word"),
  tokens: "spaces",
  lines: true,
  hidden: 64,
  embedding: 64,
};
const model = new LanguageModel(runtime, spec, textVocabulary(text, spec, { minCount: 1 }));
const trainer = new LanguageModelTrainer(model, model.encode(text), { batch: 32, lr: 0.01 });

const right = () => {
  const packed = model.pack();
  const hits = held.filter((pair) => packed.rank(pair)[0].text === pair[0]).length;
  packed.dispose();
  return `${Math.round((100 * hits) / held.length)}% of ${held.length} held-out pairs are right`;
};
console.log(`before training: ${right()}; guessing gets 50%`);
for (let i = 1; i <= 400; i++) {
  trainer.step();
  if (i % 100 === 0) console.log(`iteration ${i}: ${right()}`);
}

const packed = model.pack();
for (const subject of [
  "the author",
  "the authors",
  "the mechanic said the pilots",
  "the mechanics said the pilot",
]) {
  const [is, are] = ["is tall", "are tall"].map((verb) => packed.score(`${subject} ${verb}`).logProbability);
  console.log(
    `${subject} ____ tall: is ${Math.round(100 / (1 + Math.exp(are - is)))}%, are ${Math.round(100 / (1 + Math.exp(is - are)))}%`,
  );
}
runtime.dispose();
