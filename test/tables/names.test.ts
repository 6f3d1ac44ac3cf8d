import { describe, expect, it } from "vitest";
import { labelledForm } from "../../src/data/labelled.ts";
import { readJsonRows } from "../../src/models/labels/json-lines.ts";
import { readTokens } from "../../src/tables/sentences.ts";
import { readTexts } from "../../src/tables/texts.ts";
import { joinInputs } from "../../src/tasks/inputs.ts";
import { expectRejection } from "../runtimes.ts";

// Names of columns are compared in NFC: macOS and some exports write é as e and an accent.

const NAMES = ["Größe", "catégorie"];
const FORMS = [
  ["NFC", "NFD"],
  ["NFD", "NFC"],
] as const;

describe.each(FORMS)("names in %s find columns in %s", (given, written) => {
  const [text, label] = NAMES.map((name) => name.normalize(given)) as [string, string];
  const [size, category] = NAMES.map((name) => name.normalize(written)) as [string, string];
  const table = `id,${category},${size}\n1,x,a b\n2,y,c d\n`;

  it("by an option", async () => {
    const options = { textColumn: text, labelColumn: label };
    const { rows, names } = await readTexts([table], "a.csv", labelledForm(), options);
    expect(rows.map(({ values }) => values)).toEqual([
      ["a b", "x"],
      ["c d", "y"],
    ]);
    expect(names, "as the file has them").toEqual(["id", category, size]);
  });

  it("by those of the training data", async () => {
    const trained = { format: "csv", header: true, textColumn: text, labelColumn: label } as const;
    const { rows } = await readTexts([table], "a.csv", labelledForm(), {}, { trained });
    expect(rows[0]!.values).toEqual(["a b", "x"]);
    const lines = `${size}\t${category}\na b\tx\n`;
    const plain = await readTexts(
      [lines],
      "a.txt",
      labelledForm(),
      {},
      { trained: { ...trained, format: "text" } },
    );
    expect(plain.rows.map(({ values }) => values)).toEqual([["a b", "x"]]);
  });

  it("of tokens", async () => {
    const options = { tokenColumn: text, tagColumn: label };
    const { sentences } = await readTokens([table], "a.csv", options);
    expect(sentences[0]).toMatchObject({ tokens: ["a b", "c d"], labels: ["x", "y"] });
  });

  it("of JSON", async () => {
    const lines = [size, text].map((name) => `${JSON.stringify({ [category]: "x", [name]: "a b" })}\n`);
    const options = { targetPer: "sequence", sequence: text, labels: label } as const;
    const examples = [];
    for await (const { example } of readJsonRows(lines, "a.jsonl", options)) examples.push(example);
    expect(examples).toEqual([
      { text: "a b", labels: ["x"] },
      { text: "a b", labels: ["x"] },
    ]);
  });

  it("of several files", () => {
    const file = (name: string, cell: string) => ({ inputs: ["a"], rows: [[[cell]]], names: [name] });
    expect(joinInputs([file(size, "1"), file(text, "2")])).toMatchObject({
      names: [size],
      rows: [[["1"]], [["2"]]],
    });
  });
});

it("an error names the first columns of many", async () => {
  const names = Array.from({ length: 500 }, (_, i) => `c${i}`).join(",");
  const read = readTexts([`${names}\n${names.replaceAll("c", "")}\n`], "a.csv", labelledForm(), {
    textColumn: "x",
  });
  await expectRejection(
    read,
    "ERR_DATA",
    /no column "x" .* the columns are "c0", "c1", .*"c19" and 480 more$/,
  );
});
