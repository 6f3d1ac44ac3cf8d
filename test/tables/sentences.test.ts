import { describe, expect, it } from "vitest";
import { readTokens, type TokenOptions } from "../../src/tables/sentences.ts";
import { expectRejection } from "../runtimes.ts";

const columns = async (text: string, options: TokenOptions & { tagged?: boolean } = {}) => {
  const { tagged = true, ...given } = options;
  const { sentences } = await readTokens([text], "f.conll", given, { tagged });
  return sentences.map(({ tokens, labels }) => ({ tokens, labels }));
};

describe("columns", () => {
  it("blank lines separate sentences, however many", async () => {
    const text = "\nA\tDET\tx\nb\tNOUN\ty\n\n \t \n#\tSYM\tz";
    expect(await columns(text)).toEqual([
      { tokens: ["A", "b"], labels: ["DET", "NOUN"] },
      { tokens: ["#"], labels: ["SYM"] },
    ]);
    expect((await columns(text, { tagColumn: 3 })).map(({ labels }) => labels)).toEqual([["x", "y"], ["z"]]);
    expect(await columns("a\nb\n", { tagged: false })).toEqual([{ tokens: ["a", "b"], labels: [] }]);
    expect(await columns("")).toEqual([]);
  });

  it.each([
    ["A\tDET\nb\n", "f.conll, line 2: no tag in column 2"],
    ["A\t\n", "f.conll, line 1: no tag in column 2"],
    ["\tDET\n", "f.conll, line 1: the token is empty"],
  ])("%j is refused by file and line", async (text, message) => {
    await expectRejection(columns(text), "ERR_DATA", message);
  });
});

describe("columns between spaces", () => {
  const WANTED = [
    { tokens: ["Oslo", "is", "cold"], labels: ["B", "O", "O"] },
    { tokens: ["So", "it", "is"], labels: ["O", "O", "O"] },
  ];
  const rows = (between: string) =>
    ["Oslo.NN.B", "is.VB.O", "cold.JJ.O", "", "So.RB.O", "it.PR.O", "is.VB.O"]
      .map((row) => row.replaceAll(".", between))
      .join("\n");

  it.each(["\t", " ", "   ", " \t"])("or tabs are found out: %j", async (between) => {
    expect(await columns(rows(between), { tagColumn: 3 })).toEqual(WANTED);
    const tokens = (await columns(rows(between), { tagged: false })).map((sentence) => sentence.tokens);
    expect(tokens).toEqual(WANTED.map((sentence) => sentence.tokens));
    const document = `-DOCSTART- -X- O\n\n${rows(between)}\n\n-DOCSTART-\t-X-\tO\n`;
    expect(await columns(document, { tagColumn: 3 })).toEqual(WANTED);
  });

  it("a token may be a space of its own kind", async () => {
    expect(await columns("a O\n\u00a0 O\nb\u2009c B\n")).toEqual([
      { tokens: ["a", "\u00a0", "b\u2009c"], labels: ["O", "O", "B"] },
    ]);
    expect(await columns("a\tO\n\u00a0\tO\nNew York\tB\n")).toEqual([
      { tokens: ["a", "\u00a0", "New York"], labels: ["O", "O", "B"] },
    ]);
  });

  it("comments are left out", async () => {
    const text = "# id 5 domain=en\nSo _ _ O\nit _ _ B\n\n# id 6\n# _ _ O\n";
    expect(await columns(text, { tagColumn: 4 })).toEqual([
      { tokens: ["So", "it"], labels: ["O", "B"] },
      { tokens: ["#"], labels: ["O"] },
    ]);
  });

  it("sentences in lines are refused", async () => {
    const text = "Oslo is cold .\nSo it is always there .\n";
    await expectRejection(columns(text), "ERR_DATA", /f\.conll, line 2: 6 columns, .* have 4/);
    const apart = "Oslo is cold .\n\nSo it is .\n";
    await expectRejection(columns(apart), "ERR_DATA", "f.conll, line 1: no tag in column 2");
    expect(await columns("Oslo NN B\n\nSo RB O\nit PR O\n", { tagColumn: 3 })).toHaveLength(2);
  });
});

