import { expect, it } from "vitest";
import { PAIRS } from "../models/embedder/embedders.ts";
import { jsonLines, newFolder } from "./cli.ts";
import { describeTask, MODEL } from "./describe-task.ts";

const FILES = {
  "pairs.tsv": PAIRS.map(([text, partner]) => `${text}\t${partner}\tby hand\n`).join(""),
  "texts.txt": PAIRS.map(([text]) => `${text}\n`).join(""),
  "answers.tsv": "The cat eats mice.\tYes.\nThe dog sees birds.\tNo.\n",
  "answers.csv": 'id,text\n1,"The cat eats mice."\n2,"No, never."\n',
  "hollow.tsv": "a\tb\n\tc\n",
  "one.tsv": "a\tb\n",
  "few.tsv": "a\tb\nc\td\ne\tf\ng\th\n",
  "blank.tsv": " \n",
  "empty.tsv": "",
  "latin1.tsv": Buffer.from("caf\xe9\tcoffee\n", "latin1"),
};
const TRAIN = [
  ...["train", "--task", "embedder", "--variant", "strict", "--hidden", "8", "--embedding", "8"],
  ...["--size", "8", "--dropout", "0", "--input-dropout", "0", "--lr", "0.02", "--batch", "16"],
];
const RATES = { accuracy_at_1: expect.any(Number), mean_reciprocal_rank: expect.any(Number) };
const TEXT = "The cat eats mice.";

describeTask("an embedder", {
  files: FILES,
  train: TRAIN,
  trains: [
    ["--data", "pairs.tsv", "--validation", "pairs.tsv"],
    (run) => expect(run.at(-1)).toMatchObject({ done: true, ...RATES, model: MODEL }),
  ],
  prints: {
    "eval: how often the partner is first": [
      ["eval", MODEL, "--data", "pairs.tsv"],
      ({ json, text }) => {
        expect(json).toEqual([{ ...RATES, nats: expect.any(Number), pairs: PAIRS.length }]);
        expect(json[0]!.accuracy_at_1).toBeGreaterThan(0.8);
        expect(text).toMatch(/^48 pairs: accuracy at 1 \d+\.\d%, mean reciprocal rank \d\.\d+, .* nats\n\{/);
      },
    ],
    "predict: the vector of a text": [
      ["predict", MODEL, TEXT],
      ({ json, text }) => {
        expect(json).toEqual([{ text: TEXT, vector: expect.any(Array) }]);
        expect(json[0]!.vector).toHaveLength(8);
        expect(JSON.parse(text.trimEnd().split("\t")[0]!)).toEqual(json[0]!.vector);
      },
    ],
    "predict --among pairs: the nearest, with its partner": [
      ["predict", MODEL, TEXT, "--among", "answers.tsv", "--top", "1"],
      ({ json }) => {
        const nearest = { text: TEXT, partner: "Yes.", similarity: expect.closeTo(1, 5) };
        expect(json).toEqual([{ text: TEXT, nearest: [nearest] }]);
      },
    ],
    "predict --among a table of texts: its header and quotes are not texts": [
      ["predict", MODEL, TEXT, "--among", "answers.csv", "--top", "3"],
      ({ json }) => {
        expect(json[0]!.nearest).toHaveLength(2);
        expect(json[0]!.nearest).toContainEqual({ text: TEXT, similarity: expect.closeTo(1, 5) });
      },
    ],
    "predict --data --among texts: the nearest of each line": [
      ["predict", MODEL, "--data", "answers.tsv", "--among", "texts.txt", "--top", "2"],
      ({ text }) =>
        expect(text).toMatch(
          /^The cat eats mice\.\n {2}1\.000\tThe cat eats mice\.\n {2}.*\nThe dog sees birds\.\n {2}1\.000\tThe dog/,
        ),
    ],
    "info: the spec": [
      ["info", MODEL],
      ({ json }) => expect(json[0]).toMatchObject({ spec: { task: "embedder", size: 8 } }),
    ],
  },
  // Reads characters, from texts that are pairs with themselves.
  resumes: {
    data: ["--data", "texts.txt"],
    options: ["--level", "char", "--dropout", "0.2"],
    again: ["--validate-every", "4"],
    after: 8,
    iterations: 12,
  },
  refuses: [
    ["empty.tsv is empty", ["predict", MODEL, "a", "--among", "empty.tsv"]],
    ["cannot read none.txt", ["predict", MODEL, "a", "--among", "none.txt"]],
    ["expected a whole number from 1 on", ["predict", MODEL, "a", "--among", "texts.txt", "--top", "0"]],
    ["hollow.tsv, line 2: the text is empty", ["eval", MODEL, "--data", "hollow.tsv"]],
    ["one.tsv: evaluation: 1 pair, expected at least 2", ["eval", MODEL, "--data", "one.tsv"]],
    ["expected language-model or generator", ["sample", MODEL]],
  ],
  refusesToTrain: [
    ["an empty text", ["--data", "hollow.tsv"], "hollow.tsv, line 2: the text is empty"],
    ["nothing but blank lines", ["--data", "blank.tsv"], "blank.tsv has no examples"],
    ["an empty file", ["--data", "empty.tsv"], "empty.tsv is empty"],
    ["another encoding", ["--data", "latin1.tsv"], "not a text in UTF-8"],
    ["a single pair", ["--data", "one.tsv"], "one.tsv: 1 example, expected at least 4: 2 to train on"],
    ["one pair to validate", ["--data", "pairs.tsv", "--validation", "one.tsv"], "validation: 1 pair"],
    ["a batch of one", ["--data", "pairs.tsv", "--batch", "1"], "batch is 1"],
    [
      "an option of another task",
      ["--data", "pairs.tsv", "--tag-column", "3"],
      "--tag-column goes with task",
    ],
  ],
});

it.concurrent("an embedder holds out at least two pairs, as one alone cannot be told from others", async () => {
  const run = await jsonLines(newFolder(FILES), ...TRAIN, "--data", "few.tsv", "--iters", "2");
  expect(run.at(-1)).toMatchObject({ done: true, model: MODEL });
});
