import { describe, expect, it } from "vitest";
import { labelledForm } from "../../src/data/labelled.ts";
import { PAIR_FORM } from "../../src/models/sequence-to-sequence/pairs.ts";
import { readTexts, type TableContext, type TableOptions } from "../../src/tables/texts.ts";
import { expectRejection } from "../runtimes.ts";

const read = async (text: string, name = "x.tsv", options: TableOptions = {}, context: TableContext = {}) => {
  const notes: string[] = [];
  const note = (message: string) => notes.push(message);
  const table = await readTexts([text], name, labelledForm(), { note, ...options }, context);
  return { first: table.rows[0]!.values, count: table.rows.length, notes, reading: table.reading };
};
const ROWS = "good film\tpos\nbad film\tneg\nnice\tpos\n";
const CSV = "1,good film,pos\n2,bad film,neg\n3,nice,pos\n";

describe("the first line of a text", () => {
  it.each([
    ...[
      "sentence\tlabel",
      "Text\tSentiment",
      "reviewText\tstars",
      "Satz\tKlasse",
      "评论\t标签",
      "text_a\tlabel_id",
      "Quality\t#1 ID",
    ],
  ])("is a header: %j", async (header) => {
    expect(await read(`${header}\n${ROWS}`)).toMatchObject({ first: ["good film", "pos"], count: 3 });
    expect((await read(`${header}\n${ROWS}`)).notes[0]).toContain(
      "line 1 is left out as a header (--no-header",
    );
    expect(await read(`${header}\n${ROWS}`, "x.tsv", { header: false })).toMatchObject({
      count: 4,
      notes: [],
    });
  });

  it.each(["good book\tpos", "a sentence of words\tlabel", "fine\tx", "text\t5", "text, and more\tlabel"])(
    "is an example: %j",
    async (line) => {
      expect(await read(`${line}\n${ROWS}`)).toMatchObject({ count: 4, notes: [] });
      const forced = await read(`${line}\n${ROWS}`, "x.tsv", { header: true });
      expect(forced).toMatchObject({ count: 3, first: ["good film", "pos"] });
    },
  );

  it("is an example if its label occurs again or the model knows it", async () => {
    expect((await read(`text\tlabel\n${ROWS}more\tlabel\n`)).count).toBe(5);
    const known = { known: (label: string) => label === "label" };
    expect((await read(`text\tlabel\n${ROWS}`, "x.tsv", {}, known)).count).toBe(4);
  });

  it("is an example if it has the number of a column of the training data", async () => {
    const trained = { format: "csv", header: false, textColumn: 2, labelColumn: 1 } as const;
    const table = await read("1,Bears sleep, \n2,Cows run,\n1,Dogs,\n", "x.csv", {}, { trained });
    expect(table).toMatchObject({ count: 3, first: ["Bears sleep", "1"], notes: [] });
  });
});

