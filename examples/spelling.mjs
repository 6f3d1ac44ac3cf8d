// Spelling correction: an encoder-decoder reads a misspelt word and writes the right one. The test has misspellings that it has
// never read, of words that it has.

import { readFile } from "node:fs/promises";
import {
  createRuntime,
  defaultEncoderDecoderSpec,
  EncoderDecoder,
  editDistance,
  SequenceTrainer,
  sequencePair,
} from "unrolled";

const file = await readFile(new URL("data/misspellings.tsv", import.meta.url), "utf8");
const pairs = file
  .trimEnd()
  .split("\n")
  .map((line) => line.split("\t")); // wrong, right
const held = pairs.filter((_, i) => i % 10 === 0);

const runtime = await createRuntime({ seed: 1 });
const spec = {
  ...defaultEncoderDecoderSpec("char", "char"),
  hidden: 96,
  embedding: 32,
  dropout: 0.1,
  inputDropout: 0.1,
};
const read = (rows) => rows.map(([wrong, right]) => sequencePair(wrong, right, spec));
const parts = { train: read(pairs.filter((_, i) => i % 10)), validation: read(held) };
const model = new EncoderDecoder(runtime, spec, EncoderDecoder.tablesOf(parts.train, spec));
const trainer = new SequenceTrainer(model, parts, { lr: 0.005, lrDecayOver: 800 });
for (let i = 1; i <= 800; i++) {
  const loss = trainer.step();
  if (i % 200 === 0) console.log(`iteration ${i}: loss ${loss.toFixed(2)}`);
}

const share = (hits, all) => `${Math.round((100 * hits) / all)}%`;
const { exact, tokenErrorRate } = trainer.validate();
console.log(
  `${share(exact, 1)} of ${held.length} words are corrected; ${share(tokenErrorRate, 1)} of the letters are wrong`,
);
const words = [...new Set(pairs.map(([, right]) => right))];
const nearest = (wrong) => {
  const distances = words.map((word) => editDistance([...wrong], [...word]));
  return words[distances.indexOf(Math.min(...distances))];
};
const found = held.filter(([wrong, right]) => nearest(wrong) === right).length;
console.log(
  `with a list of the ${words.length} right words, the nearest one corrects ${share(found, held.length)}`,
);

const texts = held.slice(0, 8).map(([wrong]) => wrong);
for (const [i, { text }] of model.predict(texts, { beam: 4 }).entries()) console.log(`${texts[i]}: ${text}`);
runtime.dispose();
