import { expect, it } from "vitest";
import { newRun } from "../../src/tasks/run.ts";
import { joinSources, textSource } from "../../src/tasks/source.ts";
import type { DataOptions, Sources } from "../../src/tasks/task.ts";
import { startRuntime } from "../runtimes.ts";
import { taskOf } from "./examples.ts";

const rows = (head: string, count: number, row: (i: number) => string) =>
  `${head}\n${Array.from({ length: count }, (_, i) => `${row(i)}\n`).join("")}`;
const hole = (i: number, cell: string) => (i === 2 ? "" : cell);
const labelled = (count: number) => rows("text,label", count, (i) => `a b c ${i % 3},${"xy"[i % 2]}`);

async function notesOf(task: string, sources: Sources, options: DataOptions = {}): Promise<string[]> {
  const notes: string[] = [];
  await newRun(
    taskOf({ task } as never),
    {
      sources,
      complete: (defaults) => ({ ...defaults, hidden: 4, layers: 1 }),
      options: { ...options, note: (text) => notes.push(text) },
      recipe: { ...taskOf({ task } as never).defaultRecipe(), batch: 4 },
      length: { iterations: 1 },
    },
    startRuntime,
  );
  return notes;
}

const LEFT_OUT = /1 row with an empty cell is left out/;
const CASES: Readonly<Record<string, readonly [data: string, note: RegExp]>> = {
  classifier: [rows("text,label", 12, (i) => `${hole(i, `a b c ${i % 3}`)},${"xy"[i % 2]}`), LEFT_OUT],
  "encoder-decoder": [rows("source,target", 12, (i) => `a b ${i},${hole(i, `c ${i}`)}`), LEFT_OUT],
  autoencoder: [rows("id,text", 12, (i) => `${i},${hole(i, `c ${i}`)}`), LEFT_OUT],
  embedder: [rows("question1,question2", 12, (i) => `a b ${i},${hole(i, `c ${i}`)}`), LEFT_OUT],
  generator: [rows("label,text", 12, (i) => `${"xy"[i % 2]},${hole(i, `a b ${i}`)}`), LEFT_OUT],
  "language-model": ["abcdefgh,\n".repeat(60), /read as plain text/],
  forecaster: [rows("a;b", 300, (i) => `${i === 9 ? "1,234" : "5,5"};${i}`), /columns a, b/],
};

it.each(Object.entries(CASES))("notes about the data of a %s name their file", async (task, [data, note]) => {
  const found = async (sources: Sources) => (await notesOf(task, sources)).filter((text) => note.test(text));
  const [first, second, third] = ["a.csv", "b.csv", "c.csv"].map((name) => () => textSource(data, name));
  const [only, ...others] = await found({ data: first!() });
  expect(others).toEqual([]);
  expect(only).not.toContain("a.csv");

  const both = await found({ data: first!(), validation: second!() });
  // Those of a forecaster about its columns are not repeated for the validation data.
  const same = task === "forecaster" ? [] : [`b.csv: ${only}`];
  expect(both).toEqual([`a.csv: ${only}`, ...same]);

  if (task === "forecaster") return;
  const three = await found({ data: first!(), validation: joinSources([second!(), third!()]) });
  expect(three).toEqual([`a.csv: ${only}`, `b.csv: ${only}`, `c.csv: ${only}`]);
});

it("tells sequences that are cut to train on from those to validate on", async () => {
  const sources = { data: textSource(labelled(12), "a.csv"), validation: textSource(labelled(4), "b.csv") };
  const notes = await notesOf("classifier", sources, { cut: 2, level: "word" });
  expect(notes).toContain("12 sequences are cut to the first 2 tokens");
  expect(notes).toContain("validation: 4 sequences are cut to the first 2 tokens");
});
