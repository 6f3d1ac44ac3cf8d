// Translation: French into English, word by word, by an encoder-decoder with attention. Tested on sentences of which neither
// side was read in training.

import { readFile } from "node:fs/promises";
import {
  bleu,
  createRuntime,
  defaultEncoderDecoderSpec,
  EncoderDecoder,
  exactMatch,
  SequenceTrainer,
  sequencePair,
} from "unrolled";

const file = await readFile(new URL("data/translations.tsv", import.meta.url), "utf8");
const sentences = file
  .trimEnd()
  .split("\n")
  .map((line) => line.split("\t")); // French, English, who wrote them

const english = [...new Set(sentences.map((row) => row[1]))];
const held = new Set(english.filter((_, i) => i % 8 === 0)); // with all their French sentences
const runtime = await createRuntime({ seed: 1 });
const spec = {
  ...defaultEncoderDecoderSpec("word", "word"),
  hidden: 128,
  embedding: 64,
  dropout: 0.1,
  inputDropout: 0.1,
};
const pairOf = ([source, target]) => sequencePair(source, target, spec);
const known = sentences.filter((row) => !held.has(row[1]));
const parts = {
  train: known.map(pairOf),
  validation: sentences.filter((row) => held.has(row[1])).map(pairOf),
};
const model = new EncoderDecoder(runtime, spec, EncoderDecoder.tablesOf(parts.train, spec));
const trainer = new SequenceTrainer(model, parts, { lr: 0.003, lrDecayOver: 600 });
for (let i = 1; i <= 600; i++) {
  const loss = trainer.step();
  if (i % 100 === 0) console.log(`iteration ${i}: loss ${loss.toFixed(2)}`);
}

/** Returns the English side of the known sentence that shares most words with this one: a translation memory. */
function remember(source) {
  const shared = parts.train.map((pair) => {
    const common = source.filter((token) => pair.source.includes(token)).length;
    return common / (source.length + pair.source.length);
  });
  return parts.train[shared.indexOf(Math.max(...shared))].target;
}
const references = parts.validation.map(({ target }) => target);
const report = (name, written) =>
  console.log(
    `${name}: BLEU ${(100 * bleu(references, written)).toFixed(1)}, ${Math.round(100 * exactMatch(references, written))}% exact`,
  );
const texts = sentences.filter((row) => held.has(row[1])).map(([french]) => french);
const written = model.predict(texts, { beam: 4 });
report(
  "the network",
  written.map(({ tokens }) => tokens),
);
report(
  "the most similar known sentence",
  parts.validation.map(({ source }) => remember(source)),
);
for (let i = 0; i < 8; i++) console.log(`${texts[i]} -> ${written[i].text}`);
runtime.dispose();
