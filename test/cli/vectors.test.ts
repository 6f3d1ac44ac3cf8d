import { expect, it } from "vitest";
import { NAMES, REVIEWS } from "../models/labels/labels.ts";
import { SIGNS, TONES } from "../models/labels/vectors.ts";
import { expectRefused, jsonLines, newFolder } from "./cli.ts";
import { describeTask, MODEL } from "./describe-task.ts";

const json = (lines: readonly object[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join("");
const FILES = {
  "tones.jsonl": json(TONES.map(({ tokens, labels }) => ({ input: tokens, label: labels[0] }))),
  "new.jsonl": json([{ input: TONES[0]!.tokens }, { input: TONES[1]!.tokens }]),
  "signs.ndjson": json(SIGNS.map(({ tokens, labels }) => ({ input: tokens, labels }))),
  "names.json": json(NAMES.map(({ tokens, labels }) => ({ tokens, labels }))),
  "reviews.jsonl": json(REVIEWS.map(({ tokens, labels }) => ({ text: tokens.join(" "), label: labels[0] }))),
  "reviews.tsv": "so good\tpos\nso bad\tneg\n",
  "wide.jsonl": json([{ input: [[1, 2, 3]], label: "fast" }]),
  "ragged.jsonl": `${json([{ input: [[1, 2]], label: "fast" }])}{"input": [[1, 2], [3]], "label": "slow"}\n`,
  "nan.jsonl": '{"input": [[1, NaN]], "label": "fast"}\n',
  "empty.jsonl": "",
  "latin1.jsonl": Buffer.from('{"text": "caf\xe9", "label": "x"}\n', "latin1"),
};
const SMALL = ["--variant", "strict", "--hidden", "6", "--dropout", "0", "--lr", "0.02", "--batch", "8"];
const CLASSIFIER = ["train", "--task", "classifier", ...SMALL];
const TAGGER = ["train", "--task", "tagger", ...SMALL];
const TONES_DATA = ["--data", "tones.jsonl"];
const NO_TEXTS = "predict: the model reads vectors, not texts; give a file with --data";
const WIDE =
  "wide.jsonl, line 1: sequences consist of vectors of 3 numbers, but the model reads vectors of 2";

describeTask("a classifier of vectors in JSON lines", {
  files: FILES,
  train: CLASSIFIER,
  trains: [TONES_DATA, (run) => expect(run.at(-1)).toMatchObject({ done: true, accuracy: 1 })],
  prints: {
    "eval: the scores": [
      ["eval", MODEL, ...TONES_DATA],
      ({ json }) => expect(json[0]).toMatchObject({ accuracy: 1, labels: TONES.length }),
    ],
    "predict: the label of each example": [
      ["predict", MODEL, "--data", "new.jsonl"],
      ({ json, text }) => {
        expect(json.map(({ example, label }) => [example, label])).toEqual([
          [1, "slow"],
          [2, "fast"],
        ]);
        expect(text).toMatch(/^slow\t\d+\.\d%\texample 1\nfast\t\d+\.\d%\texample 2\n$/);
      },
    ],
    "info: the width and the scaling": [
      ["info", MODEL],
      ({ json }) =>
        expect(json[0]).toMatchObject({
          spec: { features: 2, pooling: "mean+max" },
          scaling: { mean: expect.any(Array), deviation: expect.any(Array) },
        }),
    ],
  },
  refuses: [
    [WIDE, ["eval", MODEL, "--data", "wide.jsonl"]],
    [
      "reviews.tsv: sequences consist of tokens, but the model reads vectors of 2 numbers",
      ["eval", MODEL, "--data", "reviews.tsv"],
    ],
    ["ragged.jsonl, line 2: step 2 has 1 number, expected 2", ["eval", MODEL, "--data", "ragged.jsonl"]],
    [
      "wide.jsonl, line 1: sequences consist of vectors of 3 numbers, but the model reads vectors of 2",
      ["predict", MODEL, "--data", "wide.jsonl"],
    ],
    [
      "reviews.jsonl, line 1: sequences consist of tokens, but the model reads vectors of 2 numbers",
      ["predict", MODEL, "--data", "reviews.jsonl"],
    ],
    [
      "reviews.tsv: sequences consist of tokens, but the model reads vectors of 2 numbers",
      ["predict", MODEL, "--data", "reviews.tsv"],
    ],
    [NO_TEXTS, ["predict", MODEL, "a text"]],
  ],
  refusesToTrain: [
    ["ragged vectors", ["--data", "ragged.jsonl"], "ragged.jsonl, line 2: step 2 has 1"],
    ["NaN", ["--data", "nan.jsonl"], "nan.jsonl, line 1: not JSON"],
    ["text as JSON", ["--data", "reviews.tsv", "--format", "jsonl"], "line 1: not JSON"],
    ["JSON as text", [...TONES_DATA, "--format", "text"], "line 1: no tab"],
    ["an empty file", ["--data", "empty.jsonl"], "empty.jsonl is empty"],
    ["another encoding", ["--data", "latin1.jsonl"], "not a text in UTF-8"],
    ["vectors of another width to validate", [...TONES_DATA, "--validation", "wide.jsonl"], WIDE],
    [
      "a level",
      [...TONES_DATA, "--level", "word"],
      "level is word, but features is 2: vectors have no tokens",
    ],
    ["an embedding of vectors", [...TONES_DATA, "--embedding", "4"], "embedding is 4, but features is 2"],
  ],
});

const SIGNS_DATA = ["--data", "signs.ndjson"];

describeTask("a tagger of vectors in JSON lines", {
  files: FILES,
  train: TAGGER,
  trains: [[...SIGNS_DATA, "--iters", "20"], (run) => expect(run.at(-1)).toMatchObject({ done: true })],
  prints: {
    "predict: the tags of each example": [
      ["predict", MODEL, ...SIGNS_DATA],
      ({ json, text }) => {
        expect(json[0]).toEqual({ example: 1, tags: expect.any(Array) });
        expect(json).toHaveLength(SIGNS.length);
        expect(text).toMatch(/^1\t(up|down)\n2\t(up|down)\n/);
      },
    ],
  },
  refuses: [
    ["wide.jsonl, line 1: sequences consist of vectors of 3", ["predict", MODEL, "--data", "wide.jsonl"]],
    ["reviews.tsv: sequences consist of tokens", ["predict", MODEL, "--data", "reviews.tsv"]],
    [NO_TEXTS, ["predict", MODEL, "a text"]],
  ],
  resumes: { data: SIGNS_DATA, after: 12, iterations: 20 },
  refusesToTrain: [["no labels of steps", TONES_DATA, "line 1: no field labels, tags or ner_tags"]],
});

it.concurrent("a tagger reads tokens in JSON lines with --format jsonl", async () => {
  const folder = newFolder(FILES);
  const data = ["--data", "names.json", "--format", "jsonl"];
  await jsonLines(folder, ...TAGGER, ...data, "--embedding", "6", "--iters", "60");
  const [score] = await jsonLines(folder, "eval", MODEL, ...data);
  expect(score!.accuracy).toBeGreaterThan(0.9);
  const tagged = await jsonLines(folder, "predict", MODEL, ...data);
  expect(tagged[0]).toEqual({ tokens: NAMES[0]!.tokens, tags: expect.any(Array) });
});

it.concurrent("a classifier reads texts in JSON lines", async () => {
  const folder = newFolder(FILES);
  const data = ["--data", "reviews.jsonl"];
  await jsonLines(folder, ...CLASSIFIER, ...data, "--embedding", "6", "--iters", "60");
  const labelled = await jsonLines(folder, "predict", MODEL, ...data);
  expect(labelled[0]).toMatchObject({ text: REVIEWS[0]!.tokens.join(" "), label: expect.any(String) });
});

it.concurrent("--format is refused for a language model", async () => {
  const train = ["train", "--data", "text.txt", "--format", "jsonl", "--json"];
  await expectRefused(newFolder(), train, "--format goes with task classifier or tagger");
});
