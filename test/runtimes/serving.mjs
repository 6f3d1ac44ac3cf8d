// Models behind a handler. They have random weights, which are the same in every runtime.

import {
  Classifier,
  classifierExample,
  createRuntime,
  defaultClassifierSpec,
  defaultForecasterSpec,
  defaultLanguageModelSpec,
  Forecaster,
  LanguageModel,
  labelTables,
  loadModel,
  scalingOf,
  serializeModel,
  seriesOf,
  textVocabulary,
} from "unrolled";
import { createHandler } from "unrolled/handler";
import {
  createRuntime as createRunning,
  openModel,
  PackedClassifier,
  PackedLanguageModel,
} from "unrolled/run";

export const texts = [
  "the film was good",
  "a book",
  "not",
  "was the book not good",
  "film",
  "good",
  "a a a",
  "the",
];
export const rows = [
  [1, 2],
  [2, 1.5],
  [4, -3],
  [0, 0.25],
];
export const order = { prompt: "the ", length: 60, temperature: 0.8, seed: 3 };

/** Makes the models. */
async function makeModels() {
  const rt = await createRuntime({ variant: "strict", seed: 1 });
  const labels = { ...defaultClassifierSpec(), hidden: 12, embedding: 8 };
  const examples = texts.map((text, i) => classifierExample(text, i % 2 ? "good" : "bad", labels));
  const letters = { ...defaultLanguageModelSpec(), hidden: 16, layers: 2 };
  const numbers = { ...defaultForecasterSpec(["level", "flow"]), hidden: 8, horizon: 2 };
  const series = seriesOf({ level: rows.map(([level]) => level), flow: rows.map(([, flow]) => flow) });
  return {
    mood: new Classifier(rt, labels, labelTables(examples, labels, { minCount: 1 })),
    writer: new LanguageModel(rt, letters, textVocabulary(texts.join(" "), letters)),
    level: new Forecaster(rt, numbers, { scaling: scalingOf(numbers, series) }),
  };
}

/** What the models answer without a handler. */
export async function answersOf() {
  const { mood, writer, level } = await makeModels();
  const stream = level.pack().stream();
  return {
    moods: mood.predict(texts),
    text: [...writer.pack().generate(order)].join(""),
    forecasts: rows.map((row) => [...stream.push(row)]),
  };
}

/** Makes the handler, with models of both entries of the library. */
export function makeHandler() {
  return createHandler(openModels());
}

async function openModels() {
  const made = await makeModels();
  const files = Object.fromEntries(
    Object.entries(made).map(([name, model]) => [name, serializeModel(model)]),
  );
  const [rt, running] = await Promise.all([
    createRuntime({ variant: "strict" }),
    createRunning({ variant: "strict" }),
  ]);
  const models = {
    mood: loadModel(rt, files.mood, [Classifier]),
    quick: openModel(running, files.mood, [PackedClassifier]),
    writer: openModel(running, files.writer, [PackedLanguageModel]),
    level: loadModel(rt, files.level, [Forecaster]),
  };
  return Object.fromEntries(
    Object.entries(models).map(([name, model]) => [
      name,
      { model, file: files[name === "quick" ? "mood" : name] },
    ]),
  );
}
