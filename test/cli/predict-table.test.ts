import { expect, it } from "vitest";
import { answerTable } from "../../src/cli/predict-table.ts";
import { classifierTask, taggerTask } from "../../src/tasks/labels.ts";
import { textSource } from "../../src/tasks/source.ts";
import { readVectorInputs } from "../../src/tasks/vector-data.ts";
import { newClassifier, newTagger } from "../models/labels/labels.ts";
import { startRuntime } from "../runtimes.ts";

const rt = await startRuntime();
const [classifier, tagger] = [newClassifier(rt), newTagger(rt)];

/** A table with an answer to each row that is not empty, and the notes. */
async function answered(file: string, text: string, out: string) {
  const input = await classifierTask.inputFile(classifier, textSource(text, file));
  const notes: string[] = [];
  const predictions = input.inputs.map((one) => ({
    json: {},
    text: "",
    answers: [one.length ? { label: "x" } : {}],
  }));
  const table = answerTable(out, input, predictions, (note) => notes.push(note));
  return { table, notes, inputs: input.inputs };
}

it.each(['{"text":""}', '{"text":null}', '{"text":"  "}', '{"tokens":[]}', ""])(
  "every line has an answer: %s",
  async (line) => {
    for (const text of [`${line}\n{"text":"red","n":2}\n`, `{"text":"red","n":2}\n${line}\n`]) {
      const { inputs, table } = await answered("a.jsonl", text, "b.jsonl");
      expect([...inputs].sort()).toEqual(["", "red"]);
      const lines = table.split("\n").slice(0, -1);
      expect(lines).toHaveLength(2);
      expect(lines).toContain('{"text":"red","n":2,"label":"x"}');
      const again = await answered("b.jsonl", table, "c.jsonl");
      expect(again.inputs, "reads back").toEqual(inputs);
    }
  },
);

it("training refuses an empty text", async () => {
  const evaluate = classifierTask.evaluate(classifier, textSource('{"text":"","label":"pos"}\n', "a.jsonl"));
  await expect(evaluate).rejects.toThrow("a.jsonl, line 1: field text is empty");
});

it.each([
  ["a.txt", "\n\n \n"],
  ["a.jsonl", "\n\n\n"],
])("a file of only blank lines has blank inputs: %s", async (name, text) => {
  const { inputs } = await classifierTask.inputFile(classifier, textSource(text, name));
  expect(inputs).toEqual(["", "", ""]);
});

it.each(["a.txt", "a.jsonl"])("also for a tagger: %s", async (name) => {
  const { inputs } = await taggerTask.inputFile(tagger, textSource("\n\n\n", name));
  expect(inputs.map((input) => input.length)).toEqual([0, 0, 0]);
});

it("a blank line of JSON lines stays one", async () => {
  const text = '{"text":"a"}\n\n{"text":"b"}\n';
  const { table, inputs } = await answered("a.jsonl", text, "b.jsonl");
  expect(table).toBe('{"text":"a","label":"x"}\n\n{"text":"b","label":"x"}\n');
  expect((await answered("b.jsonl", table, "c.jsonl")).inputs).toEqual(inputs);
});

it.each([
  ["a.jsonl", '{"text":"a","n":12345678901234567890,"m":[1e400]}\n'],
  ["a.json", '[{"text":"a","n":12345678901234567890,"m":[1e400]}]'],
])("numbers keep their digits: %s", async (name, text) => {
  const { table } = await answered(name, text, "b.jsonl");
  expect(table).toBe('{"text":"a","n":12345678901234567890,"m":[1e400],"label":"x"}\n');
  expect((await answered(name, text, "b.csv")).table).toBe(
    "text,n,m,label\na,12345678901234567890,[1e400],x\n",
  );
});

it.each([
  ["a.jsonl", '{"vectors":[[0.188,2],[3,4]],"more":{"a":[1]},"n":12345678901234567890}\n'],
  ["a.json", '[{"vectors":[[0.188,2],[3,4]],"more":{"a":[1]},"n":12345678901234567890}]'],
])("vectors of JSON stay lists: %s", async (name, text) => {
  const form = {
    reader: "a reader",
    example: '{"vectors": [[0.1]]}',
    vectors: { option: "textColumn", names: ["vectors"] },
  } as const;
  const input = await readVectorInputs(textSource(text, name), form, {}, undefined, 2);
  const predictions = [{ json: {}, text: "", answers: [{ output: "x" }] }];
  const row = '{"vectors":[[0.188,2],[3,4]],"more":{"a":[1]},"n":12345678901234567890,"output":"x"}\n';
  expect(answerTable("b.jsonl", input, predictions)).toBe(row);
  const cells = '"[[0.188,2],[3,4]]","{""a"":[1]}",12345678901234567890,x\n';
  expect(answerTable("b.csv", input, predictions)).toBe(`vectors,more,n,output\n${cells}`);
});

it("a file with tabs has no quotes, which would be text", async () => {
  const text = 'text\tlabel\n"the" cat\tpos\nsay "a, b"\tneg\n';
  const { table, notes } = await answered("a.tsv", text, "b.tsv");
  expect(table).toBe('text\tlabel\tpredicted_label\n"the" cat\tpos\tx\nsay "a, b"\tneg\tx\n');
  expect(notes).toEqual([]);
});

it("tabs and line breaks in its cells become spaces, which a note says once", async () => {
  const { table, notes } = await answered("a.csv", 'text,id\n"a\nb",1\n"c\td\r\ne",2\n', "b.tsv");
  expect(table).toBe("text\tid\tlabel\na b\t1\tx\nc d e\t2\tx\n");
  expect(notes).toEqual([
    "2 cells have tabs or line breaks, which are written as spaces; --out FILE.csv keeps them",
  ]);
});

it("tags of a sentence in one row are a list", () => {
  const input = { rows: [[["a b"]]], names: ["text"] };
  const predictions = [{ json: {}, text: "", answers: [{ tag: ["N", "V"] }] }];
  expect(answerTable("b.jsonl", input, predictions)).toBe('{"text":"a b","tag":["N","V"]}\n');
  expect(answerTable("b.csv", input, predictions)).toBe('text,tag\na b,"[""N"",""V""]"\n');
});

it.each([
  ["a.json", "[]"],
  ["a.csv", "\n\n"],
])("a file without rows is refused: %s", async (name, text) => {
  const input = classifierTask.inputFile(classifier, textSource(text, name));
  await expect(input).rejects.toThrow(`${name} has no examples`);
});
