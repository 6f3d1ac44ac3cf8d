import { expect } from "vitest";
import { CALLS } from "../models/generator/generators.ts";
import { unrolled } from "./cli.ts";
import { describeTask, MODEL } from "./describe-task.ts";

const TRAIN = [
  ...["train", "--task", "generator", "--variant", "strict"],
  ...["--hidden", "8", "--embedding", "6", "--dropout", "0", "--lr", "0.02", "--batch", "8"],
];

describeTask("a generator", {
  files: {
    "calls.tsv": CALLS.map(({ condition, tokens }) => `${condition}\t${tokens.join("")}\n`).join(""),
    "held.tsv": "cat\tmiaow\ncow\tmoomoo\n",
    "bird.tsv": "cat\tmiaow\nbird\ttweet\n",
    "ragged.tsv": "cat\tmiaow\nmoo\n",
    "hollow.tsv": "cat\t\n",
    "one.tsv": "cat\tmiaow\n",
    "blank.tsv": "\n\n",
    "empty.tsv": "",
    "latin1.tsv": Buffer.from("cat\tmi\xe4ow\n", "latin1"),
    "words.tsv": CALLS.map(({ condition }) => `${condition}\tThe ${condition}, again\n`).join(""),
  },
  train: TRAIN,
  trains: [
    ["--data", "calls.tsv"],
    (run) =>
      expect(run.at(-1)).toMatchObject({
        done: true,
        validation_nats: expect.any(Number),
        perplexity: expect.any(Number),
        model: MODEL,
      }),
  ],
  prints: {
    "eval: the nats per token": [
      ["eval", MODEL, "--data", "held.tsv"],
      ({ json }) => {
        expect(Object.keys(json[0]!)).toEqual(["nats", "bits", "perplexity", "tokens"]);
        expect(json[0]!.tokens).toBe(13);
      },
    ],
    "sample: a text for a condition": [
      ["sample", MODEL, "--top-p", "0.8", "--condition", "cow"],
      ({ text }) => expect(text).toMatch(/^(moo)+\n$/),
    ],
    "sample --prompt: a text that continues it": [
      ["sample", MODEL, "--top-p", "0.8", "--condition", "cat", "--prompt", "mi"],
      ({ text }) => expect(text).toMatch(/^(miaow)+\n$/),
    ],
    "sample --json: the condition, the prompt and the text": [
      ["sample", MODEL, "--top-p", "0.8", "--condition", "dog"],
      ({ json }) => {
        const text = expect.stringMatching(/^(wow)+$/);
        expect(json).toEqual([{ condition: "dog", prompt: "", text }]);
      },
    ],
    "predict: a text for each condition": [
      ["predict", MODEL, "cat", "cow"],
      ({ json }) => expect(json.map(({ condition }) => condition)).toEqual(["cat", "cow"]),
    ],
    "predict --data: a text for each line's condition": [
      ["predict", MODEL, "--data", "held.tsv"],
      ({ text }) => expect(text).toMatch(/^cat\t.+\ncow\t.+\n$/),
    ],
    "info: the spec and the conditions": [
      ["info", MODEL],
      ({ json }) =>
        expect(json[0]).toMatchObject({ spec: { task: "generator" }, conditions: ["cat", "cow", "dog"] }),
    ],
  },
  resumes: {
    data: ["--data", "words.tsv", "--validation", "words.tsv"],
    options: ["--level", "word"],
    again: ["--validate-every", "6"],
    after: 12,
    iterations: 20,
    check: async ({ folder }) => {
      const sample = ["sample", "a.safetensors", "--condition", "dog", "--temperature", "0"];
      expect((await unrolled(folder, ...sample)).stdout).toMatch(/^the/);
    },
  },
  refuses: [
    ["give a --condition to write from: cat, cow, dog", ["sample", MODEL]],
    ['condition "bird": the model knows 3', ["sample", MODEL, "--condition", "bird"]],
    ['predict: condition "bird"', ["predict", MODEL, "bird"]],
    ['bird.tsv: condition "bird"', ["eval", MODEL, "--data", "bird.tsv"]],
    ["ragged.tsv, line 2: no tab", ["eval", MODEL, "--data", "ragged.tsv"]],
    ["--label-first goes with task classifier", ["predict", MODEL, "cat", "--label-first"]],
    [
      "the model's task is generator, expected language-model; use sample or predict or eval",
      ["score", MODEL, "a text"],
    ],
  ],
  refusesToTrain: [
    ["a line without tab", ["--data", "ragged.tsv"], "ragged.tsv, line 2: no tab"],
    ["an empty sequence", ["--data", "hollow.tsv"], "hollow.tsv, line 1: the sequence is empty"],
    ["nothing but blank lines", ["--data", "blank.tsv"], "blank.tsv has no examples"],
    ["an empty file", ["--data", "empty.tsv"], "empty.tsv is empty"],
    ["another encoding", ["--data", "latin1.tsv"], "not a text in UTF-8"],
    ["a single example", ["--data", "one.tsv"], "one.tsv: 1 example, expected at least 2"],
    [
      "a strange condition to validate",
      ["--data", "calls.tsv", "--validation", "bird.tsv"],
      'condition "bird": the model knows 3',
    ],
    ["both directions", ["--data", "calls.tsv", "--bidirectional"], "must not see the future"],
    ["an option of another task", ["--data", "calls.tsv", "--pooling", "max"], "--pooling goes with task"],
  ],
});
