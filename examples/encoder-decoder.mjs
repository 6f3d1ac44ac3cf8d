// An encoder-decoder (seq2seq) with attention: how is a word pronounced? It reads letters and writes the phonemes of CMUdict.

import { readFile } from "node:fs/promises";
import {
  createRuntime,
  defaultEncoderDecoderSpec,
  EncoderDecoder,
  holdOut,
  SequenceTrainer,
  sequencePair,
} from "unrolled";

const file = await readFile(new URL("data/spellings.tsv", import.meta.url), "utf8");
const words = file
  .trimEnd()
  .split("\n")
  .map((line) => line.split("\t"));

const runtime = await createRuntime({ seed: 1 });
const spec = {
  ...defaultEncoderDecoderSpec("char", "word"),
  hidden: 64,
  embedding: 32,
  dropout: 0,
  inputDropout: 0,
};
const parts = holdOut(
  words.map(([letters, phonemes]) => sequencePair(letters, phonemes, spec)),
  1,
);
const model = new EncoderDecoder(runtime, spec, EncoderDecoder.tablesOf(parts.train, spec));
const trainer = new SequenceTrainer(model, parts, { lr: 0.01, lrDecayOver: 800 });

for (let i = 1; i <= 800; i++) {
  const loss = trainer.step();
  if (i % 200 === 0) console.log(`iteration ${i}: loss ${loss.toFixed(2)}`);
}
const { exact, tokenErrorRate } = trainer.validate();
console.log(
  `of the held-out words ${Math.round(100 * exact)}% are exact, and ${Math.round(100 * (1 - tokenErrorRate))}% of their phonemes`,
);

const texts = ["chandler", "blogging", "knightly", "carpenter"];
for (const [i, { text }] of model.predict(texts, { beam: 4 }).entries()) console.log(`${texts[i]}: ${text}`);

const [{ tokens, attention }] = model.predict(["photograph"], { attention: true });
const looks = tokens.map(
  (token, t) => `${token}=${"photograph"[attention[t].indexOf(Math.max(...attention[t]))]}`,
);
console.log(`phonemes of "photograph", and the letter each looks at: ${looks.join(" ")}`);
runtime.dispose();
