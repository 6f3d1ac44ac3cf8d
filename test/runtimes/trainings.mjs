// The trainings of every runtime: small networks, optimisers and schedules of all kinds. The data are whole numbers and their
// quotients, since a sine, for example, is not the same in every engine.

import * as u from "unrolled";

const words = ["la", "mi", "ro", "ne", "sk", "ald", "orn", "vik"];
const word = (i) => words[((i * 5) % 4) | (i % 2 ? 4 : 0)] + words[(i * 7) % 8];

/** The text of the language models, also in the worker. */
export const text = Array.from(
  { length: 60 },
  (_, i) => `${(i * 7) % 13} ${word(i)}, ${i % 5} ${word(i + 3)}\n`,
).join("");

/** Number of iterations of each training. */
export const iterations = 24;

/** A language model of each cell, also for the worker. */
export const languageModels = {
  lstm: {
    spec: { cell: "lstm", hidden: 20, layers: 2, dropout: 0.1 },
    recipe: { batch: 6, seq: 12, lr: 0.01, lrDecayAfter: 0 },
  },
  gru: {
    spec: {
      cell: "gru",
      hidden: 19,
      layers: 2,
      dropout: 0.2,
      embedding: 9,
      inputDropout: 0.1,
      norm: "layer",
    },
    recipe: {
      batch: 5,
      seq: 10,
      optimizer: "adam",
      schedule: "cosine",
      lrDecayOver: iterations,
      warmUp: 4,
      average: 0.9,
    },
  },
  rnn: {
    spec: { cell: "rnn", hidden: 17, layers: 1, lines: true },
    recipe: {
      batch: 7,
      optimizer: "adamw",
      schedule: "plateau",
      patience: 0,
      lrDecay: 0.5,
      clip: 1,
      clipBy: "norm",
    },
  },
};

function languageModel(rt, { spec, recipe }) {
  const vocabulary = u.Vocabulary.fromText(text);
  const model = new u.LanguageModel(rt, { ...u.defaultLanguageModelSpec(), ...spec }, vocabulary);
  return new u.LanguageModelTrainer(model, vocabulary.encode(text), { ...u.DEFAULT_RECIPE, ...recipe });
}

/** Asks a language model: for a text that it writes, and for its evaluation of a text. */
export function write(packed) {
  const drawn = [...packed.generate({ prompt: "3 ", length: 80, temperature: 0.8, seed: 5 })].join("");
  const { conditionals } = packed.score("4 lami, 2 skorn\n");
  return [drawn, conditionals];
}

/** Makes words with tags, which depend on the ending of the word. */
const tagged = Array.from({ length: 40 }, (_, i) => {
  const tokens = Array.from({ length: 2 + (i % 4) }, (_, t) => word(i * 3 + t));
  return { tokens, labels: tokens.map((token) => token.slice(-1)) };
});

const pairs = Array.from({ length: 48 }, (_, i) => [word(i), [...word(i)].reverse().join("")]);
const series = Array.from({ length: 240 }, (_, i) => ((i * 7919) % 101) / 101 + Math.abs((i % 24) - 12) / 3);

/** Draws each letter of a word in five steps, in a direction of its own. */
const strokes = Array.from({ length: 40 }, (_, i) => {
  const text = word(i * 3);
  const letter = (c) => [(c.charCodeAt(0) % 7) - 3, (c.charCodeAt(0) % 5) - 2];
  const vectors = [...text].flatMap((c, n) =>
    Array.from({ length: 5 }, (_, t) => letter(c).map((x) => x + ((i + n + t) % 3) / 4)),
  );
  return { vectors, text };
});

const parts = (examples) => ({ train: examples.slice(8), validation: examples.slice(0, 8) });

