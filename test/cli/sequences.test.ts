import { describe, expect, it } from "vitest";
import { WORDS } from "../models/sequence-to-sequence/pairs.ts";
import { contents, newFolder, objects, type Result, unrolled } from "./cli.ts";

const turned = (word: string) => [...word].reverse().join(" ");
const FILES = {
  "pairs.tsv": WORDS.map((word) => `${word}\t${turned(word)}\n`).join(""),
  "held.tsv": WORDS.slice(0, 20)
    .map((word) => `${word}\t${turned(word)}\n`)
    .join(""),
  "words.txt": WORDS.map((word) => `${word}\n`).join(""),
  "ragged.tsv": "a\tb\nc\n",
  "blank.tsv": "\n\n",
  "empty.tsv": "",
  "one.tsv": "a\tb\n",
};
const RUN = ["--hidden", "24", "--embedding", "8", "--dropout", "0", "--input-dropout", "0", "--batch", "16"];
const FAST = [...RUN, "--lr", "0.02", "--variant", "strict", "--json"];
const pairs = (...args: string[]) => ["train", "--task", "encoder-decoder", ...FAST, ...args];
const words = (...args: string[]) => ["train", "--task", "autoencoder", ...FAST, ...args];

function succeeded(result: Result): Record<string, unknown>[] {
  expect(result).toMatchObject({ code: 0 });
  return objects(result);
}

