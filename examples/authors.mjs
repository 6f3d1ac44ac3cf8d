// Authorship: whose sentence is it? A classifier reads sentences without names from three books by Austen, Melville and Newton.
// It is tested on the last quarter of each book.

import { readFile } from "node:fs/promises";
import {
  Classifier,
  classifierExample,
  createRuntime,
  defaultClassifierSpec,
  LabelTrainer,
  labelTables,
} from "unrolled";

const TESTED = 314; // the first lines are from the last quarters

const file = await readFile(new URL("data/authors.tsv", import.meta.url), "utf8");
const sentences = file
  .trimEnd()
  .split("\n")
  .map((line) => line.split("\t"));

const runtime = await createRuntime({ seed: 1 });
const spec = { ...defaultClassifierSpec("word"), hidden: 48 };
const examples = sentences.map(([text, author]) => classifierExample(text, author, spec));
const parts = { train: examples.slice(TESTED), validation: examples.slice(0, TESTED) };
const model = new Classifier(runtime, spec, labelTables(parts.train, spec));
const trainer = new LabelTrainer(model, parts, { lr: 0.005, average: 0.99 });
for (let i = 1; i <= 400; i++) {
  const loss = trainer.step();
  if (i % 100 === 0) console.log(`iteration ${i}: loss ${loss.toFixed(2)}`);
}

/** Counts the words of an author: naive Bayes, which does not know their order. */
function bayes(author) {
  const counts = new Map();
  const words = parts.train.filter(({ labels }) => labels[0] === author).flatMap(({ tokens }) => tokens);
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const size = words.length + model.vocabulary.size;
  const prior = Math.log(sentences.filter((row) => row[1] === author).length);
  return (tokens) =>
    tokens.reduce((sum, word) => sum + Math.log((1 + (counts.get(word) ?? 0)) / size), prior);
}
const authors = model.labels.symbols;
const scores = authors.map(bayes);
const counted = parts.validation.filter(({ tokens, labels }) => {
  const all = scores.map((score) => score(tokens));
  return authors[all.indexOf(Math.max(...all))] === labels[0];
});
const percent = (share) => `${Math.round(100 * share)}%`;
console.log(
  `${percent(trainer.validate().accuracy)} of ${TESTED} sentences are right; naive Bayes gets ${percent(counted.length / TESTED)}, the most frequent author 38%`,
);
const texts = [
  "she was sure that he could not be agreeable.",
  "we lowered the boats, and pulled for the old monster.",
  "the rays are bent as they go out of the glass.",
];
for (const [i, { label, probability }] of model.predict(texts).entries()) {
  console.log(`${label} ${percent(probability)}: ${texts[i]}`);
}
runtime.dispose();
