// The models of the part `serving`, with random weights: a classifier and a language model, as files of unrolled and of ONNX.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  Classifier,
  classifierExample,
  createRuntime,
  defaultClassifierSpec,
  defaultLanguageModelSpec,
  LanguageModel,
  labelTables,
  serializeModel,
  textVocabulary,
} from "../../dist/index.js";
import { exportOnnx } from "../../dist/onnx.js";

const WORDS = Array.from({ length: 500 }, (_, i) => `w${(i * 7919) % 1000}`);
const LETTERS = "the quick brown fox jumps over the lazy dog. ";

/** Texts of 10 to 29 words. */
export const texts = Array.from({ length: 64 }, (_, i) =>
  Array.from({ length: 10 + ((i * 7) % 20) }, (_, k) => WORDS[(i * 31 + k * 17) % WORDS.length]).join(" "),
);

/** Pieces of the text that the language model reads, one in each request. */
export const pieces = [...LETTERS];

/** Writes the files into a folder, and what the models answer: `answers.json`. */
export async function writeModels(folder) {
  const rt = await createRuntime({ variant: "strict", seed: 1 });
  const labels = { ...defaultClassifierSpec(), hidden: 64, embedding: 64 };
  const examples = [WORDS.join(" "), ...texts].map((text, i) =>
    classifierExample(text, i % 2 ? "good" : "bad", labels),
  );
  const letters = { ...defaultLanguageModelSpec(), hidden: 128, layers: 1 };
  const models = {
    mood: new Classifier(rt, labels, labelTables(examples, labels, { minCount: 1 })),
    writer: new LanguageModel(rt, letters, textVocabulary(LETTERS, letters)),
  };
  const onnx = {
    mood: exportOnnx(models.mood, { lengths: true }),
    writer: exportOnnx(models.writer, { states: true }),
  };
  for (const [name, model] of Object.entries(models)) {
    await writeFile(join(folder, `${name}.safetensors`), serializeModel(model));
    await writeFile(join(folder, `${name}.onnx`), onnx[name]);
  }
  const stream = models.writer.pack().stream();
  const next = pieces.map((piece) => {
    stream.feed(models.writer.vocabulary.encode(piece)[0]);
    return likeliest(models.writer.vocabulary.symbols, stream.logits());
  });
  const answers = {
    mood: models.mood.predict(texts).map(({ probabilities }) => probabilities),
    writer: next,
  };
  await writeFile(join(folder, "answers.json"), JSON.stringify(answers));
  rt.dispose();
}

/** Returns the most probable symbol with the logarithm of its probability. */
export function likeliest(symbols, logits) {
  const top = logits.indexOf(Math.max(...logits));
  const sum = logits.reduce((sum, logit) => sum + Math.exp(logit - logits[top]), 0);
  return { symbol: symbols[top], logProbability: -Math.log(sum) };
}
