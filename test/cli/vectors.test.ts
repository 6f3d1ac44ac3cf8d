import { describe, expect, it } from "vitest";
import { NAMES, REVIEWS } from "../models/labels/labels.ts";
import { SIGNS, TONES } from "../models/labels/vectors.ts";
import { contents, newFolder, objects, type Result, unrolled } from "./cli.ts";

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
const SMALL = [
  "--variant",
  "strict",
  "--json",
  "--hidden",
  "6",
  "--dropout",
  "0",
  "--lr",
  "0.02",
  "--batch",
  "8",
];
const train = (task: string, ...args: string[]) => ["train", "--task", task, ...SMALL, ...args];

function succeeded(result: Result): Record<string, unknown>[] {
  expect(result).toMatchObject({ code: 0 });
  return objects(result);
}

describe.concurrent("JSON lines", () => {
  it("train a classifier of vectors, which is evaluated, used and shown", async () => {
    const folder = newFolder(FILES);
    const run = succeeded(await unrolled(folder, ...train("classifier", "--data", "tones.jsonl")));
    expect(run.at(-1)).toMatchObject({ done: true, accuracy: 1 });
    const model = "model.safetensors";
    const [score] = succeeded(await unrolled(folder, "eval", model, "--data", "tones.jsonl", "--json"));
    expect(score).toMatchObject({ accuracy: 1, labels: TONES.length });
    const found = succeeded(await unrolled(folder, "predict", model, "--data", "new.jsonl", "--json"));
    expect(found.map(({ example, label }) => [example, label])).toEqual([
      [1, "slow"],
      [2, "fast"],
    ]);
    const { stdout } = await unrolled(folder, "predict", model, "--data", "new.jsonl");
    expect(stdout).toMatch(/^slow\t\d+\.\d%\texample 1\nfast\t\d+\.\d%\texample 2\n$/);
    const [info] = succeeded(await unrolled(folder, "info", model, "--json"));
    expect(info).toMatchObject({
      spec: { features: 2, pooling: "mean+max" },
      scaling: { mean: expect.any(Array), deviation: expect.any(Array) },
    });
    const before = contents(folder);
    for (const [message, ...args] of [
      [
        "wide.jsonl: sequences are of vectors of 3 numbers, but the model reads vectors of 2",
        "eval",
        "wide.jsonl",
      ],
      [
        "reviews.tsv: sequences are of tokens, but the model reads vectors of 2 numbers",
        "eval",
        "reviews.tsv",
      ],
      ["ragged.jsonl, line 2: step 2 has 1 numbers, expected 2", "eval", "ragged.jsonl"],
      ["wide.jsonl: step 1 has 3 numbers, expected 2", "predict", "wide.jsonl"],
    ] as const) {
      const [command, file] = args;
      const { code, stdout, stderr } = await unrolled(folder, command!, model, "--data", file!);
      expect({ code, stdout }, stderr).toEqual({ code: 1, stdout: "" });
      expect(stderr).toContain(message);
    }
    const text = await unrolled(folder, "predict", model, "a text");
    expect(text.stderr).toContain("predict: step 1 has no numbers, expected 2");
    expect(contents(folder)).toEqual(before);
  });

  it("train a tagger of vectors, which stops and goes on", async () => {
    const folder = newFolder(FILES);
    const data = ["--data", "signs.ndjson"];
    const whole = succeeded(
      await unrolled(folder, ...train("tagger", ...data, "--iters", "20", "--out", "a.safetensors")),
    );
    succeeded(await unrolled(folder, ...train("tagger", ...data, "--iters", "12", "--out", "b.safetensors")));
    const resume = ["--resume", "b.checkpoint.safetensors", "--iters", "20", "--json"];
    const rest = succeeded(await unrolled(folder, "train", ...data, ...resume));
    const losses = (run: Record<string, unknown>[]) =>
      run.flatMap(({ iter, loss }) => (loss ? [[iter, loss]] : []));
    expect(losses(rest)).toEqual(losses(whole).slice(12));
    const files = contents(folder);
    expect(files["b.checkpoint.safetensors"]).toBe(files["a.checkpoint.safetensors"]);
    const found = succeeded(await unrolled(folder, "predict", "a.safetensors", ...data, "--json"));
    expect(found[0]).toEqual({ example: 1, tags: expect.any(Array) });
    expect(found).toHaveLength(SIGNS.length);
    const { stdout } = await unrolled(folder, "predict", "a.safetensors", ...data);
    expect(stdout).toMatch(/^1\t(up|down)\n2\t(up|down)\n/);
  });

  it("train models of tokens and of texts, by the option where the name does not tell", async () => {
    const folder = newFolder(FILES);
    const format = ["--data", "names.json", "--format", "jsonl"];
    succeeded(await unrolled(folder, ...train("tagger", ...format, "--embedding", "6", "--iters", "60")));
    const [score] = succeeded(await unrolled(folder, "eval", "model.safetensors", ...format, "--json"));
    expect(score!.accuracy).toBeGreaterThan(0.9);
    const found = succeeded(await unrolled(folder, "predict", "model.safetensors", ...format, "--json"));
    expect(found[0]).toEqual({ tokens: NAMES[0]!.tokens, tags: expect.any(Array) });
    const texts = ["--data", "reviews.jsonl", "--embedding", "6", "--out", "r.safetensors"];
    succeeded(await unrolled(folder, ...train("classifier", ...texts, "--iters", "60")));
    const all = succeeded(
      await unrolled(folder, "predict", "r.safetensors", "--data", "reviews.jsonl", "--json"),
    );
    expect(all[0]).toMatchObject({ text: REVIEWS[0]!.tokens.join(" "), label: expect.any(String) });
  });
});

it.concurrent.each<[string, string[], string]>([
  ["ragged vectors", train("classifier", "--data", "ragged.jsonl"), "ragged.jsonl, line 2: step 2 has 1"],
  ["NaN", train("classifier", "--data", "nan.jsonl"), "nan.jsonl, line 1: not JSON"],
  ["text as JSON", train("classifier", "--data", "reviews.tsv", "--format", "jsonl"), "line 1: not JSON"],
  ["JSON as text", train("classifier", "--data", "tones.jsonl", "--format", "text"), "line 1: no tab"],
  ["an empty file", train("classifier", "--data", "empty.jsonl"), "empty.jsonl is empty"],
  ["another encoding", train("classifier", "--data", "latin1.jsonl"), "not a text in UTF-8"],
  ["no labels of steps", train("tagger", "--data", "tones.jsonl"), "line 1: no list labels"],
  [
    "vectors of another width to validate",
    train("classifier", "--data", "tones.jsonl", "--validation", "wide.jsonl"),
    "wide.jsonl: sequences are of vectors of 3 numbers, but the model reads vectors of 2",
  ],
  [
    "an embedding of vectors",
    train("classifier", "--data", "tones.jsonl", "--embedding", "4"),
    "embedding is 4, but features is 2",
  ],
  [
    "a format for a language model",
    ["train", "--data", "text.txt", "--format", "jsonl"],
    "--format goes with task classifier or tagger",
  ],
])("%s is refused, and nothing is written", async (_, args, message) => {
  const folder = newFolder(FILES);
  const before = contents(folder);
  const { code, stdout, stderr } = await unrolled(folder, ...args);
  expect({ code, stdout }, stderr).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain(message);
  expect(contents(folder)).toEqual(before);
});
