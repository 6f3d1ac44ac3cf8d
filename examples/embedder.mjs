// An embedder: texts that belong together get similar vectors (contrastive learning). This one finds a surname that was mistyped.

import { readFile } from "node:fs/promises";
import {
  createRuntime,
  defaultEmbedderSpec,
  EmbedderTrainer,
  embedderVocabulary,
  nearest,
  SequenceEmbedder,
} from "unrolled";

const file = await readFile(new URL("data/names.tsv", import.meta.url), "utf8");
const lines = file
  .trimEnd()
  .split("\n")
  .map((line) => line.split("\t")[0]);
const names = [...new Set(lines)].filter((name) => name.length > 3);

let seed = 1;
function random(n) {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0; // the same errors in every run
  return Math.floor((seed / 2 ** 32) * n);
}

/** Makes a typing error: a letter is missing, doubled, wrong, or changes places with the next one. */
function mistype(name) {
  const i = 1 + random(name.length - 2);
  const [a, b] = [name[i], name[i + 1]];
  const typed = ["", a + a, "aeinorst"[random(8)], b + a][random(4)];
  return name.slice(0, i) + typed + name.slice(typed === b + a ? i + 2 : i + 1);
}
const pairs = names.map((name) => [name, mistype(name)]);
const parts = {
  train: pairs.slice(500).flatMap(([name, typed]) => [
    [name, typed],
    [name, mistype(name)],
  ]),
  validation: pairs.slice(0, 500),
};

const runtime = await createRuntime({ seed: 1 });
const spec = { ...defaultEmbedderSpec("char"), hidden: 48, size: 48 };
const model = new SequenceEmbedder(runtime, spec, { vocabulary: embedderVocabulary(pairs, "char") });
const trainer = new EmbedderTrainer(model, parts);
for (let i = 1; i <= 150; i++) {
  const loss = trainer.step();
  if (i % 50 === 0) console.log(`iteration ${i}: loss ${loss.toFixed(2)}`);
}
const { accuracyAt1, pairs: count } = trainer.validate();
console.log(`${Math.round(100 * accuracyAt1)}% of ${count} held-out names are found first`);

const vectors = model.encode(names);
for (const typed of ["Yamamotto", "Schulteiss", "Mac Millan", "Kawashma"]) {
  const found = nearest(model.encode([typed])[0], vectors, 3);
  console.log(
    `${typed}: ${found.map(({ index, similarity }) => `${names[index]} ${similarity.toFixed(2)}`).join(", ")}`,
  );
}
runtime.dispose();
