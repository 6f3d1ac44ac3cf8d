// The files of the examples' rows, made from examples/data or from what a program gives to its trainer. train.tsv and dev.tsv are for
// PyTorch; ours reads the same, or a format that it has for such data.

import { readFile } from "node:fs/promises";
import { partsOf } from "./captured.mjs";

const DATA = new URL("../../../examples/data/", import.meta.url);

async function linesOf(name) {
  const text = await readFile(new URL(name, DATA), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t"));
}
const text = (rows) => rows.map((row) => `${row.join("\t")}\n`).join("");
/** Words and marks between spaces, as both programs read them with --tokens spaces. */
const marked = (sentence) => sentence.match(/[\p{L}\p{N}'’-]+|[^\s\p{L}\p{N}]/gu).join(" ");
const words = (sentence) => marked(sentence.toLowerCase());
/** Holds out every n-th value of a key, with all rows that have it. */
function split(rows, n, keyOf = (row) => row) {
  const keys = new Map();
  for (const row of rows) keys.set(keyOf(row), keys.get(keyOf(row)) ?? keys.size);
  const isHeld = (row) => keys.get(keyOf(row)) % n === 0;
  return [rows.filter((row) => !isHeld(row)), rows.filter(isHeld)];
}
const files = ([train, dev]) => ({ "train.tsv": text(train), "dev.tsv": text(dev) });

export const vowels = async () => {
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
export const authors = async () => {
  const rows = (await linesOf("authors.tsv")).map(([sentence, author]) => [words(sentence), author]);
  return files([rows.slice(314), rows.slice(0, 314)]);
};
export const dna = async () => {
  const rows = (await linesOf("splice.tsv")).map(([letters, label]) => [letters.slice(15, 45), label]);
  return files([rows.slice(0, 1000), rows.slice(1000)]);
};
export const translation = async () => {
  const rows = (await linesOf("translations.tsv")).map(([french, english]) => [
    words(french),
    words(english),
  ]);
  return files(split(rows, 8, ([, english]) => english));
};
export const spelling = async () => files(split(await linesOf("misspellings.tsv"), 10));
export const autoencoder = async () => {
  const names = [...new Set((await linesOf("names.tsv")).map(([name]) => name))];
  const parts = split(names, 10);
  return {
    ...files(parts.map((part) => part.map((name) => [name, name]))),
    "train.txt": text(parts[0].map((name) => [name])),
    "dev.txt": text(parts[1].map((name) => [name])),
  };
};
export const questions = async () => {
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

export const typing = async () => {
  const [train, dev] = split(
    (await linesOf("reviews.tsv")).map(([review]) => [words(review)]),
    10,
  );
  return textLines([train, dev]);
};

/** Makes the files of a program's data: a line for PyTorch and, if given, a JSON object for ours from each example. */
const captured = (name, line, object) => async () => {
  const { train, validation } = await partsOf(name);
  const parts = [train, validation];
  const objects = object && parts.map((part) => text(part.map((row) => [JSON.stringify(object(row))])));
  return {
    ...files(parts.map((part) => part.map(line))),
    ...(objects && { "train.jsonl": objects[0], "dev.jsonl": objects[1] }),
  };
};
export const classifier = captured("classifier", ({ tokens, labels }) => [tokens.join(""), ...labels]);
export const vectors = captured(
  "vectors",
  ({ tokens, labels }) => [JSON.stringify(tokens), ...labels],
  ({ tokens, labels }) => ({ input: tokens, label: labels[0] }),
);
const tags = (name) =>
  captured(
    name,
    ({ tokens, labels }) => [tokens.join(" "), labels.join(" ")],
    (row) => row,
  );
export const tagger = tags("tagger");
export const grammar = tags("grammar");
export const encoderDecoder = captured("encoder-decoder", ({ source, target }) => [
  source.join(""),
  target.join(" "),
]);
export const video = captured(
  "video",
  ({ source, target }) => [JSON.stringify(source), target.join(" ")],
  ({ source, target }) => ({ vectors: source, target: target.join(" ") }),
);
export const generator = captured("generator", ({ condition, tokens }) => [condition, tokens.join("")]);
export const embedder = captured("embedder", (pair) => pair);

/** Makes CSV files of a program's series. */
const series = (name) => async () => {
  const csv = ({ columns, rows, values }) =>
    [
      columns,
      ...Array.from({ length: rows }, (_, i) => values.slice(i * columns.length, (i + 1) * columns.length)),
    ]
      .map((row) => `${row.join(",")}\n`)
      .join("");
  const { train, validation } = await partsOf(name);
  return { "train.csv": csv(train), "dev.csv": csv(validation) };
};
export const forecaster = series("forecaster");
export const sensor = series("sensor");
export const search = series("search");

/** Makes the files of lines: the first column is learnt. */
const textLines = ([train, dev]) => ({
  ...files([train, dev]),
  "train.txt": text(train.map(([line]) => [line])),
  "dev.txt": text(dev.map(([line]) => [line])),
});
export const languageModel = async () =>
  textLines(
    split(
      (await linesOf("spellings.tsv")).map(([word]) => [word]),
      10,
    ),
  );
export const wordLanguageModel = async () =>
  textLines(
    split(
      (await linesOf("reviews.tsv")).map(([review]) => [marked(review)]),
      10,
    ),
  );
export const agreement = async () => {
  const parts = split((await linesOf("agreement.tsv")).slice(1), 5);
  return { ...textLines(parts), "pairs.txt": text(parts[1].flat().map((line) => [line])) };
};
