import { expect, it } from "vitest";
import type { Labelled } from "../../src/data/labelled.ts";
import { NAMES, REVIEWS } from "../models/labels/labels.ts";
import { expectRefused, jsonLines, newFolder, unrolled } from "./cli.ts";
import { describeTask, MODEL } from "./describe-task.ts";

const lines = (examples: readonly Labelled[]) =>
  examples.map(({ tokens, labels }) => `${tokens.join(" ")}\t${labels[0]}\n`).join("");
const turned = (examples: readonly Labelled[]) =>
  examples.map(({ tokens, labels }) => `${labels[0]}\t${tokens.join(" ")}\n`).join("");
const columns = (examples: readonly Labelled[], column = "") =>
  examples
    .map(({ tokens, labels }) => tokens.map((token, t) => `${token}${column}\t${labels[t]}\n`).join(""))
    .join("\n");

const FILES = {
  "reviews.tsv": lines(REVIEWS),
  "held.tsv": lines(REVIEWS.slice(0, 20)),
  "turned.tsv": turned(REVIEWS),
  "names.conll": columns(NAMES),
  "three.conll": columns(NAMES, "\tx"),
  "strange.tsv": `${lines(REVIEWS.slice(0, 9))}no idea\tnone\x1b[2J\x9b\n`,
  "ragged.tsv": "good\t1\nbad\n",
  "ragged.conll": "a\tX\n\nb\n",
  "blank.tsv": "\n \n\n",
  "empty.tsv": "",
  "one.tsv": "good\t1\n",
  "same.tsv": "good\t1\nbad\t1\nnot bad\t1\n",
  "same.jsonl": '{"text":"good","label":1}\n{"text":"bad","label":1}\n',
  "same.conll": "Ann\tNN\tO\nmet\tVB\tO\n\nBob\tNN\tO\n",
  "one.conll": "Ann\tX\nmet\tO\nBob\tX\n",
  "one.jsonl": `${JSON.stringify({ tokens: ["Ann"], labels: ["X"] })}\n`,
  "texts.txt": "the film was good\n\nthe film was bad\n",
  "latin1.tsv": new Uint8Array([...new TextEncoder().encode("good\t1\n"), 0xe9, 0x09, 0x31, 0x0a]),
  "words.txt": "we\nsaw\nBob\n\nAnn\nLee\n",
};

const SMALL = [
  ...["--variant", "strict", "--hidden", "8", "--embedding", "6", "--batch", "8", "--lr", "0.02"],
  ...["--dropout", "0", "--input-dropout", "0", "--word-dropout", "0", "--average", "0"],
];
const CLASSIFIER = ["train", "--task", "classifier", ...SMALL];
const TAGGER = ["train", "--task", "tagger", ...SMALL];
const REVIEW_DATA = ["--data", "reviews.tsv"];

