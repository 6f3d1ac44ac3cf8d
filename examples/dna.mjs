// DNA: where does a gene's text begin and end? A classifier reads 30 letters, one-hot, and says whether their middle is a donor
// (exon to intron), an acceptor (intron to exon) or neither.

import { readFile } from "node:fs/promises";
import {
  Classifier,
  classifierExample,
  createRuntime,
  defaultClassifierSpec,
  LabelTrainer,
  labelTables,
} from "unrolled";

const file = await readFile(new URL("data/splice.tsv", import.meta.url), "utf8");
const sites = file
  .trimEnd()
  .split("\n")
  .map((line) => line.split("\t"))
  .map(([letters, label]) => [letters.slice(15, 45), label]);
const [known, held] = [sites.slice(0, 1000), sites.slice(1000)];

const runtime = await createRuntime({ seed: 1 });
const spec = { ...defaultClassifierSpec("char"), embedding: 0, hidden: 32 }; // 0: each letter is a one-hot vector
const read = (rows) => rows.map(([letters, label]) => classifierExample(letters, label, spec));
const parts = { train: read(known), validation: read(held) };
const model = new Classifier(runtime, spec, labelTables(parts.train, spec));
const trainer = new LabelTrainer(model, parts, { lr: 0.01, lrDecayOver: 900, average: 0.99 });
for (let i = 1; i <= 900; i++) {
  const loss = trainer.step();
  if (i % 300 === 0) console.log(`iteration ${i}: loss ${loss.toFixed(2)}`);
}

/** Counts how often each letter stands at each place of a kind of site: naive Bayes, which is told the places. */
function bayes(label) {
  const rows = known.filter((row) => row[1] === label).map(([letters]) => letters);
  const counts = (letter, i) => 1 + rows.filter((letters) => letters[i] === letter).length;
  const table = [...rows[0]].map((_, i) => Object.fromEntries([..."ACGT"].map((x) => [x, counts(x, i)])));
  return (letters) =>
    table.reduce((sum, at, i) => sum + Math.log(at[letters[i]] / (rows.length + 4)), Math.log(rows.length));
}
const labels = model.labels.symbols;
const scores = labels.map(bayes);
const counted = held.map(([letters]) => {
  const all = scores.map((score) => score(letters));
  return labels[all.indexOf(Math.max(...all))];
});

const percent = (hits, all) => `${((100 * hits) / all).toFixed(1)}%`;
const told = model.predict(held.map(([letters]) => letters)).map(({ label }) => label);
for (const label of labels) {
  const rows = held.map((row, i) => [row[1], told[i], counted[i]]).filter(([right]) => right === label);
  const missed = (column) => percent(rows.filter((row) => row[column] !== label).length, rows.length);
  console.log(`${label}: ${missed(1)} of ${rows.length} are missed; by naive Bayes ${missed(2)}`);
}
const right = (names) => percent(names.filter((name, i) => name === held[i][1]).length, held.length);
console.log(
  `${right(told)} are right, by naive Bayes ${right(counted)}, by "neither" for all ${right(held.map(() => "neither"))}`,
);
runtime.dispose();
