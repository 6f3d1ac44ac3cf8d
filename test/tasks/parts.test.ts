import { describe, expect, it } from "vitest";
import type { Vocabulary } from "../../src/data/vocabulary.ts";
import { TASKS } from "../../src/tasks/index.ts";
import { textSource } from "../../src/tasks/source.ts";
import { startRuntime } from "../runtimes.ts";
import { taskOf } from "./examples.ts";

/** Reads data and prepares a run with a seed. @returns the labels that the model knows, and the notes */
async function prepared(task: string, data: string, seed: number, validation?: string) {
  const notes: string[] = [];
  const sources = {
    data: textSource(data, "data.txt"),
    validation: validation === undefined ? undefined : textSource(validation, "held.txt"),
  };
  const read = await taskOf({ task }).read(sources, { note: (text) => notes.push(text) });
  const run = await read.prepare((defaults) => ({ ...defaults, hidden: 4, layers: 1 }), seed);
  const rt = await startRuntime();
  const { tables } = run.model(rt) as unknown as { tables: Record<string, Vocabulary> };
  rt.dispose();
  return { notes, labels: [...(tables.labels?.symbols ?? [])].sort() };
}

const word = (i: number) => ["red", "green", "blue", "grey"][i % 4]!;
const common = (format: (i: number, label: string) => string) =>
  Array.from({ length: 40 }, (_, i) => format(i, i % 3 ? "often" : "seldom"));
const SEEDS = Array.from({ length: 25 }, (_, seed) => seed);
const FORMATS: Readonly<Record<string, (i: number, label: string) => string>> = {
  classifier: (i, label) => `${word(i)} cow\t${label}\n`,
  tagger: (i, label) => `${word(i)}\to\ncow\t${label}\n\n`,
};

describe.each(Object.entries(FORMATS))("a %s", (task, format) => {
  const noun = task === "tagger" ? "tags" : "labels";

  it("knows labels with one or two examples, whatever the seed", async () => {
    const data = [...common(format), format(0, "once"), format(1, "twice"), format(2, "twice")].join("");
    for (const seed of SEEDS) {
      const { labels, notes } = await prepared(task, data, seed);
      expect(labels.filter((label) => label !== "o")).toEqual(["often", "once", "seldom", "twice"]);
      const told = notes.join("\n");
      expect(told).toMatch(
        new RegExp(`^\\d+ of \\d+ ${noun} have no example for validation, so they are not validated`),
      );
      expect(told).toContain('"once"');
    }
  });

  it("names five labels that are not validated, and the number of the others", async () => {
    const rare = Array.from({ length: 7 }, (_, i) => format(i, `rare ${i} ${"and long ".repeat(9)}`));
    const { notes } = await prepared(task, [...common(format), ...rare].join(""), 1);
    const [note] = notes;
    const all = task === "tagger" ? 10 : 9;
    expect(note).toContain(
      `7 of ${all} ${noun} have no example for validation, so they are not validated: "rare 0 and long and long and long and long and long and long...", "rare 1`,
    );
    expect(note).toMatch(/, "rare 4[^,]*" and 2 more$/);
    expect(notes).toHaveLength(1);
  });

  it("says nothing if all labels are validated, or if there is a validation file", async () => {
    const often = common(format).join("");
    expect((await prepared(task, often, 1)).notes).toEqual([]);
    const held = format(0, "often");
    expect((await prepared(task, `${often}${format(0, "once")}`, 1, held)).notes).toEqual([]);
  });

  it("learns from all examples if each is the only one with its label, and says so", async () => {
    const data = Array.from({ length: 4 }, (_, i) => format(i, `label ${i}`)).join("");
    const { labels, notes } = await prepared(task, data, 1);
    expect(labels.filter((label) => label !== "o")).toHaveLength(4);
    expect(notes[0]).toBe(
      `each ${noun.slice(0, -1)} has only one example, so the example for validation is also trained on; give others with --validation`,
    );
  });
});

it("a generator keeps an example of every condition to learn from", async () => {
  const data = [...common((i, label) => `${label}\t${word(i)}\n`), "once\tred cow\n"].join("");
  for (const seed of SEEDS.slice(0, 5)) {
    const { notes } = await prepared("generator", data, seed);
    expect(notes.join("\n")).toMatch(/^\d+ of \d+ conditions have no example for validation.*"once"/);
  }
});

it("tasks without labels have no such notes", async () => {
  const data = Array.from({ length: 40 }, (_, i) => `${word(i)} cow\t${word(i)} ${i}\n`).join("");
  for (const task of ["encoder-decoder", "embedder"]) {
    expect(TASKS.some(({ Model }) => Model.task === task)).toBe(true);
    expect((await prepared(task, data, 1)).notes).toEqual([]);
  }
});
