import { describe, expect, it, vi } from "vitest";
import { serializeModel } from "../../src/network/model-file.ts";
import { cutOf } from "../../src/tasks/hash.ts";
import { newRun, resumeRun } from "../../src/tasks/run.ts";
import { joinSources, textSource } from "../../src/tasks/source.ts";
import type { DataOptions } from "../../src/tasks/task.ts";
import { openCheckpoint, type Progress, serializeCheckpoint } from "../../src/train/checkpoint.ts";
import { startRuntime } from "../runtimes.ts";
import { digest } from "../train/run.ts";
import { taskOf } from "./examples.ts";

const lines = (count: number, line: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => `${line(i)}\n`).join("");
const numbers = (n: number, i: number) => Array.from({ length: n }, (_, t) => (t * t + i) % 5);
const tokens = (n: number, i: number) => numbers(n, i).map((k) => "vwxyz"[k]!.repeat(2));
const words = (n: number, i: number) => tokens(n, i).join(" ");
const vectors = (n: number, i: number) => `[${numbers(n, i).map((k) => `[${k},1]`)}]`;

/** The same data twice: with long sequences, and with these cut to three tokens. */
const data = (long: (n: number, i: number) => string) =>
  [5, 3].map((n) => lines(24, (i) => long(i % 3 ? 3 : n, i))) as [string, string];

const CASES: Readonly<
  Record<
    string,
    readonly [task: string, texts: readonly [string, string], options?: DataOptions, spec?: object]
  >
> = {
  "a classifier": ["classifier", data((n, i) => `${words(n, i)}\t${"xy"[i % 2]}`), { level: "word" }],
  "a classifier of characters": [
    "classifier",
    data((n, i) => `${"abcde".slice(0, n)}\t${"xy"[i % 2]}`),
    { level: "char" },
  ],
  "a classifier of vectors": [
    "classifier",
    data((n, i) => `{"input":${vectors(n, i)},"label":"${"xy"[i % 2]}"}`),
    { format: "jsonl" },
  ],
  "a tagger": [
    "tagger",
    data(
      (n, i) =>
        `${tokens(n, i)
          .map((w) => `${w}\tT${w}\n`)
          .join("")}`,
    ),
  ],
  "an encoder-decoder": ["encoder-decoder", data((n, i) => `${words(n, i)}\t${words(n, i + 1)}`)],
  "an autoencoder": ["autoencoder", data((n, i) => words(n, i))],
  "a generator": ["generator", data((n, i) => `${"xy"[i % 2]}\t${words(n, i)}`), { level: "word" }],
  "an embedder": ["embedder", data((n, i) => `${words(n, i)}\t${words(n, i + 2)}`)],
  "a language model of lines": [
    "language-model",
    data((n, i) => "abcde".slice(i % 3, (i % 3) + n)),
    {},
    { lines: true },
  ],
};

async function begin(task: string, text: string, options: DataOptions, spec: object = {}, batch = 4) {
  const { defaultRecipe } = taskOf({ task } as never);
  return newRun(
    taskOf({ task } as never),
    {
      sources: { data: textSource(text, "x.txt") },
      complete: (defaults) => ({ ...defaults, hidden: 4, layers: 1, ...spec }),
      options,
      recipe: { ...defaultRecipe(), batch, clip: 1 },
      length: { iterations: 3 },
    },
    startRuntime,
  );
}

