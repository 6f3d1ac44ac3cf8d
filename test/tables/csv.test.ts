import { csvFormatRows, dsvFormat } from "d3-dsv";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UnrolledError } from "../../src/errors.ts";
import { readCsv } from "../../src/tables/csv.ts";
import { all, expectRejection } from "../runtimes.ts";

const rowsOf = async (chunks: readonly string[]) => all(readCsv(chunks, "x.csv"));
const cellsOf = async (...chunks: string[]) => (await rowsOf(chunks)).map(({ cells }) => cells);

/** Pieces of a text, cut at any places. */
function pieces(text: string, cuts: readonly number[]): string[] {
  const at = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
  return at.slice(1).map((end, i) => text.slice(at[i], end));
}

const cell = fc.array(fc.constantFrom("a", "é", "語", '"', ",", ";", "\t", "|", " ", "\n", "x y", "#", "="), {
  maxLength: 6,
});
const cuts = fc.array(fc.nat(), { maxLength: 5 });

it("reads what d3-dsv writes, in chunks of any size, with any ends of lines", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 30 }),
      fc.constantFrom(",", ";", "\t", "|"),
      fc.constantFrom("\n", "\r\n", "\r"),
      cuts,
      async (table, separator, end, places) => {
        const rows = table.map((cells) => cells.map((parts) => parts.join("")));
        const text =
          `sep=${separator}\n${dsvFormat(separator).formatRows([["k", "l", "m"], ...rows])}\n`.replaceAll(
            "\n",
            end,
          );
        const trimmed = rows.map((cells) => cells.map((one) => one.trim()));
        const expected = trimmed.map((cells) => (cells.some(Boolean) ? cells : []));
        expect(await cellsOf(...pieces(text, places))).toEqual([["k", "l", "m"], ...expected]);
      },
    ),
  ));

it("any text gives rows or an error that names file and line", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom("a", '"', ",", ";", "\n", "\r", " ", "sep=", "#", "|", "\ufeff"), {
        maxLength: 40,
      }),
      cuts,
      async (parts, places) => {
        const text = parts.join("");
        const read = (chunks: readonly string[]) =>
          rowsOf(chunks).catch((error: UnrolledError) => {
            expect(error).toBeInstanceOf(UnrolledError);
            expect(error.message).toMatch(/^x\.csv, line \d+: /);
            return error.message;
          });
        expect(await read(pieces(text, places))).toEqual(await read([text]));
      },
    ),
  ));

describe("CSV", () => {
  it.each([
    ["commas", "text,label\na;b,x\nc,y\n"],
    ["semicolons", "text;label\na,b;x\nc, d;y\n"],
    ["bars", "text|label\na|x\n"],
    ["a tab", "text\tlabel\na, b; c\tx\n"],
    ["a named separator", 'sep=;\n"text";label\na,b;x\n'],
  ])("finds its separator: %s", async (_, text) => {
    expect((await cellsOf(text)).map(({ length }) => length)).toEqual(
      text
        .trimEnd()
        .split("\n")
        .filter((line) => !line.startsWith("sep"))
        .map(() => 2),
    );
  });

  it("keeps blank lines, also at the end of a batch", async () => {
    const rows = Array.from({ length: 1003 }, (_, i) => (i % 500 > 497 ? [] : [`a${i}`, "b"]));
    const text = rows.map((cells) => `${cells.join(",")}\n`).join("");
    expect(await cellsOf(text)).toEqual(rows);
  });

  it("names the line of a row, not that of its end", async () => {
    const rows = await rowsOf(['# from a survey\n\ntext,label\n"a\nb",x\n#tag,y\n']);
    expect(rows.map(({ place, cells }) => [place, cells[0]])).toEqual([
      ["line 3", "text"],
      ["line 4", "a\nb"],
      ["line 6", "#tag"],
    ]);
  });

  it("reads spaces before quotes", async () => {
    expect(await cellsOf('text, label\n"a, b", "x"\nsay "no" , y\n')).toEqual([
      ["text", "label"],
      ["a, b", "x"],
      ['say "no"', "y"],
    ]);
  });

  it.each([
    ['text,label\n"a,b\nc,d\n', "x.csv, line 2: a quote is not closed"],
    ['text,label\n"a" b,c\n', "x.csv, line 2: a quote is not closed where its cell ends"],
    ["text,label\na,x\nb, c,y\n", "x.csv, line 3: 3 cells, but the first row has 2; put quotes"],
  ])("%j is refused by line", async (text, message) => {
    await expectRejection(rowsOf([text]), "ERR_DATA", message);
  });

  it("cells past the end may be empty", async () => {
    expect(
      (
        await cellsOf(
          `${csvFormatRows([
            ["a", "b"],
            ["c", "d"],
          ])},,\n`,
        )
      ).length,
    ).toBe(2);
  });
});
