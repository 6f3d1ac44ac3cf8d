import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { check, horizonFor } from "../../../studio/src/desk/check.ts";
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
    /^200 rows of 2 columns: sold, price\. It will forecast sold, price, 10 rows ahead\. .* a twentieth of the rows, at most 12\.$/,
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

  it("forecasts a twentieth of the rows if no horizon is chosen", async () => {
    expect([4, 39, 40, 144, 5000].map(horizonFor)).toEqual([1, 1, 2, 7, 12]);
    const data = new File([`x\n${Array.from({ length: 60 }, (_, i) => i % 7).join("\n")}`], "series.csv");
    const own = await check(data, planOf("forecaster"));
    expect([own.whole.horizon, (own.spec as { horizon?: number }).horizon]).toEqual([3, 3]);
    const plan = planOf("forecaster");
    const asked = await check(data, { ...plan, spec: { ...plan.spec, horizon: 1 } });
    expect(asked.whole.horizon).toBe(1);
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

  it("tells how far it is", async () => {
    const stages = async (task: string, text: string) => {
      const seen: string[] = [];
      await check(fileOf(text), planOf(task, text.length), undefined, ({ stage, share }) =>
        seen.push(`${stage} ${share.toFixed(1)}`),
      );
      return [...new Set(seen)];
    };
    const shares = ["0.0", "0.5", "1.0"]; // a piece of 1 MB at a time
    expect(await stages("language-model", "the red house. ".repeat(2 ** 17).slice(0, 2 ** 21))).toEqual([
      ...shares.map((share) => `reading ${share}`),
      "preparing 1.0",
    ]);
    const classes = lines((word, i) => `a ${word} one\t${i % 2 ? "odd" : "even"}`);
    expect(await stages("classifier", classes)).toEqual([
      "reading 0.0",
      "reading 1.0",
      "preparing 1.0",
      "counting 0.0",
      "counting 1.0",
    ]);
  });

  it("reads data once for several networks, and says of each the same as alone", async () => {
    const data = fileOf(lines((word, i) => `a ${word} one\t${i % 2 ? "odd" : "even"}`));
    const plan = planOf("classifier", data.size);
    const other = { ...plan, spec: { hidden: 5 } };
    const stages = async (...parameters: Parameters<typeof check>) => {
      const seen = new Set<string>();
      const [data, plan, id] = parameters;
      const found = await check(data, plan, id, ({ stage }) => seen.add(stage));
      return { found, seen: [...seen] };
    };
    const alone = await check(data, other);
    await stages(data, plan, "a");
    expect(await stages(data, other, "a")).toEqual({ found: alone, seen: ["preparing"] });
    expect((await stages(data, other, "b")).seen).toContain("reading");
    expect((await stages(data, { ...other, options: { level: "char" } }, "b")).seen).toContain("reading");
    await expect(check(fileOf("none"), plan, "c")).rejects.toThrow("no tab");
    await expect(check(fileOf("none"), plan, "c")).rejects.toThrow("no tab");
  });

  it("returns text in UTF-16 as UTF-8, and says so", async () => {
    const text = lines((word, i) => `a ${word} one\t${i % 2 ? "odd" : "even"}`);
    const units = Uint16Array.from(`\ufeff${text}`, (letter) => letter.charCodeAt(0));
    const { data, notes, examples } = await check(new File([units], "own.txt"), planOf("classifier"));
    expect(await data!.text()).toBe(text);
    expect(notes.join()).toContain("UTF-16");
    expect(examples).toBe(40);
    expect((await check(fileOf(text), planOf("classifier"))).data).toBeUndefined();
  });
});
