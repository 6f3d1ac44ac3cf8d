import { expect, it } from "vitest";
import { labelledForm } from "../../src/data/labelled.ts";
import { readTexts } from "../../src/tables/texts.ts";

async function notesOf(text: string, name = "a.tsv") {
  const notes: string[] = [];
  const { rows } = await readTexts([text], name, labelledForm(), { note: (text) => notes.push(text) });
  return { text: rows.at(-1)!.values![0], notes };
}

it.each([
  ["in every row", '"a b"\t"x"\n"c"\t"y"\n', '"c"'],
  ["with doubled quotes", 'a\tx\n"a ""b"" c"\tx\n', '"a ""b"" c"'],
])("says that quotes %s are read as text", async (_, text, last) => {
  expect(await notesOf(text)).toEqual({
    text: last,
    notes: [expect.stringMatching(/in quotes.*--format csv/)],
  });
  expect((await notesOf(text, "a.csv")).notes.join()).not.toContain("quotes");
});

it.each([
  ["of a dialogue", '"Hello."\tx\nHe nods.\tx\n'],
  ["inside of a text", 'the "good" one\tx\n"""\tx\n'],
])("says nothing about quotes %s", async (_, text) => {
  expect((await notesOf(text)).notes).toEqual([]);
});
