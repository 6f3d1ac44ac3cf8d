import { describe, expect, it } from "vitest";
import type { Labelled } from "../../src/data/labelled.ts";
import { NAMES, REVIEWS } from "../models/labels/labels.ts";
import { contents, newFolder, objects, type Result, unrolled } from "./cli.ts";

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
  "strange.tsv": `${lines(REVIEWS.slice(0, 9))}no idea\tnone\n`,
  "ragged.tsv": "good\t1\nbad\n",
  "ragged.conll": "a\tX\n\nb\n",
  "blank.tsv": "\n \n\n",
  "empty.tsv": "",
  "one.tsv": "good\t1\n",
  "texts.txt": "the film was good\n\nthe film was bad\n",
  "latin1.tsv": new Uint8Array([...new TextEncoder().encode("good\t1\n"), 0xe9, 0x09, 0x31, 0x0a]),
  "words.txt": "we\nsaw\nBob\n\nAnn\nLee\n",
};

/** Options of a training run of a second. */
const SMALL = [
  "--hidden",
  "8",
  "--embedding",
  "6",
  "--dropout",
  "0",
  "--input-dropout",
  "0",
  "--lr",
  "0.02",
  "--average",
  "0",
  "--word-dropout",
  "0",
];
const RUN = [...SMALL, "--batch", "8", "--variant", "strict", "--json"];
const classifier = (...args: string[]) => ["train", "--task", "classifier", ...RUN, ...args];
const tagger = (...args: string[]) => ["train", "--task", "tagger", ...RUN, ...args];

function succeeded(result: Result): Record<string, unknown>[] {
  expect(result).toMatchObject({ code: 0 });
  return objects(result);
}

describe.concurrent("a classifier", () => {
  it("is trained, evaluated, used and shown", async () => {
    const folder = newFolder(FILES);
    const run = succeeded(
      await unrolled(folder, ...classifier("--data", "reviews.tsv", "--validation", "held.tsv")),
    );
    expect(run[0]).toEqual({ iter: 1, loss: expect.any(Number), tokens_per_second: expect.any(Number) });
    expect(run.at(-1)).toMatchObject({
      done: true,
      accuracy: 1,
      f1: 1,
      test_nats: null,
      model: "model.safetensors",
    });

    const model = "model.safetensors";
    const [score] = succeeded(await unrolled(folder, "eval", model, "--data", "reviews.tsv", "--json"));
    expect(score).toEqual({ accuracy: 1, f1: 1, nats: expect.any(Number), labels: REVIEWS.length });
    const report = await unrolled(folder, "eval", model, "--data", "strange.tsv");
    expect(report.stdout).toMatch(/label +precision +recall +F1 +count\n/);
    expect(report.stdout).toContain("10 labels: accuracy 90.0%");
    expect(report.stderr).toContain("never saw, counted as missed: none");

    const given = succeeded(
      await unrolled(folder, "predict", model, "the film was not bad", "the meal was not good", "--json"),
    );
    expect(given.map(({ text, label }) => [text, label])).toEqual([
      ["the film was not bad", "pos"],
      ["the meal was not good", "neg"],
    ]);
    expect(given[0]).toMatchObject({
      probability: expect.any(Number),
      probabilities: { pos: expect.any(Number) },
    });
    for (const file of ["texts.txt", "reviews.tsv"]) {
      const all = succeeded(await unrolled(folder, "predict", model, "--data", file, "--json"));
      expect(all[0]).toMatchObject({
        text: "the film was good" === all[0]!.text ? all[0]!.text : REVIEWS[0]!.tokens.join(" "),
      });
      expect(all).toHaveLength(file === "texts.txt" ? 2 : REVIEWS.length);
    }
    const [info] = succeeded(await unrolled(folder, "info", model, "--json"));
    expect(info).toMatchObject({ spec: { task: "classifier", level: "word" }, labels: ["neg", "pos"] });
    expect((await unrolled(folder, "info", model)).stdout).toMatch(/labels +2: neg pos/);
  });

  it("reads the label first, reads characters where texts are single words, and stops and goes on", async () => {
    const folder = newFolder(FILES);
    const data = ["--data", "turned.tsv", "--label-first"];
    const whole = succeeded(
      await unrolled(folder, ...classifier(...data, "--iters", "30", "--out", "a.safetensors")),
    );
    succeeded(await unrolled(folder, ...classifier(...data, "--iters", "18", "--out", "b.safetensors")));
    const resume = ["--resume", "b.checkpoint.safetensors", "--iters", "30", "--json"];
    const rest = succeeded(await unrolled(folder, "train", ...data, ...resume));
    const losses = (run: Record<string, unknown>[]) =>
      run.flatMap(({ iter, loss }) => (loss ? [[iter, loss]] : []));
    expect(losses(rest)).toEqual(losses(whole).slice(18));
    const files = contents(folder);
    expect(files["b.checkpoint.safetensors"]).toBe(files["a.checkpoint.safetensors"]);
    expect(files["b.safetensors"]).toBe(files["a.safetensors"]);

    const names = newFolder({ "n.tsv": "anna\tf\nbob\tm\ntom\tm\neva\tf\nmia\tf\n" });
    succeeded(await unrolled(names, ...classifier("--data", "n.tsv")));
    const [info] = succeeded(await unrolled(names, "info", "model.safetensors", "--json"));
    expect(info).toMatchObject({ spec: { level: "char", pooling: "last" } });
  });
});

