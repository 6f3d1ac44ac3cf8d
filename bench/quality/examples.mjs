// The rows of the examples: the default recipe on their data, and the same networks in PyTorch (examples.py) for as many epochs.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("examples.py", import.meta.url));
const DATA = new URL("../../examples/data/", import.meta.url);
const SEEDS = [0, 1, 2];

async function linesOf(name) {
  const text = await readFile(new URL(name, DATA), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t"));
}
const text = (rows) => rows.map((row) => `${row.join("\t")}\n`).join("");
/** Words and marks between spaces, as both programs read them with --tokens spaces. */
const words = (sentence) =>
  sentence
    .toLowerCase()
    .match(/[\p{L}\p{N}'’-]+|[^\s\p{L}\p{N}]/gu)
    .join(" ");
/** Holds out every n-th value of a key, with all rows that have it. */
function split(rows, n, keyOf = (row) => row) {
  const keys = new Map();
  for (const row of rows) keys.set(keyOf(row), keys.get(keyOf(row)) ?? keys.size);
  const isHeld = (row) => keys.get(keyOf(row)) % n === 0;
  return [rows.filter((row) => !isHeld(row)), rows.filter(isHeld)];
}
const files = ([train, dev]) => ({ "train.tsv": text(train), "dev.tsv": text(dev) });

const vowels = async () => {
  const parts = split(
    (await linesOf("vowels.jsonl")).map(([line]) => JSON.parse(line)),
    5,
  );
  const rows = (part) => part.map(({ input, label }) => [JSON.stringify(input), label]);
  const objects = (part) => part.map((row) => [JSON.stringify(row)]);
  return {
    ...files(parts.map(rows)),
    "train.jsonl": text(objects(parts[0])),
    "dev.jsonl": text(objects(parts[1])),
  };
};
const authors = async () => {
  const rows = (await linesOf("authors.tsv")).map(([sentence, author]) => [words(sentence), author]);
  return files([rows.slice(314), rows.slice(0, 314)]);
};
const dna = async () => {
  const rows = (await linesOf("splice.tsv")).map(([letters, label]) => [letters.slice(15, 45), label]);
  return files([rows.slice(0, 1000), rows.slice(1000)]);
};
const translation = async () => {
  const rows = (await linesOf("translations.tsv")).map(([french, english]) => [
    words(french),
    words(english),
  ]);
  return files(split(rows, 8, ([, english]) => english));
};
const spelling = async () => files(split(await linesOf("misspellings.tsv"), 10));
const autoencoder = async () => {
  const names = [...new Set((await linesOf("names.tsv")).map(([name]) => name))];
  const parts = split(names, 10);
  return {
    ...files(parts.map((part) => part.map((name) => [name, name]))),
    "train.txt": text(parts[0].map((name) => [name])),
    "dev.txt": text(parts[1].map((name) => [name])),
  };
};
const questions = async () => {
  const [known, held] = split(await linesOf("questions.tsv"), 3, ([, english]) => english);
  const pairs = known.flatMap(([a, english], i) =>
    known
      .slice(0, i)
      .filter((row) => row[1] === english)
      .map(([b]) => [a, b]),
  );
  const tested = held.flatMap((row, i) =>
    held[i - 1]?.[1] === row[1] ? [[held[i - 1][0], row[0], row[1]]] : [],
  );
  const once = tested.filter((row, i) => tested.findIndex((other) => other[2] === row[2]) === i);
  return files([pairs, once.map(([a, b]) => [a, b])]);
};

const typing = async () => {
  const [train, dev] = split(
    (await linesOf("reviews.tsv")).map(([review]) => [words(review)]),
    10,
  );
  return { ...files([train, dev]), "train.txt": text(train), "dev.txt": text(dev) };
};

/** Makes the flags of both programs from one list of sizes. */
const flags = (sizes) => Object.entries(sizes).flatMap(([name, value]) => [`--${name}`, String(value)]);

/** A row from what differs: `sizes` go to both programs, `ours` and `torch` to one of them. */
const row = (name, { variant, metric, better, files, ours, torch, sizes, score, extension = "tsv" }) => ({
  name: `example ${name}`,
  variant,
  metric,
  better,
  seeds: SEEDS,
  files,
  train: (_, folder) => [
    ...["--data", `${folder}/train.${extension}`, "--validation", `${folder}/dev.${extension}`],
    ...[...ours, ...flags(sizes), "--early-stop", "0"],
  ],
  pytorch: {
    isTrained: true,
    script: (folder) => [SCRIPT, torch[0], folder, ...torch.slice(1), ...flags(sizes)],
  },
  score: (line) => (score === "validation_nats" ? 1 : 100) * line[score],
});

/** @returns {import("./rows.mjs").Row[]} */
export const exampleRows = () => [
  row("vowels", {
    variant: "LSTM, vectors",
    metric: "accuracy",
    better: 1,
    files: vowels,
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
    files: authors,
    ours: ["--task", "classifier", "--level", "word", "--tokens", "spaces"],
    torch: ["labels", "--least", "2"],
    sizes: { hidden: 48, embedding: 64, dropout: 0.5, "input-dropout": 0.5, epochs: 12 },
    score: "accuracy",
  }),
  row("dna", {
    variant: "LSTM, one-hot letters",
    metric: "accuracy",
    better: 1,
    files: dna,
    ours: ["--task", "classifier", "--level", "char"],
    torch: ["labels", "--level", "char"],
    sizes: { hidden: 32, embedding: 0, dropout: 0.3, "input-dropout": 0, pooling: "last", epochs: 40 },
    score: "accuracy",
  }),
  row("translation", {
    variant: "GRU, dot attention, greedy",
    metric: "word error rate",
    better: -1,
    files: translation,
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
    files: spelling,
    ours: ["--task", "encoder-decoder", "--source-level", "char", "--target-level", "char"],
    torch: ["sequences", "--level", "char"],
    sizes: { hidden: 96, embedding: 32, dropout: 0.1, "input-dropout": 0.1, batch: 64, epochs: 10 },
    score: "token_error_rate",
  }),
  row("autoencoder", {
    variant: "GRU, no attention, greedy",
    metric: "character error rate",
    better: -1,
    files: autoencoder,
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
    files: questions,
    ours: ["--task", "embedder", "--level", "char"],
    torch: ["pairs", "--level", "char"],
    sizes: { hidden: 64, size: 64, embedding: 32, dropout: 0.2, "input-dropout": 0.2, batch: 64, epochs: 20 },
    score: "accuracy_at_1",
  }),
  row("typing", {
    variant: "LSTM, words, tied output",
    metric: "nats per word",
    better: -1,
    files: typing,
    extension: "txt",
    ours: ["--level", "word", "--lines", "--tokens", "spaces", "--min-count", "2"],
    torch: ["lines", "--least", "2"],
    sizes: { hidden: 96, embedding: 96, dropout: 0.4, "input-dropout": 0.4, batch: 20, epochs: 6 },
    score: "validation_nats",
  }),
];