describe("a header of unusual names", () => {
  const STARS = "good film!,5\nbad film!,1\nnice!,4\n";

  it.each(["Wie war es?,Note", "What did you like?,Score", "Was denken Sie (bitte 1-5), Sterne?", "0,1"])(
    "is above numbers, or counts the columns: %s",
    async (header) => {
      for (const [name, tab] of [
        ["x.csv", ","],
        ["x.tsv", "\t"],
      ] as const) {
        const cells = [header.slice(0, header.lastIndexOf(",")), header.slice(header.lastIndexOf(",") + 1)];
        const head =
          name === "x.csv" && cells[0]!.includes(",") ? `"${cells[0]}",${cells[1]}` : cells.join(tab);
        const { first, count, notes } = await read(`${head}\n${STARS.replaceAll(",", tab)}`, name);
        expect({ first, count }, name).toEqual({ first: ["good film!", "5"], count: 3 });
        expect(notes[0]).toContain("line 1 is left out as a header");
      }
    },
  );

  it("counts the columns also beside the numbers of the rows", async () => {
    const { first, reading } = await read(",0,1\n0,good film!,pos\n1,bad film!,neg\n", "x.csv");
    expect(first).toEqual(["good film!", "pos"]);
    expect(reading).toMatchObject({ textColumn: "0", labelColumn: "1" });
    const given = { textColumn: 2, labelColumn: 3 };
    expect((await read(",0,1\n0,good!,pos\n1,bad!,neg\n", "x.csv", given)).first).toEqual(["good!", "pos"]);
  });

  it.each([
    ["numbers in all columns", "0,1\n2,3\n4,5\n"],
    ["too few rows", "what?,good!\nwhat?,1\nwhat?,2\n"],
    ["a missing value", "what?,NaN\nwhat?,1\nwhat?,2\nwhy?,3\n"],
    ["another label that is no number", "what?,good!\nwhat?,1\nwhat?,2\nwhy?,3\nwho?,bad\n"],
  ])("is not found above %s", async (_, rows) => {
    expect((await read(rows, "x.csv")).count).toBe(rows.split("\n").length - 1);
  });

  it.each(["Kommentar\tBewertung", "commentaire\tavis"])("that is possible is told: %j", async (header) => {
    const label = header.split("\t")[1];
    const { count, notes } = await read(`${header}\n${ROWS}bad\tneg\n`);
    expect(count).toBe(5);
    expect(notes).toEqual([
      `line 1 may be a header: its label "${label}" occurs in no other line; say --header or --no-header`,
    ]);
    expect((await read(`${header}\n${ROWS}bad\tneg\n`, "x.tsv", { header: false })).notes).toEqual([]);
    expect((await read(`${header}\n${ROWS}`)).notes, "neg is the only other one").toEqual([]);
    expect((await read(`${header}, 5 of 7\n${ROWS}bad\tneg\n`)).notes, "no name").toEqual([]);
  });

  it("of pairs is told if it has single words, and no other line has", async () => {
    const pairs = async (text: string) => {
      const notes: string[] = [];
      await readTexts([text], "x.tsv", PAIR_FORM, { note: (message) => notes.push(message) });
      return notes;
    };
    const rows = Array.from({ length: 10 }, (_, i) => `go to ${i}\tgeh zu ${i}\n`).join("");
    expect(await pairs(`Englisch\tDeutsch\n${rows}`)).toEqual([
      'line 1 may be a header: "Englisch", "Deutsch" are single words, unlike all other lines; say --header or --no-header',
    ]);
    expect(await pairs(`Hi\tHallo\n${rows}Run\tLauf\n`)).toEqual([]);
  });

  it("is advised if columns are unclear, first of all if the first row differs from the others", async () => {
    const forms = 'Timestamp,"How was your stay? Please tell us",x\n2024-01-05,good!,a\n2024-01-06,bad!,b\n';
    const first =
      /3 columns without a header, but the first row looks like one: use --header; if it is an example, say/;
    await expectRejection(read(forms.replace("x\n", "what else?\n"), "x.csv"), "ERR_DATA", first);
    const numbered = ",a b c d,e?\n7,good film!,pos\n8,bad film!,neg\n";
    await expectRejection(read(numbered, "x.csv"), "ERR_DATA", first);
    const second = "--label-column, a number from 1; if the first row names the columns, use --header";
    await expectRejection(read(CSV, "x.csv"), "ERR_DATA", second);
  });
});