describe.concurrent("an encoder-decoder", () => {
  it("is trained, evaluated, used and shown", async () => {
    const folder = newFolder(FILES);
    const data = ["--data", "pairs.tsv", "--validation", "held.tsv"];
    const run = succeeded(await unrolled(folder, ...pairs(...data, "--epochs", "60")));
    expect(run[0]).toEqual({ iter: 1, loss: expect.any(Number), tokens_per_second: expect.any(Number) });
    expect(run.at(-1)).toMatchObject({ done: true, validation_nats: expect.any(Number), test_nats: null });
    expect(run.at(-1)!.exact).toBeGreaterThan(0.9);

    const model = "model.safetensors";
    const [info] = succeeded(await unrolled(folder, "info", model, "--json"));
    expect(info).toMatchObject({
      spec: { task: "encoder-decoder", sourceLevel: "char", targetLevel: "word", attention: "dot" },
      target: expect.arrayContaining(["a", "<EOS>"]),
    });
    for (const beam of [[], ["--beam", "3", "--length-penalty", "1"]]) {
      const [score] = succeeded(
        await unrolled(folder, "eval", model, "--data", "held.tsv", "--json", ...beam),
      );
      expect(Object.keys(score!)).toEqual(["exact", "token_error_rate", "bleu", "nats", "sequences"]);
      expect(score).toMatchObject({ exact: expect.any(Number), sequences: 20 });
      expect(score!.exact).toBeGreaterThan(0.9);
    }
    const report = await unrolled(folder, "eval", model, "--data", "held.tsv");
    expect(report.stdout).toMatch(/20 sequences: [\d.]+% exact, token error rate [\d.]+%, BLEU/);

    const word = WORDS.find(({ length }) => length === 3)!;
    const given = succeeded(await unrolled(folder, "predict", model, word, "a?", "--json", "--beam", "50"));
    expect(given.map(({ text }) => text)).toEqual([word, "a?"]);
    expect(given[0]).toMatchObject({ output: turned(word), tokens: turned(word).split(" ") });
    expect(given[0]!.log_probability).toBeLessThan(0);
    expect(given[0]!.attention).toHaveLength(4);
    const all = await unrolled(folder, "predict", model, "--data", "pairs.tsv", "--max-length", "2");
    expect(all.stdout.trimEnd().split("\n")).toHaveLength(WORDS.length);
    expect(
      all.stdout
        .trimEnd()
        .split("\n")
        .every((line) => line.split(" ").length <= 2),
    ).toBe(true);
  });

  it("gives the same file for the same seed, and stopped and resumed the same as at once", async () => {
    const folder = newFolder(FILES);
    const data = ["--data", "pairs.tsv"];
    const sampled = [...data, "--teacher-forcing", "0.5", "--attention", "additive", "--iters", "20"];
    for (const out of ["a", "b"]) {
      succeeded(await unrolled(folder, ...pairs(...sampled, "--out", `${out}.safetensors`)));
    }
    const schedule = ["--schedule", "constant"];
    succeeded(
      await unrolled(folder, ...pairs(...data, ...schedule, "--iters", "20", "--out", "c.safetensors")),
    );
    succeeded(
      await unrolled(folder, ...pairs(...data, ...schedule, "--iters", "12", "--out", "d.safetensors")),
    );
    const resume = ["--resume", "d.checkpoint.safetensors", "--iters", "20", "--json"];
    succeeded(await unrolled(folder, "train", ...data, ...resume));
    const files = contents(folder);
    expect(files["b.checkpoint.safetensors"]).toBe(files["a.checkpoint.safetensors"]);
    expect(files["d.checkpoint.safetensors"]).toBe(files["c.checkpoint.safetensors"]);
    expect(files["d.safetensors"]).toBe(files["c.safetensors"]);
    expect(files["a.safetensors"]).not.toBe(files["c.safetensors"]);
  });

  it("guesses what a token is", async () => {
    const folder = newFolder({
      "phrases.tsv": "go on\tva donc\nstop now\tarrête là\nyes\toui\ngo now\tva là\n",
      "dates.tsv": "1 May 2001\t2001-05-01\n2 May 2002\t2002-05-02\n3 July 1999\t1999-07-03\n",
    });
    const levels = async (data: string, ...args: string[]) => {
      succeeded(await unrolled(folder, ...pairs("--data", data, "--iters", "1", ...args)));
      const [info] = succeeded(await unrolled(folder, "info", "model.safetensors", "--json"));
      const { sourceLevel, targetLevel } = info!.spec as Record<string, string>;
      return [sourceLevel, targetLevel];
    };
    expect(await levels("phrases.tsv", "--min-count", "1")).toEqual(["word", "word"]);
    expect(await levels("dates.tsv")).toEqual(["char", "char"]);
    expect(await levels("phrases.tsv", "--source-level", "char", "--min-count", "1")).toEqual([
      "char",
      "word",
    ]);
  });

  it.each([
    ["ragged.tsv", "ragged.tsv, line 2: no tab"],
    ["blank.tsv", "no examples"],
    ["empty.tsv", "empty.tsv is empty"],
    ["one.tsv", "1 examples, expected at least 2"],
    ["missing.tsv", "cannot read missing.tsv"],
  ])("names what is wrong with %s, and writes nothing", async (data, message) => {
    const folder = newFolder(FILES);
    const before = contents(folder);
    const result = await unrolled(folder, ...pairs("--data", data));
    expect(result.code).not.toBe(0);
    expect(result.stderr).toContain(message);
    expect(result.stdout).toBe("");
    expect(contents(folder)).toEqual(before);
  });

  it("refuses what goes with other tasks, and wrong options", async () => {
    const folder = newFolder(FILES);
    const refused = async (message: string, ...args: string[]) => {
      const result = await unrolled(folder, ...args);
      expect(result.code).not.toBe(0);
      expect(result.stderr).toContain(message);
    };
    const data = ["--data", "pairs.tsv"];
    await refused("--lines goes with task language-model", ...pairs(...data, "--lines"));
    await refused(
      "--attention goes with task encoder-decoder",
      ...words("--data", "words.txt", "--attention", "dot"),
    );
    await refused("expected a number from 0 to 1", ...pairs(...data, "--teacher-forcing", "2"));
    await refused("even number", ...pairs(...data, "--hidden", "7"));
    succeeded(await unrolled(folder, ...pairs(...data, "--iters", "1")));
    const model = "model.safetensors";
    await refused("expected a whole number from 1", "predict", model, "abc", "--beam", "0");
    await refused("--streams goes with task language-model", "eval", model, ...data, "--streams", "3");
    await refused("text 2 is empty", "predict", model, "abc", "");
    await refused("ragged.tsv, line 2", "eval", model, "--data", "ragged.tsv");
    await refused('its task is "encoder-decoder", expected language-model', "sample", model);
  });
});

describe.concurrent("an autoencoder", () => {
  it("is trained, evaluated, and gives vectors", async () => {
    const folder = newFolder(FILES);
    const run = succeeded(await unrolled(folder, ...words("--data", "words.txt", "--epochs", "60")));
    expect(run.at(-1)).toMatchObject({ done: true, exact: expect.any(Number) });
    const model = "model.safetensors";
    const [score] = succeeded(await unrolled(folder, "eval", model, "--data", "words.txt", "--json"));
    expect(score!.exact).toBeGreaterThan(0.8);
    const [given] = succeeded(await unrolled(folder, "predict", model, WORDS[0]!, "--json"));
    expect(given).toMatchObject({ text: WORDS[0], output: WORDS[0] });
    expect(given!.vector).toHaveLength(24);
    expect((await unrolled(folder, "predict", model, "--data", "words.txt")).stdout.split("\n")[0]).toBe(
      WORDS[0],
    );
  });
});
