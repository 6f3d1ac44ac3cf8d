import { describe, expect, it } from "vitest";
import { contents, newFolder, objects, unrolled } from "./cli.ts";

const sentence = (i: number) =>
  `The ${["whale", "boat", "sea"][i % 3]} ${i % 2 ? "sleeps" : "sings"}, he said.`;
const RAW = Array.from({ length: 150 }, (_, i) => sentence(i)).join(" ");
const TOKENS = Array.from({ length: 60 }, (_, i) => `the <unk> ${["whale", "boat"][i % 2]} sings .\n`).join(
  "",
);
const FILES = {
  "raw.txt": RAW,
  "tokens.txt": TOKENS,
  "held.txt": TOKENS.slice(0, 200),
  "empty.txt": "",
  "blank.txt": " \n\n",
  "one.txt": "whale",
  "candidates.txt": "The whale sleeps, he said.\n\nsaid he , whale the\n",
  "names.tsv": "good\t1\nbad\t0\n".repeat(20),
};
const SMALL = ["--level", "word", "--hidden", "8", "--batch", "4", "--seq", "6", "--variant", "strict"];
const words = (...args: string[]) => ["train", ...SMALL, "--lr", "0.02", "--json", ...args];

describe.concurrent("a language model of words", () => {
  it("is trained, evaluated, scored and writes", async () => {
    const folder = newFolder(FILES);
    const run = objects(await unrolled(folder, ...words("--data", "raw.txt", "--epochs", "4")));
    expect(run[0]).toEqual({ iter: 1, loss: expect.any(Number), words_per_second: expect.any(Number) });
    expect(run.at(-1)).toMatchObject({ done: true, test_nats: expect.any(Number) });

    const model = "model.safetensors";
    const [info] = objects(await unrolled(folder, "info", model, "--json"));
    expect(info).toMatchObject({
      spec: { level: "word", tokens: "words", tied: true, embedding: 8, layers: 1 },
      vocabulary: { size: 12, unknown: 11 },
    });
    const [score] = objects(await unrolled(folder, "eval", model, "--data", "raw.txt", "--json"));
    expect(score).toEqual({
      nats: expect.any(Number),
      bits: expect.any(Number),
      perplexity: expect.any(Number),
      tokens: 150 * 8 - 1,
    });

    const texts = ["said he whale the.", "The whale sleeps, he said."];
    const scored = objects(await unrolled(folder, "score", model, ...texts, "--json"));
    expect(scored.map(({ text, rank, tokens }) => [text, rank, tokens])).toEqual([
      [texts[0], 2, 6],
      [texts[1], 1, 8],
    ]);
    for (const { log_probability, perplexity, tokens, conditionals } of scored as never[]) {
      expect(perplexity).toBeCloseTo(Math.exp(-log_probability / tokens), 6);
      expect(conditionals).toHaveLength(tokens);
    }
    const file = await unrolled(folder, "score", model, "--data", "candidates.txt");
    expect(file.stdout).toMatch(/log P +perplexity +tokens +text\n.*The whale sleeps.*\n.*said he/);
    const single = await unrolled(folder, "score", model, "the xyzzy");
    expect(single.stdout).toContain('"<UNK>"');
    expect(single.stderr).toContain('words that the model never saw (1): "xyzzy"');

    const written = await unrolled(folder, "sample", model, "--prompt", "The whale", "--length", "20");
    expect(written.stdout).toMatch(/^The whale/);
    expect(written.stdout).not.toContain("UNK");
    const strange = await unrolled(folder, "sample", model, "--prompt", "Xyzzy", "--length", "1");
    expect(strange).toMatchObject({ code: 0, stderr: expect.stringContaining('"xyzzy"') });
  });

  it("keeps tokens that stand apart, and a stopped run goes on bit for bit", async () => {
    const folder = newFolder(FILES);
    const data = ["--data", "tokens.txt", "--validation", "held.txt", "--validate-every", "5"];
    await unrolled(
      folder,
      ...words(...data, "--schedule", "constant", "--iters", "20", "--out", "whole.safetensors"),
    );
    await unrolled(
      folder,
      ...words(...data, "--schedule", "constant", "--iters", "10", "--out", "part.safetensors"),
    );
    const resumed = ["--resume", "part.checkpoint.safetensors", "--iters", "20", "--json"];
    const last = objects(await unrolled(folder, "train", ...data, ...resumed)).at(-1);
    expect(last).toMatchObject({ done: true, iters: 20, test_nats: null });
    const { "whole.checkpoint.safetensors": whole, "part.checkpoint.safetensors": part } = contents(folder);
    expect(part).toBe(whole);
    const [info] = objects(await unrolled(folder, "info", "whole.safetensors", "--json"));
    expect(info).toMatchObject({ spec: { tokens: "spaces" }, vocabulary: { size: 7 } });

    const other = await unrolled(
      folder,
      "train",
      "--data",
      "tokens.txt",
      "--validation",
      "raw.txt",
      ...resumed,
    );
    expect(other).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("not the one that this run began with"),
    });
  });

  it("takes a limit of its vocabulary", async () => {
    const folder = newFolder(FILES);
    await unrolled(folder, ...words("--data", "raw.txt", "--iters", "1", "--vocabulary", "5", "--no-tied"));
    const [info] = objects(await unrolled(folder, "info", "model.safetensors", "--json"));
    expect(info).toMatchObject({ spec: { tied: false }, vocabulary: { size: 5 } });
  });

  it.each<[string, string[], RegExp]>([
    ["an empty text", words("--data", "empty.txt"), /empty.txt is empty/],
    ["white space", words("--data", "blank.txt"), /blank.txt: no word occurs 2 times/],
    ["one word", words("--data", "one.txt"), /one.txt: no word occurs 2 times/],
    ["one word, kept", words("--data", "one.txt", "--min-count", "1"), /one.txt: 2 .* need at least 48/],
    [
      "no word to validate with",
      words("--data", "raw.txt", "--validation", "blank.txt"),
      /blank.txt has too little/,
    ],
    ["a tiny vocabulary", words("--data", "raw.txt", "--vocabulary", "2"), /from 3 on/],
    [
      "--tokens for labels",
      ["train", "--task", "classifier", "--data", "names.tsv", "--tokens", "words"],
      /--tokens goes with task language-model/,
    ],
    [
      "a rule for characters",
      ["train", "--data", "raw.txt", "--tokens", "spaces"],
      /tokens is spaces, .* level is char/,
    ],
    ["words and sizes that cannot be tied", words("--data", "raw.txt", "--embedding", "6"), /tied is true/],
  ])("refuses %s, and writes nothing", async (_, args, message) => {
    const folder = newFolder(FILES);
    const before = contents(folder);
    const result = await unrolled(folder, ...args);
    expect(result).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(message) });
    expect(contents(folder)).toEqual(before);
  });
});

