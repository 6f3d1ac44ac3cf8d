// Grammar correction: a tagger reads reviews in which some words were exchanged for others of their kind (is and are, a and an),
// and its tag for a wrong word is the right one.

import { readFile } from "node:fs/promises";
import { createRuntime, defaultTaggerSpec, LabelTrainer, labelTables, Tagger } from "unrolled";

const KINDS = ["is are", "was were", "has have", "a an", "this these", "do does", "than then"].map((kind) =>
  kind.split(" "),
);
const others = new Map(KINDS.flatMap(([a, b]) => Object.entries({ [a]: b, [b]: a })));

let seed = 1;
function random() {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0; // the same errors in every run
  return seed / 2 ** 32;
}
/** Exchanges a third of the words that have another of their kind. */
function damage(words) {
  const tokens = words.map((word) => (others.has(word) && random() < 1 / 3 ? others.get(word) : word));
  return { tokens, labels: words.map((word, i) => (word === tokens[i] ? "ok" : word)) };
}

const file = await readFile(new URL("data/reviews.tsv", import.meta.url), "utf8");
const reviews = file
  .trimEnd()
  .split("\n")
  .map((line) =>
    line
      .replace(/\t.*/, "")
      .toLowerCase()
      .match(/[\w']+|[^\w\s]/g),
  )
  .filter((words) => words.length < 30 && words.some((word) => others.has(word)));
const [held, known] = [reviews.slice(0, 300), reviews.slice(300)];
const parts = { train: Array(6).fill(known).flat().map(damage), validation: held.map(damage) };

const runtime = await createRuntime({ seed: 1 });
const spec = { ...defaultTaggerSpec(), hidden: 64, embedding: 64, characters: 0 };
const model = new Tagger(runtime, spec, labelTables(parts.train, spec));
const trainer = new LabelTrainer(model, parts, { lr: 0.005, lrDecayOver: 900, average: 0.99 });
for (let i = 1; i <= 900; i++) {
  const loss = trainer.step();
  if (i % 300 === 0) console.log(`iteration ${i}: loss ${loss.toFixed(3)}`);
}

const counts = new Map();
for (const words of known) {
  for (let i = 1; i < words.length; i++) {
    const pair = `${words[i - 1]} ${words[i]}`;
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
}
/** Tells for each word whether its pairs with both neighbours are rarer in training than those of the other word. */
function byNeighbours(tokens) {
  const seen = (word, i) =>
    (counts.get(`${tokens[i - 1]} ${word}`) ?? 0) + (counts.get(`${word} ${tokens[i + 1]}`) ?? 0);
  return tokens.map((word, i) => {
    const other = others.get(word);
    return other && seen(other, i) > seen(word, i) ? other : "ok";
  });
}
function report(name, tags) {
  const all = parts.validation.flatMap(({ labels }, i) => labels.map((right, t) => [right, tags[i][t]]));
  const wrong = all.filter(([right]) => right !== "ok");
  const found = wrong.filter(([right, told]) => right === told).length;
  const told = all.filter(([, tag]) => tag !== "ok").length;
  console.log(
    `${name}: ${found} of ${wrong.length} errors are corrected; ${told - found} of ${told} changes are wrong`,
  );
}
const tokens = parts.validation.map((example) => example.tokens);
report("the network", model.predict(tokens));
report("pairs of words", tokens.map(byNeighbours));
for (const words of tokens.slice(0, 5)) {
  const [tags] = model.predict([words]);
  const written = words.map((word, t) => (tags[t] === "ok" ? word : `${word} [${tags[t]}]`));
  console.log(written.join(" "));
}
runtime.dispose();
