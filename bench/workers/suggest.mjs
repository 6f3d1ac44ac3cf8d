// Suggestions while a text is typed, by a model of words and one of characters: prints [{name, mean, slowest}], seconds per key.

import { readFile } from "node:fs/promises";
import { effort, kernels, unrolled } from "../library.mjs";

const { createRuntime, defaultLanguageModelSpec, LanguageModel, LanguageModelTrainer, Suggester } = unrolled;

const table = await readFile(new URL("../../examples/data/reviews.tsv", import.meta.url), "utf8");
const REVIEWS = table.replaceAll(/\t.*/g, "");
/** The number of keys that are typed. */
const KEYS = 200;
const TYPED = REVIEWS.slice(-KEYS);
const TEXT = REVIEWS.slice(0, -KEYS);
const UNITS = 128;
const ITERATIONS = 300;

/** Number of times that the text is typed. */
const PASSES = Math.max(3, Math.round(100 * effort));

/** Trains a model, so that its search meets words that are likely and words that are not. */
function train(rt, level) {
  const spec = { ...defaultLanguageModelSpec(level), hidden: UNITS, layers: 1 };
  const sized = level === "word" ? { ...spec, embedding: UNITS } : spec;
  const model = new LanguageModel(rt, sized, unrolled.textVocabulary(TEXT, sized));
  const trainer = new LanguageModelTrainer(model, model.encode(TEXT), { batch: 16, seq: 32, lr: 0.005 });
  for (let i = 0; i < ITERATIONS; i++) trainer.step();
  return model;
}

/** Types the text once, and keeps the shortest time of each key. */
function type(suggester, times) {
  suggester.suggest("");
  for (let key = 0; key < KEYS; key++) {
    const text = TYPED.slice(0, key + 1);
    const start = performance.now();
    suggester.suggest(text);
    times[key] = Math.min(times[key], performance.now() - start);
  }
}

const rt = await createRuntime(kernels);
const models = ["word", "char"].map((level) => {
  const model = train(rt, level);
  const name = level === "word" ? `${model.vocabulary.size} words` : `${model.vocabulary.size} characters`;
  return {
    name: `LSTM ${UNITS}, ${name}`,
    suggester: new Suggester(model.pack()),
    times: new Float64Array(KEYS).fill(Infinity),
  };
});
for (let pass = 0; pass < PASSES; pass++) for (const { suggester, times } of models) type(suggester, times);
const seconds = (milliseconds) => milliseconds / 1000;
console.log(
  JSON.stringify(
    models.map(({ name, times }) => ({
      name,
      mean: seconds(times.reduce((sum, time) => sum + time, 0) / times.length),
      slowest: seconds(Math.max(...times)),
    })),
  ),
);