/** By name: makes a trainer, and asks its model. */
export const trainings = {
  ...Object.fromEntries(
    Object.entries(languageModels).map(([name, options]) => [
      name,
      {
        trainer: (rt) => languageModel(rt, options),
        ask: (model) => write(model.pack()),
      },
    ]),
  ),
  tagger: {
    trainer(rt) {
      const examples = parts(tagged);
      const spec = {
        ...u.defaultTaggerSpec(),
        hidden: 12,
        embedding: 8,
        characters: 6,
        characterHidden: 5,
        norm: "batch",
      };
      const model = new u.Tagger(rt, spec, u.labelTables(examples.train, spec));
      return new u.LabelTrainer(model, examples, { batch: 8, optimizer: "adagrad", lr: 0.05 });
    },
    ask: (model) => model.predict([["lami", "skorn", "vikne"]]),
  },
  classifier: {
    trainer(rt) {
      const examples = parts(tagged.map(({ tokens, labels }) => ({ tokens, labels: [labels[0]] })));
      const spec = {
        ...u.defaultClassifierSpec(),
        hidden: 10,
        embedding: 8,
        pooling: "mean",
        peepholes: true,
      };
      const model = new u.Classifier(rt, spec, u.labelTables(examples.train, spec));
      return new u.LabelTrainer(model, examples, { batch: 8, optimizer: "sgd", lr: 0.05 });
    },
    ask: (model) => model.predict(["lami skorn", "vikne"]),
  },
  "encoder-decoder": {
    trainer(rt) {
      const spec = { ...u.defaultEncoderDecoderSpec("char", "char"), hidden: 14, embedding: 8 };
      const examples = parts(pairs.map(([source, target]) => u.sequencePair(source, target, spec)));
      const model = new u.EncoderDecoder(rt, spec, u.EncoderDecoder.tablesOf(examples.train, spec));
      return new u.SequenceTrainer(model, examples, {
        batch: 8,
        lr: 0.01,
        teacherForcing: 0.5,
        teacherForcingOver: 20,
      });
    },
    ask: (model) => model.predict(["lami", "skorn"], { beam: 3, attention: true }),
  },
  generator: {
    trainer(rt) {
      const examples = pairs.map(([name], i) => ({
        condition: i % 2 ? "north" : "south",
        tokens: [...name],
      }));
      const conditions = u.Vocabulary.fromTokens(["north", "south"], { unknown: false });
      const spec = { ...u.defaultGeneratorSpec(), hidden: 12, embedding: 8 };
      const model = new u.ConditionalGenerator(rt, spec, {
        vocabulary: u.generatorVocabulary(examples),
        conditions,
      });
      return new u.GeneratorTrainer(model, parts(examples), { batch: 8, optimizer: "adadelta", lr: 1 });
    },
    ask: (model) => [...model.pack().generate({ condition: "north", length: 20, seed: 2 })],
  },
  encoder: {
    trainer(rt) {
      const spec = { ...u.defaultEmbedderSpec(), hidden: 12, embedding: 8, size: 8 };
      const examples = parts(tagged.map(({ tokens }) => [tokens.join(" "), tokens.slice(1).join(" ")]));
      const model = new u.SequenceEmbedder(rt, spec, {
        vocabulary: u.embedderVocabulary(examples.train, "word"),
      });
      return new u.EmbedderTrainer(model, examples, { batch: 8, lr: 0.005 });
    },
    ask: (model) => model.encode(["lami skorn", "vikne"]).map((vector) => [...vector]),
  },
  forecaster: {
    trainer(rt) {
      const { train, validation } = u.holdOutEnd(u.seriesOf({ level: series }));
      const spec = { ...u.defaultForecasterSpec(["level"]), horizon: 4, hidden: 12 };
      const model = new u.Forecaster(rt, spec, { scaling: u.scalingOf(spec, train) });
      return new u.ForecastTrainer(model, { train, validation }, { batch: 8, seq: 16 });
    },
    ask: (model) => model.forecast(series),
  },
  transcriber: {
    trainer(rt) {
      const examples = parts(strokes);
      const spec = { ...u.defaultTranscriberSpec(2), hidden: 10, layers: 1, cell: "gru", stack: 2 };
      const model = new u.Transcriber(rt, spec, u.transcriberTables(examples.train, spec));
      return new u.TranscriberTrainer(model, examples, { batch: 8, lr: 0.02 });
    },
    ask: (model) => {
      const sequences = strokes.slice(0, 3).map(({ vectors }) => vectors);
      return [model.predict(sequences), model.predict(sequences, { beam: 4 })];
    },
  },
};
