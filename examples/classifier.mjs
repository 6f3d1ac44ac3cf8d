// A classifier of names: from which language does a surname come? It reads the letters, and has never seen the names at the end.

import { readFile } from "node:fs/promises";
import {
  Classifier,
  classifierExample,
  createRuntime,
  defaultClassifierSpec,
  holdOut,
  LabelTrainer,
  labelTables,
  loadModel,
  serializeModel,
} from "unrolled";

const file = await readFile(new URL("data/names.tsv", import.meta.url), "utf8");
const names = file
  .trimEnd()
  .split("\n")
  .map((line) => line.split("\t"));

const runtime = await createRuntime({ seed: 1 });
const spec = { ...defaultClassifierSpec("char"), hidden: 48 };
const parts = holdOut(
  names.map(([name, language]) => classifierExample(name, language, spec)),
  1,
);
const model = new Classifier(runtime, spec, labelTables(parts.train, spec));
const trainer = new LabelTrainer(model, parts, { lr: 0.005, average: 0.99 });

for (let i = 1; i <= 600; i++) {
  const loss = trainer.step();
  if (i % 200 === 0) console.log(`iteration ${i}: loss ${loss.toFixed(2)}`);
}
const { accuracy, labels } = trainer.validate();
const guess = 1 / model.labels.size;
console.log(
  `${Math.round(100 * accuracy)}% of ${labels} held-out names are right; guessing gets ${Math.round(100 * guess)}%`,
);

const loaded = loadModel(runtime, serializeModel(model), [Classifier]); // one file: spec, vocabularies and weights
const texts = ["Kurosawa", "Dostoevsky", "Hoffmeister", "Botticelli", "Vandenberg", "Fairweather"];
for (const [i, { probabilities }] of loaded.predict(texts).entries()) {
  const best = Object.entries(probabilities)
    .sort((a, b) => b[1] - a[1])
    .slice(0, 2);
  console.log(
    `${texts[i]}: ${best.map(([language, p]) => `${language} ${Math.round(100 * p)}%`).join(", ")}`,
  );
}
runtime.dispose();
