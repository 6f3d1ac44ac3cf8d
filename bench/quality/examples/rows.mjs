// The rows of the examples: the default recipe on their data, and the same networks in PyTorch (main.py) for as many epochs.

import { fileURLToPath } from "node:url";
import * as data from "./data.mjs";

const SCRIPT = fileURLToPath(new URL("main.py", import.meta.url));
const SEEDS = [0, 1, 2];
/** Scores that are no shares. */
const AS_THEY_ARE = ["validation_nats", "mae", "rmse"];

/** Makes the flags of both programs from one list of sizes. */
const flags = (sizes) => Object.entries(sizes).flatMap(([name, value]) => [`--${name}`, String(value)]);

/** A row from what differs: `sizes` go to both programs, `ours` and `torch` to one of them. */
const row = (
  name,
  { variant, metric, better, files, ours, torch, sizes, score, seeds = SEEDS, extension = "tsv" },
) => ({
  name: `example ${name}`,
  variant,
  metric,
  better,
  seeds,
  files,
  train: (_, folder) => [
    ...["--data", `${folder}/train.${extension}`, "--validation", `${folder}/dev.${extension}`],
    ...[...ours, ...flags(sizes), "--early-stop", "0"],
  ],
  pytorch: {
    isTrained: true,
    script: (folder) => [SCRIPT, torch[0], folder, ...torch.slice(1), ...flags(sizes)],
  },
  score: (line) => (AS_THEY_ARE.includes(score) ? 1 : 100) * line[score],
});

/** A row of forecasts: 500 iterations. */
const forecasts = (name, { sizes, score, ...rest }) =>
  row(name, {
    metric: score.toUpperCase(),
    better: -1,
    extension: "csv",
    torch: ["series", "--score", score],
    ...rest,
    ours: ["--task", "forecaster"],
    sizes: { ...sizes, seq: 64, batch: 32, iters: 500 },
    score,
  });

