import { describe, expect, it } from "vitest";
import { CALLS } from "../models/generator/generators.ts";
import { contents, newFolder, objects, type Result, unrolled } from "./cli.ts";

const lines = CALLS.map(({ condition, tokens }) => `${condition}\t${tokens.join("")}\n`).join("");
const FILES = {
  "calls.tsv": lines,
  "held.tsv": "cat\tmiaow\ncow\tmoomoo\n",
  "bird.tsv": "cat\tmiaow\nbird\ttweet\n",
  "ragged.tsv": "cat\tmiaow\nmoo\n",
  "hollow.tsv": "cat\t\n",
  "one.tsv": "cat\tmiaow\n",
  "blank.tsv": "\n\n",
  "empty.tsv": "",
  "latin1.tsv": Buffer.from("cat\tmi\xe4ow\n", "latin1"),
  "words.tsv": CALLS.map(({ condition }) => `${condition}\tThe ${condition}, again\n`).join(""),
};
const RUN = [
  ...["train", "--task", "generator", "--variant", "strict", "--json"],
  ...["--hidden", "8", "--embedding", "6", "--dropout", "0", "--lr", "0.02", "--batch", "8"],
];

function succeeded(result: Result): Record<string, unknown>[] {
  expect(result).toMatchObject({ code: 0 });
  return objects(result);
}

describe.concurrent("a generator", () => {
  it("is trained, evaluated, shown, and writes", async () => {
    const folder = newFolder(FILES);
    const run = succeeded(await unrolled(folder, ...RUN, "--data", "calls.tsv"));
    expect(run.at(-1)).toMatchObject({
      done: true,
      validation_nats: expect.any(Number),
      perplexity: expect.any(Number),
      model: "model.safetensors",
    });
    const model = "model.safetensors";
    const [score] = succeeded(await unrolled(folder, "eval", model, "--data", "held.tsv", "--json"));
    expect(Object.keys(score!)).toEqual(["nats", "bits", "perplexity", "tokens"]);
    expect(score!.tokens).toBe(13);
    const sample = (...args: string[]) => unrolled(folder, "sample", model, "--top-p", "0.8", ...args);
    expect((await sample("--condition", "cow")).stdout).toMatch(/^(moo)+\n$/);
    expect((await sample("--condition", "cat", "--prompt", "mi")).stdout).toMatch(/^(miaow)+\n$/);
    expect(succeeded(await sample("--condition", "dog", "--json"))).toEqual([
      { condition: "dog", prompt: "", text: expect.stringMatching(/^(wow)+$/) },
    ]);
    const written = succeeded(await unrolled(folder, "predict", model, "cat", "cow", "--json"));
    expect(written.map(({ condition }) => condition)).toEqual(["cat", "cow"]);
    const all = await unrolled(folder, "predict", model, "--data", "held.tsv");
    expect(all.stdout).toMatch(/^cat\t.+\ncow\t.+\n$/);
    const [info] = succeeded(await unrolled(folder, "info", model, "--json"));
    expect(info).toMatchObject({ spec: { task: "generator" }, conditions: ["cat", "cow", "dog"] });
  });

  it("stops and goes on, of words too", async () => {
    const folder = newFolder(FILES);
    const data = ["--data", "words.tsv", "--validation", "words.tsv"];
    const args = [...RUN, ...data, "--level", "word", "--validate-every", "6"];
    const whole = succeeded(await unrolled(folder, ...args, "--iters", "20", "--out", "a.safetensors"));
    succeeded(await unrolled(folder, ...args, "--iters", "12", "--out", "b.safetensors"));
    const resume = ["--resume", "b.checkpoint.safetensors", "--iters", "20", "--validate-every", "6"];
    const rest = succeeded(await unrolled(folder, "train", ...data, ...resume, "--json"));
    const losses = (run: Record<string, unknown>[]) =>
      run.flatMap(({ iter, loss }) => (loss ? [[iter, loss]] : []));
    expect(losses(rest)).toEqual(losses(whole).slice(12));
    const files = contents(folder);
    expect(files["b.checkpoint.safetensors"]).toBe(files["a.checkpoint.safetensors"]);
    expect(files["b.safetensors"]).toBe(files["a.safetensors"]);
    const { stdout } = await unrolled(
      folder,
      ...["sample", "a.safetensors", "--condition", "dog", "--temperature", "0"],
    );
    expect(stdout).toMatch(/^the/);
  });

  it("refuses what does not fit", async () => {
    const folder = newFolder(FILES);
    succeeded(await unrolled(folder, ...RUN, "--data", "calls.tsv", "--iters", "1"));
    const before = contents(folder);
    const model = "model.safetensors";
    for (const [message, ...args] of [
      ["say by --condition what to write from: cat, cow, dog", "sample", model],
      ['condition "bird": the model knows 3', "sample", model, "--condition", "bird"],
      ['predict: condition "bird"', "predict", model, "bird"],
      ['bird.tsv: condition "bird"', "eval", model, "--data", "bird.tsv"],
      ["ragged.tsv, line 2: no tab", "eval", model, "--data", "ragged.tsv"],
      ["--label-first goes with task classifier", "predict", model, "cat", "--label-first"],
      ["expected language-model", "inspect", model, "--data", "text.txt"],
    ] as const) {
      const { code, stdout, stderr } = await unrolled(folder, ...args);
      expect({ code, stdout }, stderr).toEqual({ code: 1, stdout: "" });
      expect(stderr).toContain(message);
    }
    expect(contents(folder)).toEqual(before);
  });
});

it.concurrent.each<[string, string[], string]>([
  ["a line without tab", ["--data", "ragged.tsv"], "ragged.tsv, line 2: no tab"],
  ["an empty sequence", ["--data", "hollow.tsv"], "hollow.tsv, line 1: the sequence is empty"],
  ["nothing but blank lines", ["--data", "blank.tsv"], "blank.tsv has no examples"],
  ["an empty file", ["--data", "empty.tsv"], "empty.tsv is empty"],
  ["another encoding", ["--data", "latin1.tsv"], "not a text in UTF-8"],
  ["a single example", ["--data", "one.tsv"], "1 examples, expected at least 2"],
  [
    "a strange condition to validate",
    ["--data", "calls.tsv", "--validation", "bird.tsv"],
    'condition "bird": the model knows 3',
  ],
  ["both directions", ["--data", "calls.tsv", "--bidirectional"], "would see the future it writes"],
  ["an option of another task", ["--data", "calls.tsv", "--pooling", "max"], "--pooling goes with task"],
])("%s is refused, and nothing is written", async (_, args, message) => {
  const folder = newFolder(FILES);
  const before = contents(folder);
  const { code, stdout, stderr } = await unrolled(folder, ...RUN, ...args);
  expect({ code, stdout }, stderr).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain(message);
  expect(contents(folder)).toEqual(before);
});