describe.concurrent("score", () => {
  it("takes characters too, and names what is wrong", async () => {
    const folder = newFolder(FILES);
    const tiny = [
      "--hidden",
      "4",
      "--layers",
      "1",
      "--batch",
      "2",
      "--seq",
      "4",
      "--iters",
      "1",
      "--variant",
      "strict",
    ];
    await unrolled(folder, "train", "--data", "raw.txt", ...tiny);
    const [score] = objects(await unrolled(folder, "score", "model.safetensors", "The", "--json"));
    expect(score).toMatchObject({ text: "The", rank: 1, tokens: 3 });
    await unrolled(
      folder,
      "train",
      "--task",
      "classifier",
      "--data",
      "names.tsv",
      "--iters",
      "1",
      "--out",
      "labels.safetensors",
    );
    for (const [args, message] of [
      [["model.safetensors"], /give texts, or a file/],
      [["model.safetensors", "a", "--data", "raw.txt"], /not both/],
      [["model.safetensors", ""], /no symbols/],
      [["model.safetensors", "--data", "blank.txt"], /blank/],
      [["labels.safetensors", "a"], /labels.safetensors: .*classifier/],
      [["nothing.safetensors", "a"], /no such file/],
    ] as const) {
      const result = await unrolled(folder, "score", ...args);
      expect(result).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(message) });
    }
  });
});
