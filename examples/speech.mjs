// Understands speech: the digits that a voice says in a row, from the loudness in 12 bands of frequencies every 30 ms (CTC). The voices
// are synthetic; those of the test are others than those of the training. A network that reads only forwards writes while it listens.

import { readFile } from "node:fs/promises";
import {
  createRuntime,
  defaultLanguageModelSpec,
  defaultTranscriberSpec,
  evaluateTranscriber,
  LanguageModel,
  LanguageModelTrainer,
  Transcriber,
  TranscriberTrainer,
  textVocabulary,
  transcriberTables,
} from "unrolled";

const file = await readFile(new URL("data/spoken-digits.jsonl", import.meta.url), "utf8");
const spoken = file
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));
const [train, validation, test] = ["train", "dev", "test"].map((part) =>
  spoken.filter((example) => example.part === part),
);

const runtime = await createRuntime({ seed: 1 });
const spec = { ...defaultTranscriberSpec(12), cell: "gru", hidden: 96, layers: 1, bidirectional: false };
const model = new Transcriber(runtime, spec, transcriberTables(train, spec));
const trainer = new TranscriberTrainer(model, { train, validation }, { lr: 0.01, lrDecayOver: 500 });
for (let i = 1; i <= 500; i++) {
  const loss = trainer.step();
  if (i % 100 === 0) console.log(`iteration ${i}: loss ${loss.toFixed(2)}`);
}

const texts = `${train.map(({ text }) => text).join("\n")}\n`; // a language model learns how the digits are spelt
const language = { ...defaultLanguageModelSpec(), hidden: 48, layers: 1, lines: true };
const letters = new LanguageModel(runtime, language, textVocabulary(texts, language));
const speller = new LanguageModelTrainer(letters, letters.encode(texts), { batch: 32, lr: 0.02 });
for (let i = 1; i <= 150; i++) speller.step();
const languageModel = letters.pack();

const percent = (share) => `${Math.round(100 * share)}%`;
for (const [how, options] of [
  ["best path", {}],
  ["with a language model", { languageModel }],
]) {
  const { cer, wer } = evaluateTranscriber(model, test, options);
  console.log(
    `${how}: ${percent(cer)} of the letters of 2 other voices are wrong, ${percent(wer)} of the digits`,
  );
}

const stream = model.pack().stream();
for (const { text, vectors } of test.filter(({ text }) => text.length > 15).slice(0, 3)) {
  const written = vectors.map((vector) => stream.push([vector]) || ".").join("");
  console.log(`${text}, while it is spoken: ${written}${stream.end()}`);
  stream.reset();
}
runtime.dispose();
