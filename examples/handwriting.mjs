// Reads handwriting: the text of the moves of a pen, without knowing which move belongs to which letter (CTC). The writers are made up.
// Those of the test are others than those of the training, and so are their words. A language model of letters helps to choose.

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
import { englishWords, handwriting } from "./data/generators/handwriting.mjs";

const runtime = await createRuntime({ seed: 1 });
const size = { writers: [30, 2, 4], lines: [25, 20, 20] };
const { train, dev, test, texts } = handwriting(await englishWords(), size);
const spec = { ...defaultTranscriberSpec(3), cell: "gru", hidden: 48, layers: 1, stack: 3 };
const model = new Transcriber(runtime, spec, transcriberTables(train, spec));
const recipe = { lr: 0.01, lrDecayOver: 600 };
const trainer = new TranscriberTrainer(model, { train, validation: dev }, recipe);
for (let i = 1; i <= 600; i++) {
  const loss = trainer.step();
  if (i % 100 === 0) console.log(`iteration ${i}: loss ${loss.toFixed(2)}`);
}

const language = { ...defaultLanguageModelSpec(), hidden: 64, layers: 1, lines: true };
const spelling = texts.join("\n");
const letters = new LanguageModel(runtime, language, textVocabulary(spelling, language));
const speller = new LanguageModelTrainer(letters, letters.encode(spelling), {
  ...{ batch: 64, lr: 0.01, schedule: "linear", lrDecayOver: 250 },
});
for (let i = 1; i <= 250; i++) speller.step();

const percent = (share) => `${Math.round(100 * share)}%`;
const weighed = { beam: 10, languageModel: letters.pack(), languageWeight: 0.3, lengthBonus: 6 }; // the best ones for dev
for (const [how, options] of [
  ["best path", {}],
  ["beam search", { beam: 10 }],
  ["with a language model", weighed],
]) {
  const { cer, wer } = evaluateTranscriber(model, test, options);
  console.log(
    `${how}: ${percent(cer)} of the letters of 4 other writers are wrong, ${percent(wer)} of the words`,
  );
}
for (const { text, vectors } of test.slice(0, 4)) {
  const [read] = model.predict([vectors], weighed);
  console.log(`${text}, written with ${vectors.length} moves of the pen, reads ${read.text}`);
}
runtime.dispose();
