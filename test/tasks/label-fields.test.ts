import { describe, expect, it } from "vitest";
import { classifierTask, taggerTask } from "../../src/tasks/labels.ts";
import { textSource } from "../../src/tasks/source.ts";
import { newClassifier } from "../models/labels/labels.ts";
import { newVectorClassifier, newVectorTagger, SIGNS, TONES } from "../models/labels/vectors.ts";
import { expectRejection, startRuntime } from "../runtimes.ts";

const rt = await startRuntime();
const jsonl = (rows: readonly object[]) =>
  textSource(rows.map((row) => `${JSON.stringify(row)}\n`).join(""), "a.jsonl");

const CLIPS = TONES.map(({ tokens, labels }, i) => ({ text: `clip ${i}`, input: tokens, label: labels[0]! }));
const SPOKEN = CLIPS.map(({ text, ...row }) => ({ tokens: text.split(" "), ...row }));
const TAGGED = SIGNS.map(({ tokens, labels }) => ({ tokens: tokens.map(() => "x"), input: tokens, labels }));
const without = (rows: readonly object[], field: string) =>
  rows.map((row) => ({ ...row, [field]: undefined }));

async function read(task: typeof classifierTask | typeof taggerTask, rows: readonly object[], options = {}) {
  const notes: string[] = [];
  const note = (text: string) => notes.push(text);
  const run = await task.read({ data: jsonl(rows) }, { ...options, note } as never);
  return { reading: run.reading, notes };
}

describe("the field that a sequence has", () => {
  it.each([
    [classifierTask, CLIPS, "textColumn", 'text from field "text", not from "input" (--text-column)', "text"],
    [
      classifierTask,
      SPOKEN,
      "textColumn",
      'text from field "tokens", not from "input" (--text-column)',
      "tokens",
    ],
    [
      taggerTask,
      TAGGED,
      "tokenColumn",
      'tokens from field "tokens", not from "input" (--token-column)',
      "tokens",
    ],
  ] as const)(
    "a note tells it if there are two, and the model keeps it",
    async (task, rows, option, note, field) => {
      const both = await read(task, rows);
      expect(both.notes).toContain(note);
      expect(both.reading).toMatchObject({ [option]: field });
      const chosen = await read(task, rows, { [option]: "input" });
      expect(chosen.notes.join()).not.toContain("from field");
      expect(chosen.reading).toMatchObject({ [option]: "input" });
    },
  );

  it("is not kept if it is the only one, since earlier versions did not", async () => {
    for (const field of ["text", "input"]) {
      const { notes, reading } = await read(classifierTask, without(CLIPS, field));
      expect(notes.join()).not.toContain("from field");
      expect(reading).toEqual({ format: "jsonl" });
    }
  });

  it("is the vectors for a model that reads vectors, also one that keeps no field", async () => {
    const [classifier, tagger] = [newVectorClassifier(rt), newVectorTagger(rt)];
    const clips = await classifierTask.inputFile(classifier, jsonl(CLIPS));
    expect(clips.inputs).toEqual(CLIPS.map(({ input }) => input));
    expect((await classifierTask.evaluate(classifier, jsonl(CLIPS))).labels).toBe(CLIPS.length);
    const tagged = await taggerTask.inputFile(tagger, jsonl(TAGGED));
    expect(tagged.inputs).toEqual(TAGGED.map(({ input }) => input));
    expect((await taggerTask.evaluate(tagger, jsonl(TAGGED))).labels).toBe(
      SIGNS.flatMap(({ labels }) => labels).length,
    );
  });

  it("is kept if a model without it would look for another one", async () => {
    const words = SPOKEN.map(({ tokens, label }) => ({ tokens, label }));
    const { reading, notes } = await read(classifierTask, words);
    expect(notes.join()).not.toContain("from field");
    expect(reading).toEqual({ format: "jsonl", textColumn: "tokens" });
    const asText = CLIPS.map(({ input, label }) => ({ text: input, label }));
    expect((await read(classifierTask, asText)).reading).toEqual({ format: "jsonl", textColumn: "text" });

    const model = Object.assign(newClassifier(rt), { reading });
    const both = jsonl([{ text: "the film", tokens: ["a", "book"] }]);
    expect((await classifierTask.inputFile(model, both)).inputs).toEqual([["a", "book"]]);
    expect((await classifierTask.inputFile(model, jsonl([{ text: "the film" }]))).inputs).toEqual([
      "the film",
    ]);
  });

  it("is told if a model keeps none, and new rows have two that it can read", async () => {
    const notes: string[] = [];
    const note = (text: string) => void notes.push(text);
    const rows = [{ text: "the film", tokens: ["a", "book"], input: [[1]] }];
    const { inputs } = await classifierTask.inputFile(newClassifier(rt), jsonl(rows), { note });
    expect(inputs).toEqual(["the film"]);
    expect(notes).toEqual(['text from field "text", not from "tokens" (--text-column)']);
    await classifierTask.inputFile(newVectorClassifier(rt), jsonl(CLIPS), { note });
    expect(notes).toHaveLength(1);
  });

  it("is refused by its file and line if its vectors have another size", async () => {
    const rows = [{ input: [] }, { input: [[1, 2, 3]] }];
    for (const [task, model] of [
      [classifierTask, newVectorClassifier(rt)],
      [taggerTask, newVectorTagger(rt)],
    ] as const) {
      const message =
        /^a.jsonl, line 2: sequences consist of vectors of 3 numbers, but the model reads vectors of 2/;
      await expectRejection(task.inputFile(model as never, jsonl(rows)), "ERR_DATA", message);
    }
  });
});
