import { describe, expect, it } from "vitest";
import type { TextForm } from "../../src/data/form.ts";
import { labelledForm } from "../../src/data/labelled.ts";
import { CONDITIONED_FORM } from "../../src/models/generator/examples.ts";
import { PAIR_FORM, TEXT_FORM } from "../../src/models/sequence-to-sequence/pairs.ts";
import { readTexts, type TableContext, type TableOptions } from "../../src/tables/texts.ts";
import { expectRejection } from "../runtimes.ts";

// Plain lines that all have more tabs than the form of the task.

const read = async (form: TextForm, text: string, options: TableOptions = {}, context: TableContext = {}) => {
  const notes: string[] = [];
  const note = (message: string) => notes.push(message);
  const { rows } = await readTexts([text], "x.tsv", form, { note, ...options }, context);
  return { first: rows[0]!.values, notes };
};

const ROWS = "a1\tgood old film\tpos\na2\tbad new film\tneg\n\na3\tlong film\tneg\n";

describe("lines of one number of columns", () => {
  it.each([
    ["text and label", labelledForm(), "the text and the label; 3 columns without a header"],
    ["label and text", labelledForm(true), "the label and the text; 3 columns without a header"],
    ["condition and sequence", CONDITIONED_FORM, "the condition and the sequence; 3 columns without"],
    ["a text", TEXT_FORM, "the text; 3 columns without a header"],
  ] as const)("are refused for %s until the columns are chosen", async (_, form, message) => {
    await expectRejection(read(form, ROWS), "ERR_DATA", message);
    const options = { textColumn: 2, labelColumn: 3 };
    expect((await read(form, ROWS, options)).first).toContain("good old film");
  });

  it("are read as before if one line has another number, or the model was trained on such lines", async () => {
    const glued = { first: ["a1\tgood old film", "pos"], notes: [] };
    expect(await read(labelledForm(), `${ROWS}bad\tneg\n`)).toEqual(glued);
    expect(await read(labelledForm(), ROWS, {}, { trained: { format: "text" } })).toEqual(glued);
  });

  it("are a text as a whole if there are two, with a note", async () => {
    expect(await read(TEXT_FORM, "good film\tgood\nbad film\tbad\n")).toEqual({
      first: ["good film\tgood"],
      notes: ["each line is read as a whole, with 2 columns (--text-column reads one)"],
    });
  });

  it("may have further ones after source and target, with a note", async () => {
    const rows = "Go.\tGeh.\tby Ann\nStop.\tHalt.\tby Tom\n";
    expect(await read(PAIR_FORM, rows)).toEqual({
      first: ["Go.", "Geh."],
      notes: ["source from column 1, target from column 2 of 3 (--text-column, --label-column)"],
    });
    const numbered = "1\tGo.\t77\tGeh.\n2\tStop.\t78\tHalt.\n";
    await expectRejection(read(PAIR_FORM, numbered), "ERR_DATA", "the source and the target; 4 columns");
  });
});