describeTask("a classifier", {
  files: FILES,
  train: CLASSIFIER,
  trains: [
    [...REVIEW_DATA, "--validation", "held.tsv"],
    (run) => {
      expect(run[0]).toEqual({ iter: 1, loss: expect.any(Number), tokens_per_second: expect.any(Number) });
      const end = { done: true, accuracy: 1, f1: 1, test_nats: null, model: MODEL };
      expect(run.at(-1)).toMatchObject(end);
    },
  ],
  prints: {
    "eval --json: the scores": [
      ["eval", MODEL, ...REVIEW_DATA],
      ({ json }) =>
        expect(json).toEqual([{ accuracy: 1, f1: 1, nats: expect.any(Number), labels: REVIEWS.length }]),
    ],
    "eval: a table of labels, and those that the model never saw": [
      ["eval", MODEL, "--data", "strange.tsv"],
      ({ text, notes }) => {
        expect(text).toMatch(/label +precision +recall +F1 +count\n/);
        expect(text).toContain("10 labels: accuracy 90.0%");
        expect(notes).toContain("never saw, counted as missed: none\\u001b[2J\\u009b\n");
        expect(text).toMatch(/^none\\u001b\[2J\\u009b +0\.0%/m);
      },
    ],
    "predict: the labels of texts": [
      ["predict", MODEL, "the film was not bad", "the meal was not good"],
      ({ json }) => {
        expect(json.map(({ text, label }) => [text, label])).toEqual([
          ["the film was not bad", "pos"],
          ["the meal was not good", "neg"],
        ]);
        const probabilities = { pos: expect.any(Number) };
        expect(json[0]).toMatchObject({ probability: expect.any(Number), probabilities });
      },
    ],
    "predict --data: the labels of a file of texts": [
      ["predict", MODEL, "--data", "texts.txt"],
      ({ json }) => {
        expect(json[0]).toMatchObject({ text: "the film was good" });
        expect(json.map(({ text }) => text)).toEqual(["the film was good", "", expect.any(String)]);
      },
    ],
    "predict --data: the labels of examples, whose own labels are ignored": [
      ["predict", MODEL, ...REVIEW_DATA],
      ({ json }) => {
        expect(json[0]).toMatchObject({ text: REVIEWS[0]!.tokens.join(" ") });
        expect(json).toHaveLength(REVIEWS.length);
      },
    ],
    "info: the spec and the labels": [
      ["info", MODEL],
      ({ json, text }) => {
        expect(json[0]).toMatchObject({
          spec: { task: "classifier", level: "word" },
          labels: ["neg", "pos"],
        });
        expect(text).toMatch(/labels +2: neg pos/);
      },
    ],
  },
  resumes: { data: ["--data", "turned.tsv", "--label-first"], after: 18, iterations: 30 },
  refusesToTrain: [
    ["a line without label", ["--data", "ragged.tsv"], "ragged.tsv, line 2: no tab"],
    ["another encoding", ["--data", "latin1.tsv"], "latin1.tsv is not a text in UTF-8"],
    ["nothing but blank lines", ["--data", "blank.tsv"], "blank.tsv has no examples"],
    ["a single example", ["--data", "one.tsv"], "one.tsv: 1 example, expected at least 2"],
    [
      "a single label",
      ["--data", "same.tsv"],
      'same.tsv: all examples have the label "1", expected at least two labels; is the label in another column (--label-column), or before the text (--label-first)?',
    ],
    ["a single label in JSON", ["--data", "same.jsonl"], 'same.jsonl: all examples have the label "1"'],
    [
      "a single label, although those to validate have others",
      ["--data", "same.tsv", "--validation", "held.tsv"],
      'same.tsv: all examples have the label "1"',
    ],
    ["a wrong line to validate", [...REVIEW_DATA, "--validation", "ragged.tsv"], "ragged.tsv, line 2"],
    ["lines", [...REVIEW_DATA, "--lines"], "--lines goes with task language-model"],
    ["a column of tags", [...REVIEW_DATA, "--tag-column", "3"], "--tag-column goes with task tagger"],
    ["a limit of words", [...REVIEW_DATA, "--vocabulary", "9"], "--vocabulary goes with task language-model"],
    ["tied labels", [...REVIEW_DATA, "--tied"], "tied is true"],
    [
      "out over validation",
      [...REVIEW_DATA, "--validation", "held.tsv", "--out", "held.tsv"],
      "overwrite held.tsv",
    ],
  ],
});

it.concurrent("a classifier reads characters if texts are single words", async () => {
  const folder = newFolder({ "n.tsv": "anna\tf\nbob\tm\ntom\tm\neva\tf\nmia\tf\n" });
  await jsonLines(folder, ...CLASSIFIER, "--data", "n.tsv");
  const [info] = await jsonLines(folder, "info", MODEL);
  expect(info).toMatchObject({ spec: { level: "char", pooling: "last" } });
});

describeTask("a tagger", {
  files: FILES,
  train: TAGGER,
  trains: [
    ["--data", "three.conll", "--tag-column", "3"],
    (run) => {
      expect(run.at(-1)).toMatchObject({ done: true, accuracy: 1, f1: 1, span_f1: 1 });
      const last = { last_accuracy: expect.any(Number), last_span_f1: expect.any(Number) };
      expect(run.at(-1)).toMatchObject(last);
    },
  ],
  prints: {
    "eval: the scores of tags and spans": [
      ["eval", MODEL, "--data", "names.conll", "--tag-column", "2"],
      ({ json }) => expect(json[0]).toMatchObject({ accuracy: 1, f1: 1, span_f1: 1 }),
    ],
    "predict --json: tokens and their tags": [
      ["predict", MODEL, "we saw Ann Lee."],
      ({ json }) =>
        expect(json).toEqual([
          { tokens: ["we", "saw", "Ann", "Lee", "."], tags: ["O", "O", "B-PER", "I-PER", "O"] },
        ]),
    ],
    "predict: one line per token": [
      ["predict", MODEL, "we saw Bob"],
      ({ text }) => expect(text).toBe("we\tO\nsaw\tO\nBob\tB-PER\n\n"),
    ],
    "predict --data: the sentences of a file": [
      ["predict", MODEL, "--data", "words.txt"],
      ({ json }) =>
        expect(json).toEqual([
          { tokens: ["we", "saw", "Bob"], tags: ["O", "O", "B-PER"] },
          { tokens: ["Ann", "Lee"], tags: ["B-PER", "I-PER"] },
        ]),
    ],
    "predict --data: the sentences of examples, whose own tags are ignored": [
      ["predict", MODEL, "--data", "names.conll"],
      ({ json }) => expect(json).toEqual(NAMES.map(({ tokens, labels }) => ({ tokens, tags: labels }))),
    ],
    "info: the spec and the tags": [
      ["info", MODEL],
      ({ json }) =>
        expect(json[0]).toMatchObject({ spec: { task: "tagger" }, labels: ["O", "B-PER", "I-PER"] }),
    ],
  },
  resumes: {
    data: ["--data", "names.conll"],
    options: ["--class-weights", "balanced"],
    again: ["--workers", "2"],
    after: 11,
    iterations: 20,
    check: async ({ folder }) => {
      const [info] = await jsonLines(folder, "info", "a.safetensors");
      expect(info).toMatchObject({ spec: { classWeights: "balanced" } });
    },
  },
  refuses: [
    ["the model's task is tagger, expected language-model", ["sample", MODEL]],
    ["the model's task is tagger, expected language-model", ["score", MODEL, "a text"]],
    ["line 1: no tag in column 3, but a sentence", ["eval", MODEL, "--data", "text.txt"]],
    ["--streams goes with task language-model", ["eval", MODEL, "--data", "names.conll", "--streams", "2"]],
    ["--label-first goes with task classifier", ["predict", MODEL, "x", "--label-first"]],
    ["give either texts or a file", ["predict", MODEL]],
    ["give either texts or a file", ["predict", MODEL, "x", "--data", "words.txt"]],
  ],
  refusesToTrain: [
    ["a line without tag", ["--data", "ragged.conll"], "ragged.conll, line 3: no tag in column 2"],
    ["an empty file", ["--data", "empty.tsv"], "empty.tsv is empty"],
    [
      "a file without blank lines",
      ["--data", "one.conll"],
      "one.conll: 1 sentence, expected at least 2; put a blank line between sentences",
    ],
    ["a single line of JSON", ["--data", "one.jsonl"], "one.jsonl: 1 example, expected at least 2"],
    [
      "a single tag",
      ["--data", "same.conll", "--tag-column", "3"],
      'same.conll: all tokens have the tag "O", expected at least two tags; is the tag in another column (--tag-column)?',
    ],
    [
      "unknown class weights",
      ["--data", "names.conll", "--class-weights", "even"],
      /--class-weights .*'even'.* Allowed choices are none, balanced/,
    ],
    ["pooling", ["--data", "names.conll", "--pooling", "max"], "--pooling goes with task classifier"],
  ],
});

it.concurrent("a search for a single label is refused before it begins", async () => {
  const search = ["search", "--task", "classifier", "--data", "same.tsv", "--trials", "2"];
  await expectRefused(newFolder(FILES), search, /^unrolled: same\.tsv: all examples have the label "1"/);
});

it.concurrent("an unknown task is refused with the names of all tasks", async () => {
  const train = ["train", "--task", "sorter", "--data", "text.txt"];
  await expectRefused(newFolder(FILES), train, "language-model, classifier, tagger");
});

it.concurrent.each([
  ["IOB1", { "B-PER": "I-PER" }],
  ["BIOES", { "B-PER I-PER": "B-PER E-PER", "B-PER": "S-PER" }],
  ["BILOU", { "B-PER I-PER": "B-PER L-PER", "B-PER": "U-PER" }],
])("a tagger of %s tags is measured by its spans", async (_, tags) => {
  const examples = NAMES.map(({ tokens, labels }) => {
    const all = labels.join(" ");
    const [from, to] = Object.entries<string>(tags).find(([from]) => all.includes(from))!;
    return { tokens, labels: all.replace(from, to).split(" ") };
  });
  const folder = newFolder({ "names.conll": columns(examples) });
  const run = await jsonLines(folder, ...TAGGER, "--data", "names.conll", "--iters", "120");
  expect(run.at(-1)).toMatchObject({ span_f1: expect.any(Number) });
  const { code, stdout } = await unrolled(folder, "eval", MODEL, "--data", "names.conll");
  expect(code).toBe(0);
  expect(stdout).toMatch(/ labels: accuracy 100\.0%, macro F1 100\.0%, span F1 100\.0%, /);
});

it.concurrent("info --json shows all symbols", async () => {
  const words = Array.from({ length: 90 }, (_, i) => `word${i}`);
  const texts = [...words, ...words].map((word, i) => `${word} and\t${"xy"[i % 2]}\n`);
  const folder = newFolder({ "words.tsv": texts.join("") });
  await jsonLines(folder, ...CLASSIFIER, "--data", "words.tsv", "--validation", "words.tsv", "--iters", "1");
  const [info] = await jsonLines(folder, "info", MODEL);
  const { symbols } = (info as { vocabulary: { symbols: string[] } }).vocabulary;
  expect([...symbols].sort()).toEqual([...words, "and", "<UNK>"].sort());
  expect(info).toMatchObject({ vocabulary: { size: 92 }, labels: ["x", "y"] });
});

const HUGE_WORD = "b".repeat(1e7);

it.concurrent("a classifier reads a word of 10 MB", async () => {
  const examples = "small\tX\ntiny things\tX\nlittle words\tY\nwords\tY\n";
  const folder = newFolder({ "long.tsv": `${HUGE_WORD}\tY\n${examples}` });
  const run = await jsonLines(folder, ...CLASSIFIER, "--data", "long.tsv", "--level", "word", "--iters", "2");
  expect(run.at(-1)).toMatchObject({ done: true });
});

it.concurrent("a tagger tags a word of 10 MB", async () => {
  const folder = newFolder({ "long.conll": `${HUGE_WORD}\tY\n\nc\tX\n\nd\tX\n\ne\tY\n` });
  const run = await jsonLines(folder, ...TAGGER, "--data", "long.conll", "--iters", "2");
  expect(run.at(-1)).toMatchObject({ done: true });
  const [tagged] = await jsonLines(folder, "predict", MODEL, "--data", "long.conll");
  expect(tagged).toEqual({ tokens: [HUGE_WORD], tags: [expect.any(String)] });
});
