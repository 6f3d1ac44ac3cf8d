import { readFileSync } from "node:fs";
import { createRuntime, type TaskModel } from "unrolled";
import { completeRecipe, newRun, TASKS, textSource } from "unrolled/tasks";
import { describe, expect, it } from "vitest";
import { conditions, neighbours, outlook, samples, tag } from "../../../studio/src/desk/data.ts";
import type { RunFile } from "../../../studio/src/desk/run-data.ts";
import type { Dataset } from "../../../studio/src/tasks/datasets.ts";
import { datasetsOf } from "../../../studio/src/tasks/examples.ts";

const fileOf = ({ file }: Dataset) =>
  new File([readFileSync(new URL(file))], new URL(file).pathname.split("/").at(-1)!);

/** Makes an untrained model of a task's first data set. */
async function modelOf(name: Dataset["task"], small: object = {}) {
  const [dataset] = datasetsOf(name);
  const task = TASKS.find(({ Model }) => Model.task === name)!;
  const { options = {}, spec, recipe, length } = dataset!;
  const { trainer } = await newRun(
    task,
    {
      sources: { data: textSource(fileOf(dataset!)) },
      complete: (defaults) => ({ ...defaults, ...spec, ...small }),
      options,
      recipe: completeRecipe(task.defaultRecipe(), recipe),
      length,
    },
    createRuntime,
  );
  const file = fileOf(dataset!);
  const data = (seed: number): RunFile => ({ key: `${name} ${seed}`, file, options, recipe: { seed } });
  return { model: trainer.model as TaskModel, file, data };
}

describe("what panels ask of data", () => {
  it("samples are kept aside, with the text that belongs to them", async () => {
    const { model, file, data } = await modelOf("transcriber");
    const lines = (await file.text())
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const found = await samples(model, data(1), 40);
    expect(found.length).toBe(Math.floor(lines.length / 10));
    for (const { input, truth } of found) {
      expect(lines.find(({ vectors }) => JSON.stringify(vectors) === JSON.stringify(input)).text).toBe(truth);
    }
    // The part is that of the run, whose validation counts as many sequences.
    const other = await samples(model, data(2), 40);
    expect(other[0]!.truth === found[0]!.truth && other[1]!.truth === found[1]!.truth).toBe(false);
  });

  it("a sentence has its words, a tag for each, and all tags", async () => {
    const { model } = await modelOf("tagger");
    const { tokens, tags, labels } = tag(model, "Ann flew to Oslo.");
    expect(tokens).toEqual(["Ann", "flew", "to", "Oslo", "."]);
    expect(tags.length).toBe(5);
    expect([...labels].sort()).toEqual(["B-PERSON", "B-PLACE", "I-PLACE", "O"]);
  });

  it("conditions are the names that a generator knows", async () => {
    const { model } = await modelOf("generator");
    expect([...conditions(model)].sort()).toEqual([
      "Arabic",
      "Dutch",
      "English",
      "French",
      "German",
      "Italian",
      "Japanese",
      "Russian",
      "Spanish",
    ]);
  });

  it("neighbours are of the data, the nearest first, without the query", async () => {
    const { model, file, data } = await modelOf("embedder");
    const found = await neighbours(model, "deep", data(1), { count: 5 });
    const words = new Set((await file.text()).split(/\s+/));
    expect(found.length).toBe(5);
    for (const { candidate } of found) expect(words.has(candidate as string)).toBe(true);
    expect(found.map(({ candidate }) => candidate)).not.toContain("deep");
    const similarities = found.map(({ similarity }) => similarity);
    expect(similarities).toEqual([...similarities].sort((a, b) => b - a));
    const own = { ...data(1), key: "own", file: new File(["alpha\nbeta"], "list"), options: {} };
    expect(
      (await neighbours(model, "deep", own, { count: 5, more: ["gamma"] }))
        .map(({ candidate }) => candidate)
        .sort(),
    ).toEqual(["alpha", "beta", "gamma"]);
  });

  it("a forecast follows the rows that it sees", async () => {
    const { model, data } = await modelOf("forecaster");
    const found = await outlook(model, data(1), { back: 12, steps: 6, shown: 24 });
    expect(found).toMatchObject({ targets: ["passengers"], rows: 144, from: 132, ahead: [1, 2, 3, 4, 5, 6] });
    expect(found.past.length).toBe(24);
    expect(found.past.at(-1)).toEqual([405]);
    expect(found.truth.slice(0, 2)).toEqual([[417], [391]]);
    expect(found.steps.length).toBe(6);
  });
});
