import { describe, expect, it } from "vitest";
import { labelledForm } from "../../src/data/labelled.ts";
import { readTexts, type TableContext, type TableOptions } from "../../src/tables/texts.ts";
import { expectRejection } from "../runtimes.ts";

// Files that `predict` reads, whose columns and headers may differ from those of the training data.

const texts = async (text: string, name: string, context: TableContext, options: TableOptions = {}) => {
  const notes: string[] = [];
  const note = (message: string) => notes.push(message);
  const all = { needed: ["textColumn"] as const, mayBeEmpty: true, ...context };
  const table = await readTexts([text], name, labelledForm(), { note, ...options }, all);
  return { texts: table.rows.map(({ values }) => values?.[0] ?? ""), notes };
};

describe("a column of the training data", () => {
  const trained = { textColumn: 3, labelColumn: 2 };

  it.each(["x.tsv", "x.csv"])("is refused if %s does not have it", async (name) => {
    const rows = "1\tgood film\n2\tbad film\n";
    const message = "no column 3 for --text-column; there is no header with names; give a number from 1 to 2";
    await expectRejection(texts(rows, name, { trained }), "ERR_DATA", message);
    const { texts: found } = await texts(rows, name, { trained: { textColumn: 2, labelColumn: 3 } });
    expect(found, "the label need not be there").toEqual(["good film", "bad film"]);
  });

  it("may have empty cells, and rows that end before it are named", async () => {
    const rows = "1\tx\tgood film\n2\ty\t\n3\tx\n\n4\ty\tbad film\n";
    const { texts: found, notes } = await texts(rows, "x.tsv", { trained });
    expect(found).toEqual(["good film", "", "", "", "bad film"]);
    expect(notes).toEqual(["1 row has no column 3 for the text, the first in line 3"]);
  });

  it("that has a name is guessed with a note if there is no header", async () => {
    const named = { format: "csv", header: true, textColumn: "text", labelColumn: "label" } as const;
    const { notes } = await texts("7,good film!\n8,bad film!\n", "x.csv", { trained: named });
    expect(notes).toEqual([
      "text from column 1 of 2, label from column 2 of 2 (--text-column, --label-column)",
    ]);
  });
});

describe("the first row of new data", () => {
  const trained = { format: "csv", header: true, textColumn: "text", labelColumn: "label" } as const;
  const known = (label: string) => label === "German";

  it.each([
    ["a known label", "German\nItalian\n"],
    ["a text", "great film\nbad film\n"],
    ["a text of one word", "Great\nbad film\n"],
  ])("is %s if the file has a single column", async (_, rows) => {
    const all = rows.trim().split("\n");
    expect(await texts(rows, "x.csv", { trained, known })).toEqual({ texts: all, notes: [] });
    expect(await texts(rows, "x.csv", { trained: { format: "csv" }, known })).toEqual({
      texts: all,
      notes: [],
    });
  });

  it.each([
    ["text\ngood\n", "text"],
    ["Text\ngood\n", "Text"],
    ["text,label\ngood,x\n", "text, label"],
    ["review,mood\ngood,x\n", "review, mood"],
  ])("is a header with a note: %j", async (rows, cells) => {
    const { texts: found, notes } = await texts(rows, "x.csv", { trained });
    expect(found).toEqual(["good"]);
    expect(notes[0]).toBe(`line 1 is left out as a header (--no-header reads it): ${cells}`);
    const { texts: all } = await texts(rows, "x.csv", { trained }, { header: false });
    expect(all).toHaveLength(2);
  });

  it.each([{ format: "csv" }, { format: "csv", header: false }, trained] as const)(
    "is read with a note if it is a usual name, trained as %j",
    async (before) => {
      const { texts: found, notes } = await texts("review\ngreat film\n", "x.csv", { trained: before });
      expect(found).toEqual(["review", "great film"]);
      expect(notes).toEqual(["line 1 is read as an example (--header leaves it out): review"]);
      const { texts: asked } = await texts("review\nbad\n", "x.csv", { trained: before }, { header: true });
      expect(asked).toEqual(["bad"]);
    },
  );

  it("is an example if it has a name that is a number, as pandas writes them", async () => {
    const counted = { ...trained, textColumn: "0", labelColumn: "1" };
    const { texts: found, notes } = await texts("good!,1\nbad!,0\n", "x.csv", { trained: counted });
    expect(found).toEqual(["good!", "bad!"]);
    expect(notes).toEqual([
      "text from column 1 of 2, label from column 2 of 2 (--text-column, --label-column)",
    ]);
    expect((await texts("0,1\ngood!,1\nbad!,0\n", "x.csv", { trained: counted })).texts).toEqual(found);
  });
});