/** @returns {import("../rows.mjs").Row[]} */
export const exampleRows = () => [
  row("vowels", {
    variant: "LSTM, vectors",
    metric: "accuracy",
    better: 1,
    files: data.vowels,
    extension: "jsonl",
    ours: ["--task", "classifier"],
    torch: ["labels", "--features", "12"],
    sizes: { hidden: 32, dropout: 0.5, "input-dropout": 0, pooling: "mean+max", epochs: 20 },
    score: "accuracy",
  }),
  row("authors", {
    variant: "LSTM, words",
    metric: "accuracy",
    better: 1,
    files: data.authors,
    ours: ["--task", "classifier", "--level", "word", "--tokens", "spaces"],
    torch: ["labels", "--least", "2"],
    sizes: { hidden: 48, embedding: 64, dropout: 0.5, "input-dropout": 0.5, epochs: 12 },
    score: "accuracy",
  }),
  row("dna", {
    variant: "LSTM, one-hot letters",
    metric: "accuracy",
    better: 1,
    files: data.dna,
    ours: ["--task", "classifier", "--level", "char"],
    torch: ["labels", "--level", "char"],
    sizes: { hidden: 32, embedding: 0, dropout: 0.3, "input-dropout": 0, pooling: "last", epochs: 40 },
    score: "accuracy",
  }),
  row("translation", {
    variant: "GRU, dot attention, greedy",
    metric: "word error rate",
    better: -1,
    files: data.translation,
    ours: [
      "--task",
      "encoder-decoder",
      "--source-level",
      "word",
      "--target-level",
      "word",
      "--tokens",
      "spaces",
    ],
    torch: ["sequences"],
    sizes: { hidden: 128, embedding: 64, dropout: 0.1, "input-dropout": 0.1, batch: 64, epochs: 25 },
    score: "token_error_rate",
  }),
  row("spelling", {
    variant: "GRU, dot attention, greedy",
    metric: "character error rate",
    better: -1,
    files: data.spelling,
    ours: ["--task", "encoder-decoder", "--source-level", "char", "--target-level", "char"],
    torch: ["sequences", "--level", "char"],
    sizes: { hidden: 96, embedding: 32, dropout: 0.1, "input-dropout": 0.1, batch: 64, epochs: 10 },
    score: "token_error_rate",
  }),
  row("autoencoder", {
    variant: "GRU, no attention, greedy",
    metric: "character error rate",
    better: -1,
    files: data.autoencoder,
    extension: "txt",
    ours: ["--task", "autoencoder", "--level", "char"],
    torch: ["sequences", "--level", "char", "--attention", "none"],
    sizes: { hidden: 96, embedding: 32, dropout: 0, "input-dropout": 0, batch: 64, epochs: 15 },
    score: "token_error_rate",
  }),
  row("questions", {
    variant: "LSTM, letters",
    metric: "accuracy at 1",
    better: 1,
    files: data.questions,
    ours: ["--task", "embedder", "--level", "char"],
    torch: ["pairs", "--level", "char"],
    sizes: { hidden: 64, size: 64, embedding: 32, dropout: 0.2, "input-dropout": 0.2, batch: 64, epochs: 20 },
    score: "accuracy_at_1",
  }),
  row("typing", {
    variant: "LSTM, words, tied output",
    metric: "nats per word",
    better: -1,
    files: data.typing,
    extension: "txt",
    ours: ["--level", "word", "--lines", "--tokens", "spaces", "--min-count", "2"],
    torch: ["lines", "--least", "2"],
    sizes: { hidden: 96, embedding: 96, dropout: 0.4, "input-dropout": 0.4, batch: 20, epochs: 6 },
    score: "validation_nats",
  }),
  row("classifier", {
    variant: "LSTM, letters",
    metric: "accuracy",
    better: 1,
    files: data.classifier,
    ours: ["--task", "classifier", "--level", "char"],
    torch: ["labels", "--level", "char"],
    seeds: [0, 1, 2, 3, 4, 5],
    sizes: { hidden: 48, embedding: 32, dropout: 0.3, "input-dropout": 0, pooling: "last", epochs: 18 },
    score: "accuracy",
  }),
  row("vectors", {
    variant: "LSTM, vectors",
    metric: "accuracy",
    better: 1,
    files: data.vectors,
    extension: "jsonl",
    ours: ["--task", "classifier"],
    torch: ["labels", "--features", "3"],
    sizes: { hidden: 24, dropout: 0.2, "input-dropout": 0, pooling: "mean+max", epochs: 60 },
    score: "accuracy",
  }),
  row("tagger", {
    variant: "LSTM, words and characters",
    metric: "accuracy",
    better: 1,
    files: data.tagger,
    extension: "jsonl",
    ours: ["--task", "tagger"],
    torch: ["labels", "--pooling", "none", "--least", "2"],
    sizes: {
      ...{ hidden: 24, embedding: 24, characters: 12, "character-hidden": 12 },
      ...{ dropout: 0.3, "input-dropout": 0.3, epochs: 7 },
    },
    score: "accuracy",
  }),
  row("grammar", {
    variant: "LSTM, words",
    metric: "macro F1",
    better: 1,
    files: data.grammar,
    extension: "jsonl",
    ours: ["--task", "tagger"],
    torch: ["labels", "--pooling", "none", "--least", "2", "--score", "f1"],
    sizes: { hidden: 64, embedding: 64, characters: 0, dropout: 0.3, "input-dropout": 0.3, epochs: 8 },
    score: "f1",
  }),
  row("encoder-decoder", {
    variant: "GRU, dot attention, greedy",
    metric: "phoneme error rate",
    better: -1,
    files: data.encoderDecoder,
    ours: ["--task", "encoder-decoder", "--source-level", "char", "--target-level", "word"],
    torch: ["sequences", "--level", "char", "--target-level", "word"],
    sizes: { hidden: 64, embedding: 32, dropout: 0, "input-dropout": 0, batch: 64, epochs: 10 },
    score: "token_error_rate",
  }),
  row("video", {
    variant: "GRU, vectors, dot attention, greedy",
    metric: "exact",
    better: 1,
    files: data.video,
    extension: "jsonl",
    ours: ["--task", "encoder-decoder", "--target-level", "word"],
    torch: ["sequences", "--features", "64", "--score", "exact"],
    sizes: { hidden: 48, embedding: 16, dropout: 0.2, "input-dropout": 0, batch: 32, epochs: 20 },
    score: "exact",
  }),
  row("embedder", {
    variant: "LSTM, letters",
    metric: "accuracy at 1",
    better: 1,
    files: data.embedder,
    ours: ["--task", "embedder", "--level", "char"],
    torch: ["pairs", "--level", "char"],
    sizes: { hidden: 48, size: 48, embedding: 32, dropout: 0.2, "input-dropout": 0.2, batch: 64, epochs: 3 },
    score: "accuracy_at_1",
  }),
  row("generator", {
    variant: "LSTM, letters",
    metric: "nats per letter",
    better: -1,
    files: data.generator,
    ours: ["--task", "generator", "--level", "char"],
    torch: ["generator", "--level", "char"],
    sizes: { hidden: 64, embedding: 32, dropout: 0.1, "input-dropout": 0, batch: 64, epochs: 23 },
    score: "validation_nats",
  }),
  row("language-model", {
    variant: "LSTM, one-hot letters",
    metric: "nats per letter",
    better: -1,
    files: data.languageModel,
    extension: "txt",
    ours: ["--lines", "--layers", "1"],
    torch: ["lines", "--level", "char"],
    sizes: { hidden: 96, embedding: 0, dropout: 0, "input-dropout": 0, batch: 64, epochs: 14 },
    score: "validation_nats",
  }),
  row("word-language-model", {
    variant: "LSTM, words, tied output",
    metric: "nats per word",
    better: -1,
    files: data.wordLanguageModel,
    extension: "txt",
    ours: ["--level", "word", "--lines", "--tokens", "spaces", "--min-count", "1"],
    torch: ["lines"],
    sizes: {
      ...{ hidden: 64, embedding: 64, vocabulary: 1200 },
      ...{ dropout: 0.4, "input-dropout": 0.2, batch: 20, epochs: 4 },
    },
    score: "validation_nats",
  }),
  {
    ...row("agreement", {
      variant: "LSTM, words, tied output",
      metric: "pairs that are right",
      better: 1,
      files: data.agreement,
      extension: "txt",
      ours: ["--level", "word", "--lines", "--tokens", "spaces", "--min-count", "1"],
      torch: ["lines", "--score", "pairs"],
      sizes: { hidden: 64, embedding: 64, dropout: 0.4, "input-dropout": 0.2, batch: 32, epochs: 60 },
    }),
    command: "score",
    use: (folder) => ["--data", `${folder}/pairs.txt`],
    /** The right sentence and the wrong one in turn. */
    score: (_, texts) => {
      const nats = texts.map(({ log_probability }) => log_probability);
      const right = nats.filter((p, i) => i % 2 === 0 && p > nats[i + 1]);
      return (100 * right.length) / (nats.length / 2);
    },
  },
  forecasts("forecaster", {
    files: data.forecaster,
    variant: "LSTM, 7 days ahead",
    sizes: { hidden: 32, horizon: 7 },
    score: "mae",
  }),
  forecasts("sensor", {
    files: data.sensor,
    variant: "LSTM, three columns, an hour ahead",
    sizes: { hidden: 32, target: "vibration" },
    score: "rmse",
  }),
  forecasts("search", {
    files: data.search,
    variant: "RNN that the search found, a day ahead",
    sizes: { hidden: 13, cell: "rnn" },
    score: "mae",
  }),
];
