import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { errorRate } from "../../src/metrics/edit-distance.ts";
import { draw, EXAMPLES } from "../models/transcriber/transcribers.ts";
import { expectRefused, jsonLines, newFolder, unrolled } from "./cli.ts";
import { describeTask, MODEL } from "./describe-task.ts";

const json = (lines: readonly object[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join("");
const NEW = ["bab", "aa ba"].map((text) => ({ id: text.length, vectors: draw(text) }));
const FILES = {
  "drawn.jsonl": json(EXAMPLES),
  "new.jsonl": json(NEW),
  "fields.json": JSON.stringify(EXAMPLES.map(({ vectors, text }) => ({ pen: vectors, said: text }))),
  "short.jsonl": json([...EXAMPLES, { vectors: draw("a"), text: "ab ba" }]),
  "hopeless.jsonl": json(Array.from({ length: 12 }, () => ({ vectors: [[1, 2, 3]], text: "aa" }))),
  "wide.jsonl": json([{ vectors: [[1, 2, 3, 4]], text: "a" }]),
  "texts.jsonl": json([{ text: "a", label: "b" }]),
  "table.csv": "text,label\na,b\n",
  "spoken.txt": "ab ab\naa bb\n".repeat(60),
  "empty.jsonl": "",
};
const TRAIN = [
  ...["train", "--task", "transcriber", "--variant", "strict", "--hidden", "8", "--layers", "1"],
  ...["--dropout", "0", "--lr", "0.03", "--batch", "8"],
];
const RATES = { cer: expect.any(Number), wer: expect.any(Number), exact: expect.any(Number) };

const trained = describeTask("a transcriber", {
  files: FILES,
  train: TRAIN,
  trains: [
    ["--data", "drawn.jsonl", "--validation", "drawn.jsonl", "--epochs", "30"],
    (run) => {
      expect(run.at(-1)).toMatchObject({ done: true, cer: 0, wer: 0, exact: 1, model: MODEL });
      expect(run[1]).toMatchObject({ loss: expect.any(Number) });
    },
  ],
  prints: {
    "eval: error rates of symbols and words": [
      ["eval", MODEL, "--data", "drawn.jsonl"],
      ({ json, text, notes }) => {
        const sequences = EXAMPLES.length;
        expect(json).toEqual([
          { ...RATES, nats: expect.any(Number), loss: json[0]!.nats, sequences, too_short: 0 },
        ]);
        expect(text).toMatch(
          /^42 sequences: CER 0\.0%, WER 0\.0%, 100\.0% exact, 0\.\d+ nats per symbol\n\{/,
        );
        expect(notes).toBe("");
      },
    ],
    "eval --beam: says which sequences are too short": [
      ["eval", MODEL, "--data", "short.jsonl", "--beam", "4"],
      ({ json, notes }) => {
        expect(json[0]).toMatchObject({ sequences: 43, too_short: 1, cer: expect.closeTo(4 / 146, 1) });
        expect(notes).toContain("1 of 43 sequences have too few steps for their text");
      },
    ],
    "predict: the text of each line": [
      ["predict", MODEL, "--data", "new.jsonl"],
      ({ json, text }) => {
        expect(json).toMatchObject([
          { example: 1, text: "bab", log_probability: expect.any(Number) },
          { example: 2, text: "aa ba" },
        ]);
        expect(text).toBe("bab\naa ba\n");
      },
    ],
    "predict --beam: the same where the network is sure": [
      ["predict", MODEL, "--data", "new.jsonl", "--beam", "5"],
      ({ text }) => expect(text).toBe("bab\naa ba\n"),
    ],
    "info: the spec and the tables": [
      ["info", MODEL],
      ({ json }) =>
        expect(json[0]).toMatchObject({
          spec: { task: "transcriber", features: 3, bidirectional: true },
          scaling: { mean: expect.any(Array) },
        }),
    ],
  },
  resumes: {
    data: ["--data", "fields.json"],
    options: ["--schedule", "constant", "--stack", "2", "--no-bidirectional", "--cell", "gru"],
    again: ["--validate-every", "4", "--text-column", "pen", "--label-column", "said"],
    after: 8,
    iterations: 12,
  },
  refuses: [
    ["the model reads vectors, not texts; give a file with --data", ["predict", MODEL, "a"]],
    ["vectors of 4 numbers, but the model reads vectors of 3", ["eval", MODEL, "--data", "wide.jsonl"]],
    ['texts.jsonl, line 1: no vectors, expected {"vectors"', ["eval", MODEL, "--data", "texts.jsonl"]],
    ["table.csv: a transcriber reads jsonl or json, not csv", ["predict", MODEL, "--data", "table.csv"]],
    ["empty.jsonl is empty", ["eval", MODEL, "--data", "empty.jsonl"]],
    [
      "--lm-weight needs a language model; give one with --lm MODEL",
      ["predict", MODEL, "--data", "new.jsonl", "--lm-weight", "1"],
    ],
    [
      "--length-bonus needs a language model; give one with --lm MODEL",
      ["eval", MODEL, "--data", "drawn.jsonl", "--length-bonus", "1"],
    ],
    ["--cut goes with task", ["eval", MODEL, "--data", "drawn.jsonl", "--cut", "3"]],
    [
      /drawn\.jsonl: not a model file|drawn\.jsonl/,
      ["predict", MODEL, "--data", "new.jsonl", "--lm", "drawn.jsonl"],
    ],
    ["expected language-model", ["predict", MODEL, "--data", "new.jsonl", "--lm", MODEL]],
  ],
  refusesToTrain: [
    ["no vectors", ["--data", "texts.jsonl"], "texts.jsonl, line 1: no vectors"],
    ["too few steps in all", ["--data", "hopeless.jsonl"], "no sequence has enough steps for its text"],
    ["an embedding", ["--data", "drawn.jsonl", "--embedding", "4"], "embedding is 4"],
    [
      "other vectors to validate",
      ["--data", "drawn.jsonl", "--validation", "wide.jsonl"],
      "vectors of 4 numbers",
    ],
    ["words", ["--data", "drawn.jsonl", "--level", "word"], "--level goes with task"],
    ["a stack of 0", ["--data", "drawn.jsonl", "--stack", "0"], "expected a whole number from 1"],
  ],
});

/** Makes a folder with the files and the trained model. */
async function withModel(): Promise<string> {
  const { folder } = await trained();
  return newFolder({ ...FILES, [MODEL]: readFileSync(join(folder, MODEL)) });
}

it.concurrent("silence has an empty transcript, in training and in eval", async () => {
  const folder = await withModel();
  const silent = EXAMPLES.map((example, i) => (i % 4 ? example : { ...example, text: i % 8 ? "" : " " }));
  writeFileSync(join(folder, "silent.jsonl"), silent.map((row) => `${JSON.stringify(row)}\n`).join(""));
  const train = ["train", "--task", "transcriber", "--data", "silent.jsonl", "--hidden", "6", "--iters", "4"];
  const run = await jsonLines(folder, ...train, "--out", "silence.safetensors");
  expect(run.at(-1)).toMatchObject({ done: true, stopped: "end" });
  const [scores] = await jsonLines(folder, "eval", MODEL, "--data", "silent.jsonl");
  expect(scores).toMatchObject({
    sequences: silent.length,
    cer: expect.any(Number),
    nats: expect.any(Number),
  });
  writeFileSync(join(folder, "null.jsonl"), '{"vectors":[[1,2,3]],"text":null}\n');
  await expectRefused(folder, ["eval", MODEL, "--data", "null.jsonl"], "null.jsonl, line 1: no field text");
});

it.concurrent("predict and eval --lm take a language model, and --out writes a table with the answers", async () => {
  const folder = await withModel();
  const language = [
    "train",
    "--data",
    "spoken.txt",
    "--hidden",
    "8",
    "--layers",
    "1",
    "--lines",
    "--iters",
    "30",
  ];
  expect(await unrolled(folder, ...language, "--out", "lm.safetensors")).toMatchObject({ code: 0 });
  const predict = ["predict", MODEL, "--data", "new.jsonl", "--lm", "lm.safetensors"];
  expect(
    await jsonLines(folder, ...predict, "--lm-weight", "0.1", "--length-bonus", "0", "--beam", "4"),
  ).toMatchObject([{ text: "bab" }, { text: "aa ba" }]);
  expect(await unrolled(folder, ...predict, "--lm-weight", "0.1", "--out", "out.jsonl")).toMatchObject({
    code: 0,
  });
  const [first] = readFileSync(join(folder, "out.jsonl"), "utf8").split("\n");
  expect(JSON.parse(first!)).toEqual({ id: 3, vectors: expect.anything(), transcript: "bab" });
  await expectRefused(folder, ["predict", MODEL, "--data", "new.jsonl", "--lm", "none"], "none");

  const how = ["--data", "drawn.jsonl", "--lm", "lm.safetensors", "--lm-weight", "4", "--length-bonus", "2"];
  const written = await jsonLines(folder, "predict", MODEL, ...how);
  const [texts, found] = [EXAMPLES, written].map((all) => all.map(({ text }) => [...String(text)]));
  const cer = errorRate(texts!, found!);
  expect(cer).toBeGreaterThan(0); // the language model outweighs the network
  expect(await jsonLines(folder, "eval", MODEL, ...how)).toMatchObject([{ cer }]);
  await expectRefused(folder, ["eval", MODEL, "--data", "drawn.jsonl", "--lm", "none"], "none");

  const words = [
    ...language.filter((option) => option !== "--lines"),
    "--level",
    "word",
    "--batch",
    "1",
    "--seq",
    "3",
  ];
  expect(await unrolled(folder, ...words, "--out", "words.safetensors")).toMatchObject({ code: 0 });
  const message = "words.safetensors: the language model is one of words, expected one of characters";
  for (const command of ["predict", "eval"]) {
    const refused = [command, MODEL, "--data", "drawn.jsonl", "--lm", "words.safetensors", "--beam", "4"];
    await expectRefused(folder, refused, message);
  }
});

it.concurrent("--workers gives the same bits for the same number of threads", async () => {
  const folder = newFolder(FILES);
  const train = (out: string) =>
    unrolled(folder, ...TRAIN, "--data", "drawn.jsonl", "--iters", "6", "--workers", "2", "--out", out);
  for (const { code, stderr } of [await train("two.safetensors"), await train("again.safetensors")]) {
    expect(code, stderr).toBe(0);
  }
  const [two, again] = ["two", "again"].map((name) => readFileSync(join(folder, `${name}.safetensors`)));
  expect(two!.equals(again!)).toBe(true);
});