describe.each(Object.entries(CASES))("%s", (_, [task, [long, short], options = {}, spec]) => {
  it("that is cut learns what it learns from short sequences", async () => {
    const notes: string[] = [];
    const runs = [
      await begin(task, long, { ...options, cut: 3, note: (text) => notes.push(text) }, spec),
      await begin(task, short, options, spec),
      await begin(task, long, options, spec),
    ];
    const [cut, same, whole] = runs.map(({ trainer }) => {
      for (let i = 0; i < 3; i++) trainer.step();
      return digest(serializeModel(trainer.model));
    });
    expect(cut).toBe(same);
    expect(whole).not.toBe(cut);
    expect(notes.join()).toMatch(/sequences? (is|are) cut to the first 3 tokens/);
    expect(new Set(runs.map(({ hash }) => hash)).size, "the hash tells them apart").toBe(3);
  });

  it("that is cut is cut again when its run is resumed", async () => {
    const { trainer, hash } = await begin(task, long, { ...options, cut: 3 }, spec);
    const bytes = serializeCheckpoint(trainer, { best: null, dataHash: hash });
    const resumed = async (given: DataOptions) => {
      const kind = taskOf({ task } as never);
      const { level: _, ...format } = options;
      const checkpoint = openCheckpoint(bytes, [kind.Model]);
      const sources = { data: textSource(long, "x.txt") };
      const { trainer } = await resumeRun(
        kind,
        checkpoint,
        sources,
        { ...format, ...given },
        {},
        startRuntime,
      );
      trainer.step();
      return digest(serializeModel(trainer.model));
    };
    const [kept, given] = [await resumed({}), await resumed({ cut: 3 })];
    trainer.step();
    expect(kept).toBe(digest(serializeModel(trainer.model)));
    expect(kept).toBe(given);
    await expect(resumed({ cut: 2 })).rejects.toThrow("not those of this run");
  });

  it("that is cut is evaluated on short sequences", async () => {
    const { trainer } = await begin(task, short, options, spec);
    const { level: _, ...format } = options;
    const evaluate = (text: string, cut?: number) =>
      taskOf({ task } as never).evaluate(trainer.model, textSource(text, "x.txt"), {
        ...format,
        ...(cut && { cut }),
      });
    expect(await evaluate(long, 3)).toEqual(await evaluate(short));
    expect(await evaluate(short, 3)).toEqual(await evaluate(short));
  });
});

it("a name of a column is not taken for the cut of a run", () => {
  const read = (dataHash: string, reading?: object) => cutOf({ progress: { dataHash } as Progress, reading });
  expect(read("abc cut 12")).toBe(12);
  expect(read("abc")).toBeUndefined();
  const reading = { header: true, tagColumn: 12, labelColumn: "cut 5" };
  expect(read("abc header labelColumn cut 5", reading)).toBeUndefined();
  expect(read("abc header labelColumn cut 5 cut 5", reading)).toBe(5);
  expect(read("abc 12 header labelColumn cut 5 cut 12", reading)).toBe(12);
});