describe("CoNLL-U", () => {
  const row = (id: string, form: string, upos: string) => `${id}\t${form}\tl\t${upos}${"\t_".repeat(6)}\n`;
  const SENTENCE =
    row("1-2", "del", "_") +
    row("1", "de", "ADP") +
    row("2", "el", "DET") +
    row("2.1", "x", "_") +
    row("3", "#", "SYM");
  const WANTED = { tokens: ["de", "el", "#"], labels: ["ADP", "DET", "SYM"] };

  it("is found by its columns, with and without comments", async () => {
    const notes: string[] = [];
    const note = (text: string) => notes.push(text);
    const commented = `# sent_id = 1\n# text = del #\n${SENTENCE}\n#\n${SENTENCE}`;
    expect(await columns(commented, { note })).toEqual([WANTED, WANTED]);
    expect(notes.join()).toMatch(/CoNLL-U.*column 2 \(--token-column\), the tag from column 4/);
    expect(await columns(`${SENTENCE}\n${SENTENCE}`)).toEqual([WANTED, WANTED]);
    expect(await columns(SENTENCE, { tagged: false })).toEqual([{ ...WANTED, labels: [] }]);
    expect(await columns(SENTENCE, { tokenColumn: 3, tagColumn: 2, format: "conllu" })).toEqual([
      { tokens: ["l", "l", "l"], labels: WANTED.tokens },
    ]);
  });

  it("numbers of tokens are no tokens in other formats either", async () => {
    const text = "1\tAnn\tB\n2\truns\tO\n\n1\tSo\tO\n";
    expect(await columns(text, { tagColumn: 3 })).toEqual([
      { tokens: ["Ann", "runs"], labels: ["B", "O"] },
      { tokens: ["So"], labels: ["O"] },
    ]);
    expect(await columns(text), "the next column has the tag").toEqual(await columns(text, { tagColumn: 3 }));
    await expectRejection(columns(text, { tagColumn: 2 }), "ERR_DATA", /f\.conll, line 1: .*--tag-column/);
    expect(await columns(text, { tokenColumn: 3, tagColumn: 2 })).toMatchObject([{ tokens: ["B", "O"] }, {}]);
  });
});

it.each(["# http://de.wikipedia.org/wiki/EU", "#\thttp://de.wikipedia.org [2009-10-17]", "# a remark"])(
  "comments between counted tokens are left out: %j",
  async (comment) => {
    const notes: string[] = [];
    const text = `${comment}\n1\tEU\tS-ORG\tO\n2\truns\tO\tO\n\n${comment}\n1\tSo\tO\tB\n`;
    const read = (options: TokenOptions = {}) =>
      columns(text, { note: (note) => notes.push(note), ...options });
    expect(await read()).toEqual([
      { tokens: ["EU", "runs"], labels: ["S-ORG", "O"] },
      { tokens: ["So"], labels: ["O"] },
    ]);
    expect(notes[0]).toMatch(/token is read from column 2 \(--token-column\), the tag from column 3/);
    expect((await read({ tagColumn: 4 }))[1]!.labels).toEqual(["B"]);
    const uncounted = text.replace(/^\d\t/gm, "");
    expect(await read({}).then((all) => all.length)).toBe(2);
    if (!comment.includes("\t")) expect(await columns(uncounted)).toEqual(await read());
  },
);

it("a header of unusual names is told", async () => {
  const notes: string[] = [];
  const text = "Wort\tEtikett\nEU\tB\nruns\tO\n\nSo\tO\nit\tB\n";
  await columns(text, { note: (note) => notes.push(note) });
  expect(notes).toEqual([
    'line 1 may be a header: its tag "Etikett" occurs in no other line; say --header or --no-header',
  ]);
});

it.each([
  [
    "a.conllu",
    "A DET\nb N\n\nc N\n",
    /line 1: no number of the token in column 1.*ten columns of CoNLL-U; .*--format text/,
  ],
  [
    "a.csv",
    "A DET\nb N\n\nc N\n",
    /line 1: no tag in column 2, .* commas, semicolons, tabs or bars .*--format text/,
  ],
  ["a.txt", "A\tDET\nb N\nc\tN\n", /line 2: no tag in column 2, .* with tabs between.*this line has spaces/],
  [
    "a.txt",
    "A DET\nb N\n\nc N\n",
    /line 1: no tag in column 3, .* with spaces between them \(--tag-column\): "A DET"/,
    3,
  ],
])(
  "says what separates the columns of %s, and what to do",
  async (name, text, message, tagColumn?: number) => {
    await expectRejection(readTokens([text], name, { tagColumn }), "ERR_DATA", message);
  },
);

it("refuses the tags of a whole sentence in a cell", async () => {
  const text = `Sentence,Tag\n"Ann sleeps","['B-PER', 'O']"\n`;
  await expectRejection(
    readTokens([text], "a.csv", { tokenColumn: "Sentence", tagColumn: "Tag" }),
    "ERR_DATA",
    /^a\.csv, line 2: column 2 has a list in place of a tag; write a row for each token/,
  );
});
