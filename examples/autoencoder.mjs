// An autoencoder: learns a vector for each name without labels, from which the name can be written again.

import { readFile } from "node:fs/promises";
import {
  Autoencoder,
  createRuntime,
  defaultAutoencoderSpec,
  holdOut,
  nearest,
  SequenceTrainer,
} from "unrolled";

const file = await readFile(new URL("data/names.tsv", import.meta.url), "utf8");
const names = file
  .trimEnd()
  .split("\n")
  .map((line) => line.split("\t")[0]);

const runtime = await createRuntime({ seed: 1 });
const spec = { ...defaultAutoencoderSpec("char"), hidden: 96, embedding: 32 };
const model = new Autoencoder(
  runtime,
  spec,
  Autoencoder.tablesOf(
    names.map((name) => [...name]),
    spec,
  ),
);
const parts = holdOut(
  names.map((name) => ({ source: [...name], target: [...name] })),
  1,
);
const trainer = new SequenceTrainer(model, parts, { lr: 0.01, lrDecayOver: 500 });
for (let i = 1; i <= 500; i++) {
  const loss = trainer.step();
  if (i % 100 === 0) console.log(`iteration ${i}: loss ${loss.toFixed(2)}`);
}
const { exact, tokenErrorRate } = trainer.validate();
console.log(
  `of the held-out names ${Math.round(100 * exact)}% come back exactly, and ${Math.round(100 * (1 - tokenErrorRate))}% of their letters`,
);

const vectors = model.encode(names);
for (const name of ["Hernando", "Petrovsky", "Yamashiro"]) {
  const [query] = model.encode([name]);
  console.log(
    `${name} is near ${nearest(query, vectors, 4)
      .map(({ index }) => names[index])
      .join(", ")}`,
  );
}
const [a, b] = model.encode(["Hernandez", "Takahashi"]);
const between = [0.3, 0.4, 0.5, 0.6, 0.7].map((share) => a.map((x, i) => (1 - share) * x + share * b[i]));
console.log(
  `from Hernandez to Takahashi: ${model
    .decode(between)
    .map(({ text }) => text)
    .join(", ")}`,
);
runtime.dispose();
