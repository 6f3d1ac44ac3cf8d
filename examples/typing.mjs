// Predictive typing: a model of words suggests three words after every letter. How many key presses does that save in reviews
// that it has not read?

import { readFile } from "node:fs/promises";
import {
  createRuntime,
  defaultLanguageModelSpec,
  LanguageModel,
  LanguageModelTrainer,
  Suggester,
  textVocabulary,
} from "unrolled";

const file = await readFile(new URL("data/reviews.tsv", import.meta.url), "utf8");
const lines = file
  .trimEnd()
  .split("\n")
  .map((line) => line.replace(/\t.*/, "").toLowerCase());
const [held, known] = [lines.slice(0, 60), lines.slice(60)];
const text = `${known.join("\n")}\n`;

const runtime = await createRuntime({ seed: 1 });
const spec = { ...defaultLanguageModelSpec("word"), hidden: 96, embedding: 96, lines: true };
const model = new LanguageModel(runtime, spec, textVocabulary(text, spec, { minCount: 1 }));
const recipe = { batch: 20, lr: 0.01, lrDecayOver: 400 };
const trainer = new LanguageModelTrainer(model, model.encode(text), recipe);
for (let i = 1; i <= 400; i++) {
  trainer.step();
  if (i % 200 === 0)
    console.log(`iteration ${i}: perplexity ${trainer.validate().perplexity.toFixed(0)} per word`);
}

const counts = new Map();
for (const word of text.match(/[a-z']+/g)) counts.set(word, (counts.get(word) ?? 0) + 1);
const frequent = [...counts].sort((a, b) => b[1] - a[1]).map(([word]) => word);
const suggester = new Suggester(model.pack());
const ways = {
  "the network": (typed) => suggester.suggest(typed, { top: 3 }).map(({ text: word }) => word),
  "the most frequent words": (typed) => {
    const begun = typed.match(/[a-z']*$/)[0];
    return frequent.filter((word) => word.startsWith(begun)).slice(0, 3);
  },
};
/** Counts the keys to type a line: one for a suggestion, which types the word and a space, else one a letter. */
function keysFor(line, suggest) {
  let [keys, at] = [0, 0];
  while (at < line.length) {
    const [word] = line.slice(line.slice(0, at).search(/[a-z']*$/)).match(/^[a-z']*/);
    const begun = line.slice(0, at).match(/[a-z']*$/)[0];
    keys++;
    at +=
      word.length > begun.length && suggest(line.slice(0, at)).includes(word)
        ? word.length - begun.length + 1
        : 1;
  }
  return keys;
}
const letters = held.join("").length;
for (const [name, suggest] of Object.entries(ways)) {
  const keys = held.reduce((sum, line) => sum + keysFor(line, suggest), 0);
  console.log(
    `${name}: ${keys} keys for ${letters} characters, ${Math.round(100 * (1 - keys / letters))}% saved`,
  );
}
for (const typed of ["the food was ", "i would not r", "great ph"]) {
  console.log(`${typed}> ${ways["the network"](typed).join(", ")}`);
}
runtime.dispose();
