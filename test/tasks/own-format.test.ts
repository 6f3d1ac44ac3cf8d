import { expect, it } from "vitest";
import { withOwnFormat } from "../../src/tasks/own-format.ts";
import { textSource } from "../../src/tasks/source.ts";
import type { FormatOptions, Reading } from "../../src/tasks/task.ts";

async function formatOf(text: string, name = "standard input", trained?: Reading) {
  const notes: string[] = [];
  const given: FormatOptions = { note: (text) => notes.push(text) };
  const [source, { format }] = await withOwnFormat(textSource(text, name), given, trained);
  let read = "";
  for await (const chunk of source.chunks) read += chunk;
  expect(read).toBe(text);
  return { format, notes };
}

it.each([
  ["json", '[{"text":"a","label":"x"}]'],
  ["json", '\n[\n  {\n    "text": "a"\n  }\n]\n'],
  ["jsonl", '{"text":"a","label":"x"}\n{"text":"b","label":"y"}\n'],
  ["jsonl", '{ "input": [[1, 2]], "label": 3 }\r\n'],
])("finds %s in training data without the end of a name", async (format, text) => {
  expect(await formatOf(text)).toEqual({
    format,
    notes: [`read as ${format} (--format text reads it as plain lines)`],
  });
  expect(await formatOf(text, "a.txt"), "the name says that it is text").toEqual({
    format: undefined,
    notes: [],
  });
  expect(await formatOf(text, "the data", {}), "the training data were text").toMatchObject({ notes: [] });
});

it.each([
  "a b\tx\n",
  "[1] a citation\tx\n",
  "[\n",
  "{a} b\tx\n",
  '{"a"} b\tx\n',
  "[[a]]\tx\n",
  '["a", "b"]\n',
])("reads %j as text", async (text) =>
  expect(await formatOf(text)).toEqual({ format: undefined, notes: [] }),
);