describe.concurrent("a tagger", () => {
  it("is trained, evaluated, used and shown", async () => {
    const folder = newFolder(FILES);
    const data = ["--data", "three.conll", "--tag-column", "3"];
    const run = succeeded(await unrolled(folder, ...tagger(...data)));
    expect(run.at(-1)).toMatchObject({ done: true, accuracy: 1, f1: 1, span_f1: 1 });
    expect(run.at(-1)).toMatchObject({ last_accuracy: expect.any(Number), last_span_f1: expect.any(Number) });
    const model = "model.safetensors";
    const [score] = succeeded(await unrolled(folder, "eval", model, "--data", "names.conll", "--json"));
    expect(score).toMatchObject({ accuracy: 1, f1: 1, span_f1: 1 });
    const [given] = succeeded(await unrolled(folder, "predict", model, "we saw Ann Lee.", "--json"));
    expect(given).toEqual({
      tokens: ["we", "saw", "Ann", "Lee", "."],
      tags: ["O", "O", "B-PER", "I-PER", "O"],
    });
    const all = succeeded(await unrolled(folder, "predict", model, "--data", "words.txt", "--json"));
    expect(all.map(({ tokens }) => tokens)).toEqual([
      ["we", "saw", "Bob"],
      ["Ann", "Lee"],
    ]);
    const { stdout } = await unrolled(folder, "predict", model, "we saw Bob");
    expect(stdout).toBe("we\tO\nsaw\tO\nBob\tB-PER\n\n");
    const [info] = succeeded(await unrolled(folder, "info", model, "--json"));
    expect(info).toMatchObject({ spec: { task: "tagger" }, labels: ["O", "B-PER", "I-PER"] });
  });

  it("is refused where a language model or a classifier is expected", async () => {
    const folder = newFolder(FILES);
    succeeded(await unrolled(folder, ...tagger("--data", "names.conll", "--iters", "1")));
    const before = contents(folder);
    for (const [message, ...args] of [
      ['"tagger", expected language-model', "sample", "model.safetensors"],
      ['"tagger", expected language-model', "inspect", "model.safetensors", "--data", "text.txt"],
      ["line 1: no tag in column 2", "eval", "model.safetensors", "--data", "text.txt"],
      [
        "--streams goes with task language-model",
        "eval",
        "model.safetensors",
        "--data",
        "names.conll",
        "--streams",
        "2",
      ],
      ["--label-first goes with task classifier", "predict", "model.safetensors", "x", "--label-first"],
      ["give texts, or a file", "predict", "model.safetensors"],
      ["give texts, or a file", "predict", "model.safetensors", "x", "--data", "words.txt"],
      ["sequence 1 is empty", "predict", "model.safetensors", " "],
    ] as const) {
      const { code, stdout, stderr } = await unrolled(folder, ...args);
      expect({ code, stdout }, stderr).toEqual({ code: 1, stdout: "" });
      expect(stderr).toContain(message);
    }
    expect(contents(folder)).toEqual(before);
  });
});