describe("a sequence that is too long to train on", () => {
  const huge = { hidden: 2000 };
  it.each([
    [
      "classifier",
      "a\tx\nb\ty\n\na a\tx\nb b\ty\n",
      "LONG\tx\n",
      /y\.txt, line 2: a sequence of 200000 tokens is too long/,
    ],
    ["tagger", "a\tx\n\nb\ty\n\n", "LONG", /y\.txt, line 2: a sequence of 200000 tokens/],
    ["encoder-decoder", "a a\tx\nb b\ty\n", "c c\tLONG\n", /y\.txt, line 2: a target of 399999 tokens/],
    ["generator", "x\ta\ny\tb\n", "x\tLONG\n", /y\.txt, line 2: a sequence of 200000 tokens/],
  ])("of a %s is named, with its file, its length and what to do", async (task, first, second, message) => {
    const repeated = task === "tagger" ? "a\tx\n".repeat(200_000) : "a ".repeat(200_000).trim();
    const text = `\n${second.replace("LONG", repeated)}`;
    const run = newRun(
      taskOf({ task } as never),
      {
        sources: {
          data: joinSources([textSource(first, "x.txt"), textSource(text, "y.txt")]),
          validation: textSource(first, "v.txt"),
        },
        complete: (defaults) => ({ ...defaults, ...huge }),
        options: task === "classifier" || task === "generator" ? { level: "word" } : {},
        recipe: taskOf({ task } as never).defaultRecipe(),
        length: {},
      },
      async () => startRuntime(),
    );
    await expect(run).rejects.toMatchObject({ code: "ERR_DATA", message: expect.stringMatching(/--cut N/) });
    await expect(run).rejects.toThrow(message);
  });

  it("is told apart from a batch that is too large, with the number of tokens that fit", async () => {
    const row = (n: number, i: number) => `${"a ".repeat(n)}b\t${"xy"[i % 2]}\n`;
    const begun = (text: string) =>
      begin("classifier", text, { level: "word" }, { hidden: 128, layers: 8 }, 32);
    await expect(begun(lines(40, (i) => row(8_000, i).trim()))).rejects.toThrow(
      /line \d+: a sequence of 8001 tokens is too long to train on in batches of 32: it needs about \d+\.\d GiB, .* [1-7]\d\d\d fit\), or use a smaller batch$/,
    );
    await expect(begun(lines(40, (i) => row(i === 30 ? 200_000 : 3, i).trim()))).rejects.toThrow(
      /line 31: a sequence of 200001 tokens .* even in a batch of its own: .* \d{5} fit\), or use a smaller network$/,
    );
  });

  it("alone among short ones is in a batch of its own, with a note", async () => {
    const notes: string[] = [];
    const text = lines(60, (i) => `${"a ".repeat(i === 20 ? 30_000 : 3)}b\t${"xy"[i % 2]}`);
    const { trainer } = await begin(
      "classifier",
      text,
      { level: "word", note: (note) => notes.push(note) },
      { hidden: 4, embedding: 64 },
      32,
    );
    expect(notes.join("\n")).toMatch(
      /1 sequence is far longer than the others and trained on in smaller batches, the first in .*line 21 with 30001 tokens/,
    );
    const grow = vi.spyOn(WebAssembly.Memory.prototype, "grow");
    expect(trainer.iterationsPerEpoch).toBe(3); // 59 in two batches, and one alone
    for (let i = 0; i < 3; i++) trainer.step();
    const pages = grow.mock.calls.reduce((sum, [more]) => sum + more, 0);
    grow.mockRestore();
    expect(pages * 65_536, "a batch of 32 rows would take 1.9 GB").toBeLessThan(2 ** 28);
  });

  it("is refused if cut is no number of tokens, or does not apply", async () => {
    for (const cut of [0, 1.5, -1, "3"]) {
      await expect(begin("classifier", CASES["a classifier"]![1][0], { cut } as never)).rejects.toMatchObject(
        {
          code: "ERR_VALUE",
        },
      );
    }
    await expect(begin("language-model", "abc\n".repeat(200), { cut: 3 })).rejects.toThrow(
      "cut shortens lines",
    );
    await expect(begin("forecaster", "a\n1\n2\n3\n", { cut: 3 })).rejects.toThrow("cut");
  });
});

describe("sequences of a million tokens", () => {
  it("are read to tag them, beside short ones", async () => {
    const { trainer } = await begin(
      "tagger",
      CASES["a tagger"]![1][1],
      {},
      { hidden: 2, embedding: 2, characters: 0 },
    );
    const long = tokens(1_000_000, 0);
    const short = tokens(3, 0);
    const tags = taskOf({ task: "tagger" } as never).predict!(trainer.model, [
      short,
      long,
      short,
    ]) as string[][];
    expect(tags.map(({ length }) => length)).toEqual([3, 1_000_000, 3]);
    const [alone] = taskOf({ task: "tagger" } as never).predict!(trainer.model, [short]) as string[][];
    expect([tags[0], tags[2]]).toEqual([alone, alone]);
  });

  it("do not overflow the stack as targets of an encoder-decoder", async () => {
    const target = "ab".repeat(63_000);
    const text = `${lines(9, (i) => `x${i}\tab`)}x\t${target}\n`;
    const { trainer } = await begin(
      "encoder-decoder",
      text,
      {},
      { hidden: 2, embedding: 2, attention: "none" },
    );
    for (let i = 0; i < 3; i++) trainer.step();
    expect(trainer.iteration).toBe(3);
  });
});
