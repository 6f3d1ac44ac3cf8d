import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { check } from "../../../studio/src/desk/check.ts";
import type { CheckPlan } from "../../../studio/src/desk/checked.ts";
import { datasetsOf } from "../../../studio/src/tasks/examples.ts";
import { STUDIO_TASKS } from "../../../studio/src/tasks/index.ts";
import { found } from "../../../studio/src/tasks/setup/found.ts";
import { ownRecipe } from "../../../studio/src/tasks/setup/own-recipe.ts";
import { defaultsOf } from "../../../studio/src/tasks/setup/settings.ts";

const planOf = (task: string, bytes = 1000, options: object = {}): CheckPlan => {
  const { spec, recipe, length } = ownRecipe(datasetsOf(task as never).at(-1)!, bytes);
  return { task: task as never, options, spec, recipe, length };
};

const fileOf = (text: string, name = "own.txt") => new File([text], name);

const WORDS = "red green blue white black grey pink brown gold silver".split(" ");
const lines = (line: (word: string, i: number) => string, count = 40) =>
  Array.from({ length: count }, (_, i) => line(WORDS[i % WORDS.length]!, i)).join("\n");

/** Own data of each task, and what is found in them. */
const OWN: readonly (readonly [task: string, data: File, expected: string | RegExp])[] = [
  [
    "language-model",
    fileOf(lines((word) => `the ${word} house.`, 200)),
    /^A text of [\d,]+ characters, with 2\d different characters\.$/,
  ],
  [
    "classifier",
    fileOf(lines((word, i) => `a ${word} one\t${i % 2 ? "odd" : "even"}`)),
    "40 texts, read as words, with 2 labels: even, odd.",
  ],
  [
    "classifier",
    fileOf(
      lines((_, i) =>
        JSON.stringify({
          input: [
            [i, 1],
            [2, i],
          ],
          label: i % 2 ? "odd" : "even",
        }),
      ),
      "own.jsonl",
    ),
    "40 sequences, each step with 2 numbers, with 2 labels: even, odd.",
  ],
  ["tagger", fileOf(lines((word) => `a\tO\n${word}\tCOLOUR\n`)), "40 sentences, with 2 tags: COLOUR, O."],
  [
    "encoder-decoder",
    fileOf(lines((word) => `${word}\t${[...word].reverse().join("")}`)),
    "40 pairs; the sources are read as characters, the targets as characters.",
  ],
  ["autoencoder", fileOf(lines((word) => word)), "40 texts, read as characters."],
  [
    "generator",
    fileOf(lines((word, i) => `${i % 2 ? "odd" : "even"}\t${word}`)),
    "40 texts, read as characters, with 2 conditions: even, odd.",
  ],
  ["embedder", fileOf(lines((word, i) => `${word} ${i}\t${word} one`)), "40 pairs, read as words."],
  [
    "forecaster",
    fileOf(`day,sold,price\n${lines((_, i) => `${i},${i % 7},${i % 5}`, 200)}`, "own.csv"),
    "200 rows of 2 columns: sold, price. It will forecast sold, price.",
  ],
  [
    "transcriber",
    fileOf(
      lines((_, i) => JSON.stringify({ vectors: Array(9).fill([i, 2]), text: i % 2 ? "ab" : "ba" })),
      "own.jsonl",
    ),
    "40 sequences, each step with 2 numbers, whose texts have 2 symbols: ab.",
  ],
];

describe("a check of data", () => {
  it.each(OWN)("says what is in those of a %s", async (task, data, expected) => {
    const checked = await check(data, planOf(task, data.size));
    if (typeof expected === "string") expect(found(checked)).toBe(expected);
    else expect(found(checked)).toMatch(expected);
    expect(checked.iterationsPerEpoch).toBeGreaterThan(0);
  });

  it.each(OWN)("finds the defaults that the form of a %s shows", async (task, data) => {
    const { cell, layers, hidden } = defaultsOf(task as never);
    const nothing = {
      task: task as never,
      options: {},
      spec: {},
      recipe: { batch: 2, seq: 10 },
      length: {} as never,
    };
    const given =
      task === "language-model" || task === "forecaster" ? nothing : { ...nothing, recipe: { batch: 2 } };
    expect((await check(data, given)).whole).toMatchObject({ cell, layers, hidden });
  });

  it.each(STUDIO_TASKS.map(({ task }) => task))("accepts the data sets of a %s", async (task) => {
    for (const dataset of datasetsOf(task)) {
      const file = fileOf(readFileSync(new URL(dataset.file), "utf8"), new URL(dataset.file).pathname);
      const { spec, recipe, length, options = {} } = dataset;
      const plan = { task, spec, recipe, length, options } as unknown as CheckPlan;
      expect(found(await check(file, plan)), dataset.id).toMatch(/\d/);
    }
  });

  it("collects notes, such as columns that were guessed", async () => {
    const data = fileOf(`day,sold,price\n${lines((_, i) => `${i},${i % 7},${i % 5}`, 200)}`, "own.csv");
    const { notes } = await check(data, planOf("forecaster"));
    expect(notes.join()).toContain("day");
  });

  it("forecasts the columns that are asked for", async () => {
    const data = fileOf(`day,sold,price\n${lines((_, i) => `${i},${i % 7},${i % 5}`, 200)}`, "own.csv");
    const { whole } = await check(data, planOf("forecaster", 1000, { target: ["price"] }));
    expect(whole).toMatchObject({ columns: ["sold", "price"], targets: ["price"] });
  });

  it("refuses what a run would refuse, with the library's message", async () => {
    await expect(check(fileOf("no tab here\nnor here"), planOf("classifier"))).rejects.toThrow(
      "own.txt, line 1: no tab",
    );
    const plan = planOf("classifier");
    const data = fileOf(lines((word, i) => `a ${word} one\t${i % 2}`));
    await expect(check(data, { ...plan, spec: { hidden: 0 } })).rejects.toThrow("hidden is 0");
    await expect(check(data, { ...plan, recipe: { lr: -1 } })).rejects.toThrow("lr is -1");
  });
});
