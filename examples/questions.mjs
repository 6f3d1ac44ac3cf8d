// A question encoder: questions that mean the same get similar vectors. It learns from French questions that have the same
// English translation, letter by letter, and is tested on the questions of other translations.

import { readFile } from "node:fs/promises";
import {
  createRuntime,
  defaultEmbedderSpec,
  EmbedderTrainer,
  embedderVocabulary,
  nearest,
  SequenceEmbedder,
} from "unrolled";

const file = await readFile(new URL("data/questions.tsv", import.meta.url), "utf8");
const rows = file
  .trimEnd()
  .split("\n")
  .map((line) => line.split("\t")); // French, English, who wrote them
const meanings = [...new Set(rows.map((row) => row[1]))];
const isHeld = (row) => meanings.indexOf(row[1]) % 3 === 0;
const [held, known] = [rows.filter(isHeld), rows.filter((row) => !isHeld(row))];
const pairsOf = (questions) =>
  questions.flatMap(([a, english], i) =>
    questions
      .slice(0, i)
      .filter((row) => row[1] === english)
      .map(([b]) => [a, b]),
  );
const parts = { train: pairsOf(known), validation: pairsOf(held) };

const runtime = await createRuntime({ seed: 1 });
const spec = { ...defaultEmbedderSpec("char"), hidden: 64, size: 64 };
const model = new SequenceEmbedder(runtime, spec, { vocabulary: embedderVocabulary(parts.train, "char") });
const trainer = new EmbedderTrainer(model, parts);
for (let i = 1; i <= 120; i++) {
  const loss = trainer.step();
  if (i % 40 === 0) console.log(`iteration ${i}: loss ${loss.toFixed(2)}`);
}

/** Finds how often the nearest of all other questions means the same. */
function report(name, vectors) {
  const hits = vectors.filter((vector, i) => {
    const [, other] = nearest(vector, vectors, 2); // the first is the question itself
    return held[other.index][1] === held[i][1];
  });
  console.log(
    `${name}: the nearest of ${held.length} questions means the same for ${Math.round((100 * hits.length) / held.length)}%`,
  );
}
const words = [...new Set(held.flatMap(([text]) => text.toLowerCase().match(/\p{L}+/gu)))];
const bags = held.map(([text]) => {
  const own = text.toLowerCase().match(/\p{L}+/gu);
  return Float32Array.from(words, (word) => (own.includes(word) ? 1 : 0));
});
const vectors = model.encode(held.map(([text]) => text));
report("bag of words", bags);
report("the network", vectors);
for (const i of [0, 12, 24, 36]) {
  const [, { index, similarity }] = nearest(vectors[i], vectors, 2);
  console.log(`${held[i][0]} is near ${held[index][0]} ${similarity.toFixed(2)}`);
}
runtime.dispose();
