import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { holdOut } from "../../src/data/hold-out.ts";
import { readLabelledLines } from "../../src/data/labelled.ts";
import { tokenize } from "../../src/data/words.ts";
import { all, expectError, expectRejection } from "../runtimes.ts";

const lines = async (text: string, labelFirst?: boolean) =>
  (await all(readLabelledLines([text], "f.tsv", labelFirst))).map(({ line, text, label }) => [
    line,
    text,
    label,
  ]);

describe("tokenize", () => {
  it("characters are code points", () => {
    expect(tokenize("aé😀 ", "char")).toEqual(["a", "é", "😀", " "]);
  });

  it("words keep inner apostrophes; punctuation is separate", () => {
    expect(tokenize(`I don't like  "it", 3.5!`, "word")).toEqual([
      "I",
      "don't",
      "like",
      '"',
      "it",
      '"',
      ",",
      "3",
      ".",
      "5",
      "!",
    ]);
    expect(tokenize("l’été ça", "word")).toEqual(["l’été", "ça"]);
    expect(tokenize(" \t", "word")).toEqual([]);
  });
});

describe("lines of text and label", () => {
  it("the label is after the last tab, blank lines and carriage returns do not count", async () => {
    expect(await lines("good\t1\r\n\n a\tb \t 0 \n   \nbad\t0")).toEqual([
      [1, "good", "1"],
      [3, "a\tb", "0"],
      [5, "bad", "0"],
    ]);
  });

  it("or before the first one", async () => {
    expect(await lines("1\tgood\n0\ta\tb\n", true)).toEqual([
      [1, "good", "1"],
      [2, "a\tb", "0"],
    ]);
  });

  it.each([
    ["good\t1\nbad 0", "f.tsv, line 2: no tab"],
    ["good\t\n", "f.tsv, line 1: the label is empty"],
    ["good\t1\n \t1\n", "f.tsv, line 2: the text is empty"],
  ])("%j is refused by file and line", async (text, message) => {
    await expectRejection(lines(text), "ERR_DATA", message);
  });

  it("a long line is shown in part", async () => {
    await expectRejection(lines("x".repeat(1e6)), "ERR_DATA", /^.{1,200}$/);
  });
});

describe("holdOut", () => {
  const examples = (n: number) => Array.from({ length: n }, (_, i) => ({ tokens: [`${i}`], labels: ["x"] }));

  it("parts all examples, a tenth for validation, by the seed", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 60 }), fc.nat(), (n, seed) => {
        const { train, validation } = holdOut(examples(n), seed);
        expect(validation.length).toBe(Math.max(1, Math.floor(n / 10)));
        const all = [...train, ...validation].map(({ tokens }) => Number(tokens[0]));
        expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
        expect(holdOut(examples(n), seed)).toEqual({ train, validation });
      }),
    );
    expect(holdOut(examples(50), 1).validation).not.toEqual(holdOut(examples(50), 2).validation);
  });

  it("needs two", () => {
    expectError(() => holdOut(examples(1), 1), "ERR_DATA");
  });
});
