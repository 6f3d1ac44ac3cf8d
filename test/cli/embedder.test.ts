import { describe, expect, it } from "vitest";
import { PAIRS } from "../models/embedder/embedders.ts";
import { contents, newFolder, objects, type Result, unrolled } from "./cli.ts";

const FILES = {
  "pairs.tsv": PAIRS.map(([text, partner]) => `${text}\t${partner}\tby hand\n`).join(""),
  "texts.txt": PAIRS.map(([text]) => `${text}\n`).join(""),
  "answers.tsv": "The cat eats mice.\tYes.\nThe dog sees birds.\tNo.\n",
  "hollow.tsv": "a\tb\n\tc\n",
  "one.tsv": "a\tb\n",
  "few.tsv": "a\tb\nc\td\ne\tf\ng\th\n",
  "blank.tsv": " \n",
  "empty.tsv": "",
  "latin1.tsv": Buffer.from("caf\xe9\tcoffee\n", "latin1"),
};
const RUN = [
  ...["train", "--task", "embedder", "--variant", "strict", "--json", "--hidden", "8", "--embedding", "8"],
  ...["--size", "8", "--dropout", "0", "--input-dropout", "0", "--lr", "0.02", "--batch", "16"],
];

function succeeded(result: Result): Record<string, unknown>[] {
  expect(result).toMatchObject({ code: 0 });
  return objects(result);
}

describe.concurrent("an embedder", () => {
  it("is trained, evaluated, shown, gives vectors and finds lines", async () => {
    const folder = newFolder(FILES);
    const run = succeeded(await unrolled(folder, ...RUN, "--data", "pairs.tsv", "--validation", "pairs.tsv"));
    const rates = { accuracy_at_1: expect.any(Number), mean_reciprocal_rank: expect.any(Number) };
    expect(run.at(-1)).toMatchObject({ done: true, ...rates, model: "model.safetensors" });
    const model = "model.safetensors";
    const [score] = succeeded(await unrolled(folder, "eval", model, "--data", "pairs.tsv", "--json"));
    expect(score).toEqual({ ...rates, nats: expect.any(Number), pairs: PAIRS.length });
    expect(score!.accuracy_at_1).toBeGreaterThan(0.8);
    const report = await unrolled(folder, "eval", model, "--data", "pairs.tsv");
    expect(report.stdout).toMatch(
      /^48 pairs: partner first \d+\.\d%, mean reciprocal rank \d\.\d+, .* nats\n\{/,
    );
    const text = "The cat eats mice.";
    const predict = (...args: string[]) => unrolled(folder, "predict", model, ...args);
    const [vector] = succeeded(await predict(text, "--json"));
    expect(vector).toEqual({ text, vector: expect.any(Array) });
    expect(vector!.vector).toHaveLength(8);
    const [line] = (await predict(text)).stdout.trimEnd().split("\t");
    expect(JSON.parse(line!)).toEqual(vector!.vector);
    const [found] = succeeded(await predict(text, "--among", "answers.tsv", "--top", "1", "--json"));
    expect(found).toEqual({ text, nearest: [{ text, partner: "Yes.", similarity: expect.closeTo(1, 5) }] });
    const shown = await predict("--data", "answers.tsv", "--among", "texts.txt", "--top", "2");
    expect(shown.stdout).toMatch(
      /^The cat eats mice\.\n {2}1\.000\tThe cat eats mice\.\n {2}.*\nThe dog sees birds\.\n {2}1\.000\tThe dog/,
    );
    const [info] = succeeded(await unrolled(folder, "info", model, "--json"));
    expect(info).toMatchObject({ spec: { task: "embedder", size: 8 } });
  });

  it("holds two pairs out of a few, as one cannot be told from others", async () => {
    const folder = newFolder(FILES);
    const run = succeeded(await unrolled(folder, ...RUN, "--data", "few.tsv", "--iters", "2"));
    expect(run.at(-1)).toMatchObject({ done: true, model: "model.safetensors" });
  });

  it("stops and goes on, of characters and of texts alone too", async () => {
    const folder = newFolder(FILES);
    const data = ["--data", "texts.txt"];
    const args = [...RUN, ...data, "--level", "char", "--dropout", "0.2", "--validate-every", "4"];
    const whole = succeeded(await unrolled(folder, ...args, "--iters", "12", "--out", "a.safetensors"));
    succeeded(await unrolled(folder, ...args, "--iters", "8", "--out", "b.safetensors"));
    const resume = ["--resume", "b.checkpoint.safetensors", "--iters", "12", "--validate-every", "4"];
    const rest = succeeded(await unrolled(folder, "train", ...data, ...resume, "--json"));
    const losses = (run: Record<string, unknown>[]) =>
      run.flatMap(({ iter, loss }) => (loss ? [[iter, loss]] : []));
    expect(losses(rest)).toEqual(losses(whole).slice(8));
    const files = contents(folder);
    expect(files["b.checkpoint.safetensors"]).toBe(files["a.checkpoint.safetensors"]);
    expect(files["b.safetensors"]).toBe(files["a.safetensors"]);
  });

  it("refuses what does not fit", async () => {
    const folder = newFolder(FILES);
    succeeded(await unrolled(folder, ...RUN, "--data", "pairs.tsv", "--iters", "1"));
    const before = contents(folder);
    const model = "model.safetensors";
    for (const [message, ...args] of [
      ["predict: text 2 is empty", "predict", model, "a", " "],
      ["empty.tsv is empty", "predict", model, "a", "--among", "empty.tsv"],
      ["cannot read none.txt", "predict", model, "a", "--among", "none.txt"],
      ["expected a whole number from 1 on", "predict", model, "a", "--among", "texts.txt", "--top", "0"],
      ["hollow.tsv, line 2: a text is empty", "eval", model, "--data", "hollow.tsv"],
      ["one.tsv: evaluation: 1 pairs, expected at least 2", "eval", model, "--data", "one.tsv"],
      ["expected language-model or generator", "sample", model],
    ] as const) {
      const { code, stdout, stderr } = await unrolled(folder, ...args);
      expect({ code, stdout }, stderr).toEqual({ code: 1, stdout: "" });
      expect(stderr).toContain(message);
    }
    expect(contents(folder)).toEqual(before);
  });
});

it.concurrent.each<[string, string[], string]>([
  ["an empty text", ["--data", "hollow.tsv"], "hollow.tsv, line 2: a text is empty"],
  ["nothing but blank lines", ["--data", "blank.tsv"], "blank.tsv has no examples"],
  ["an empty file", ["--data", "empty.tsv"], "empty.tsv is empty"],
  ["another encoding", ["--data", "latin1.tsv"], "not a text in UTF-8"],
  ["a single pair", ["--data", "one.tsv"], "1 examples, expected at least 4: 2 to train on"],
  ["one pair to validate", ["--data", "pairs.tsv", "--validation", "one.tsv"], "validation: 1 pairs"],
  ["a batch of one", ["--data", "pairs.tsv", "--batch", "1"], "batch is 1"],
  ["an option of another task", ["--data", "pairs.tsv", "--tag-column", "3"], "--tag-column goes with task"],
])("%s is refused, and nothing is written", async (_, args, message) => {
  const folder = newFolder(FILES);
  const before = contents(folder);
  const { code, stdout, stderr } = await unrolled(folder, ...RUN, ...args);
  expect({ code, stdout }, stderr).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain(message);
  expect(contents(folder)).toEqual(before);
});