it.concurrent("a word of 10 MB is a word", async () => {
  const word = "b".repeat(1e7);
  const folder = newFolder({
    "long.conll": `${word}\tY\n\nc\tX\n\nd\tX\n\ne\tY\n`,
    "long.tsv": `${word}\tY\nsmall\tX\ntiny things\tX\nlittle words\tY\nwords\tY\n`,
  });
  const [one, two] = await Promise.all([
    unrolled(folder, ...tagger("--data", "long.conll", "--iters", "2", "--out", "a.safetensors")),
    unrolled(
      folder,
      ...classifier("--data", "long.tsv", "--level", "word", "--iters", "2", "--out", "b.safetensors"),
    ),
  ]);
  for (const result of [one!, two!]) expect(succeeded(result).at(-1)).toMatchObject({ done: true });
  const [given] = succeeded(
    await unrolled(folder, "predict", "a.safetensors", "--data", "long.conll", "--json"),
  );
  expect(given).toEqual({ tokens: [word], tags: [expect.any(String)] });
});

it.concurrent.each<[string, string[], string]>([
  ["a line without label", classifier("--data", "ragged.tsv"), "ragged.tsv, line 2: no tab"],
  ["a line without tag", tagger("--data", "ragged.conll"), "ragged.conll, line 3: no tag in column 2"],
  ["another encoding", classifier("--data", "latin1.tsv"), "latin1.tsv is not a text in UTF-8"],
  ["nothing but blank lines", classifier("--data", "blank.tsv"), "blank.tsv has no examples"],
  ["an empty file", tagger("--data", "empty.tsv"), "empty.tsv is empty"],
  ["a single example", classifier("--data", "one.tsv"), "1 examples, expected at least 2"],
  [
    "a wrong line to validate",
    classifier("--data", "reviews.tsv", "--validation", "ragged.tsv"),
    "ragged.tsv, line 2",
  ],
  [
    "lines for a classifier",
    classifier("--data", "reviews.tsv", "--lines"),
    "--lines goes with task language-model",
  ],
  [
    "pooling for a tagger",
    tagger("--data", "names.conll", "--pooling", "max"),
    "--pooling goes with task classifier",
  ],
  [
    "a column for a classifier",
    classifier("--data", "reviews.tsv", "--tag-column", "3"),
    "--tag-column goes with task tagger",
  ],
  [
    "a limit of a classifier's words",
    classifier("--data", "reviews.tsv", "--vocabulary", "9"),
    "--vocabulary goes with task language-model",
  ],
  ["tied labels", classifier("--data", "reviews.tsv", "--tied"), "tied is true"],
  [
    "an unknown task",
    ["train", "--task", "sorter", "--data", "text.txt"],
    "language-model, classifier, tagger",
  ],
  [
    "out over validation",
    classifier("--data", "reviews.tsv", "--validation", "held.tsv", "--out", "held.tsv"),
    "overwrite held.tsv",
  ],
])("%s is refused, and nothing is written", async (_, args, message) => {
  const folder = newFolder(FILES);
  const before = contents(folder);
  const { code, stdout, stderr } = await unrolled(folder, ...args);
  expect({ code, stdout }, stderr).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain(message);
  expect(contents(folder)).toEqual(before);
});
