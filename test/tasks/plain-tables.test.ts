import { expect, it } from "vitest";
import { languageModelTask } from "../../src/tasks/language-model.ts";
import { joinSources, textSource } from "../../src/tasks/source.ts";

it("a language model says that it reads tables as plain text", async () => {
  const read = async (...names: string[]) => {
    const notes: string[] = [];
    const data = joinSources(names.map((name) => textSource("text,label\na cow,x\n".repeat(9), name)));
    await languageModelTask.read({ data }, { note: (text) => notes.push(text) });
    return notes;
  };
  expect(await read("cows.txt")).toEqual([]);
  expect(await read("cows.csv")).toEqual([
    "read as plain text, with all its columns; to learn from one column, write it to a .txt file",
  ]);
  expect(await read("a.txt", "b.JSONL", "c.tsv")).toEqual([
    expect.stringMatching(/^b\.JSONL: read as plain text/),
    expect.stringMatching(/^c\.tsv: read as plain text/),
  ]);
});
