import { expect, it } from "vitest";
import { PAIR_FORM } from "../../src/models/sequence-to-sequence/pairs.ts";
import { readTexts } from "../../src/tables/texts.ts";
import { readRun } from "../../src/tasks/label-data.ts";
import { noteLabels } from "../../src/tasks/label-notes.ts";
import { textSource } from "../../src/tasks/source.ts";
import { expectRejection } from "../runtimes.ts";

it("labels that stand for a missing value and labels that differ in case are told", () => {
  const told = (...labels: string[]) => {
    const notes: string[] = [];
    noteLabels(labels, "label", (note) => notes.push(note));
    return notes;
  };
  expect(told("pos", "neg", "pos", "none", "no", "null set")).toEqual([]);
  for (const missing of ["NULL", "nan", "NaN", "\\N", "N/A", "NA"]) {
    expect(told("pos", missing, missing)).toEqual([
      `${JSON.stringify(missing)} is learnt as a label; if it stands for a missing one, leave its examples out`,
    ]);
  }
  expect(told("Positive", "neg", "positive")).toEqual([
    'these labels differ only in the case of their letters, but are learnt as different ones: "Positive" and "positive"',
  ]);
});

const read = async (objects: readonly object[], task: "classifier" | "tagger" = "classifier") => {
  const notes: string[] = [];
  const data = textSource(objects.map((object) => `${JSON.stringify(object)}\n`).join(""), "x.jsonl");
  const run = await readRun(task, { data }, { note: (note) => notes.push(note) }, false, undefined);
  return { texts: run.texts, count: run.sentences({ normalForm: "none" }).length, notes };
};
const GOOD = { text: "good film", label: "pos" };
const BAD = { text: "bad film", label: "neg" };

it.each([
  { text: "odd", label: null },
  { text: "odd" },
  { text: "odd", label: " " },
  { text: null, label: "pos" },
  { label: "pos" },
  { text: "", label: "pos" },
])("an object without text or label is left out with a note: %j", async (empty) => {
  for (const [place, objects] of [
    [1, [empty, GOOD, BAD]],
    [2, [GOOD, empty, BAD]],
  ] as const) {
    const { texts, notes } = await read(objects);
    expect(texts).toEqual(["good film", "bad film"]);
    expect(notes).toEqual([`1 object with an empty field is left out, the first in line ${place}`]);
  }
  await expectRejection(
    read([empty, empty, GOOD]),
    "ERR_DATA",
    /x\.jsonl, line 1: (no field|field \w+ is empty)/,
  );
});

it("an object without tags is left out with a note, and null in a pair of texts is too", async () => {
  const sentence = { tokens: ["Ann"], labels: ["B"] };
  const { count, notes } = await read([{ tokens: ["So"], labels: null }, sentence, sentence], "tagger");
  expect({ count, notes }).toEqual({
    count: 2,
    notes: ["1 object with an empty field is left out, the first in line 1"],
  });
  const text =
    '{"source":"a","target":"b"}\n{"source":"a","target":null}\n{"source":"c"}\n{"source":"d","target":"e"}\n';
  const told: string[] = [];
  const table = await readTexts([text], "x.jsonl", PAIR_FORM, { note: (note) => told.push(note) });
  expect(table.rows.filter(({ values }) => values)).toHaveLength(2);
  expect(told.at(-1)).toBe("2 rows with an empty cell are left out, the first in line 2");
});