describe("columns", () => {
  it.each([
    ["id,text,label", "text", "label"],
    ["Class Index,Title,Body", "Body", "Class Index"],
    [",tweet,sentiment", "tweet", "sentiment"],
    ["label_id,review_id,review", "review", "label_id"],
    ["类别,编号 id,内容", "内容", "类别"],
  ])("are chosen by the header %j", async (header, textColumn, labelColumn) => {
    const { reading, notes } = await read(`${header}\n${CSV}`, "x.csv");
    expect(reading).toEqual({ format: "csv", header: true, textColumn, labelColumn });
    expect(notes[1]).toContain("(--text-column, --label-column)");
  });

  it("are chosen by name or number", async () => {
    const table = `a,b,c\n${CSV}`;
    const wanted = { first: ["good film", "pos"], count: 3 };
    expect(await read(table, "x.csv", { textColumn: "b", labelColumn: "c" })).toMatchObject(wanted);
    expect(await read(table, "x.csv", { textColumn: 2, labelColumn: "3" })).toMatchObject(wanted);
    expect(await read(CSV, "x.csv", { textColumn: 2, labelColumn: 3 })).toMatchObject(wanted);
    const { reading } = await read(table, "x.csv", { textColumn: "B", labelColumn: "C" });
    expect(reading, "as the header writes them").toMatchObject({ textColumn: "b", labelColumn: "c" });
    const alike = read(`a,B,b,c\n1,x,y,z\n`, "x.csv", { textColumn: "A", labelColumn: "b" });
    expect(await alike).toMatchObject({ first: ["1", "y"] });
  });

  it.each([
    [{ textColumn: "nosuch" }, `no column "nosuch" for --text-column; the columns are "id", "text", "label"`],
    [{ labelColumn: 9 }, "no column 9 for --label-column"],
    [{ textColumn: 2, labelColumn: "text" }, "--text-column and --label-column are the same column"],
  ])("%j is refused", async (options, message) => {
    await expectRejection(read(`id,text,label\n${CSV}`, "x.csv", options), "ERR_DATA", message);
  });

  it("of a text in the quotes of CSV are told, because they are kept", async () => {
    const quoted = (cell: string) => read(`${ROWS}${cell}\tneg\n`);
    const note = "1 cell is in quotes, which are read as text; --format csv reads the cells without them";
    expect((await quoted('"a ""bad"" film"')).notes).toEqual([note]);
    for (const cell of ['"bad film"', '""', '"bad" film', 'a "bad" film', '"not "" closed']) {
      expect((await quoted(cell)).notes, cell).toEqual([]);
    }
    const csv = await read('"a ""bad"" film"\tneg\nx\ty\n', "x.tsv", { format: "csv", header: false });
    expect(csv).toMatchObject({ first: ['a "bad" film', "neg"] });
  });

  it("of a text with more of them than fields are chosen too, whatever their names", async () => {
    const rows = "1\tgood film\tpos\n2\tbad film\tneg\n";
    const { first, notes } = await read(`id\tfoo\tbar\n${rows}`, "x.tsv");
    expect(first).toEqual(["good film", "pos"]);
    expect(notes[1]).toBe('text from column "foo", label from column "bar" (--text-column, --label-column)');
    const unclear = read(`Quality\t#1 ID\tfoo\tbar\n${rows.replaceAll("film", "film\t7")}`, "x.tsv");
    await expectRejection(unclear, "ERR_DATA", 'which column has the text and the label; the columns are "Q');
  });

  it("that are unclear are asked for", async () => {
    await expectRejection(
      read(CSV, "x.csv"),
      "ERR_DATA",
      "3 columns without a header; say it with --text-column and --label-column",
    );
  });

  it.each([
    [
      "x.txt",
      '{"text":"a","label":"b"}',
      "x.txt, line 1: no tab, expected text <TAB> label; for JSON lines, use --format jsonl",
    ],
    ["x.txt", "text,label", "for a table with commas, use --format csv"],
    ["x.txt", "a red cow;good", "for a table with semicolons, use --format csv"],
    ["x.txt", "good a red cow", /; if each line begins with its label, use --label-first: "good a red cow"$/],
    ["x.txt", "good\ta red cow\ngood a cow", /no tab, expected text <TAB> label: "good a cow"$/],
    ["x.conllu", "1\ta", "CoNLL-U is for taggers"],
  ])("the wrong format is named: %s, %s", async (name, text, message) => {
    await expectRejection(read(`${text}\n`, name), "ERR_DATA", message);
  });
});
