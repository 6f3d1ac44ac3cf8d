import { expect, it } from "vitest";
import { cutPassage } from "../../../studio/src/inside/cut-passage.ts";
import { quoted, seen, short } from "../../../studio/src/inside/symbols.ts";
import { layOut } from "../../../studio/src/inside/text-layout.ts";

const rowsOf = (text: string, columns: number) => {
  const symbols = [...text];
  const { places, rows } = layOut(symbols, columns, false);
  return Array.from({ length: rows }, (_, row) => symbols.filter((_, t) => places[t]!.row === row).join(""));
};

it("breaks lines of characters between words, and lets spaces hang", () => {
  expect(rowsOf("one two three\nfour", 7)).toEqual(["one two ", "three\n", "four"]);
  expect(rowsOf("a verylongword", 5)).toEqual(["a ver", "ylong", "word"]);
  expect(rowsOf("", 5)).toEqual([""]);
  expect(rowsOf("ab\n\nc", 5)).toEqual(["ab\n", "\n", "c"]);
});

it("places words a column apart, and breaks after the end of a sentence", () => {
  const { places, rows } = layOut(["the", "cat", "sat", "<EOS>", "so"], 7, true);
  expect(places.map(({ column, row }) => [column, row])).toEqual([
    [0, 0],
    [4, 0],
    [0, 1],
    [0, 2],
    [0, 3],
  ]);
  expect(rows).toBe(4);
  expect(layOut(["字", "a", "😀"], 9, false).places.map(({ width }) => width)).toEqual([2, 1, 2]);
});

it("never places a symbol past the end of a row", () => {
  const symbols = [..."To be, or not to be: that is the question.\n"].flatMap((one) => [one, one]);
  for (let columns = 2; columns < 30; columns++) {
    const seen = new Set<string>();
    layOut(symbols, columns, false).places.forEach(({ column, row, width }, t) => {
      expect(column + width).toBeLessThanOrEqual(columns + (/\s/.test(symbols[t]!) ? 1 : 0));
      expect(seen.has(`${row} ${column}`)).toBe(false);
      seen.add(`${row} ${column}`);
    });
  }
});

it("shows what cannot be seen", () => {
  expect([seen(" "), seen("\n"), seen("a"), quoted("\t")]).toEqual(["␣", "⏎", "a", "‘⇥’"]);
  expect([short("wonderful", 5), short("word", 5)]).toEqual(["wond…", "word"]);
});

it("cuts passages at the start of a line and at the end of a word", () => {
  const lines = "half a line\nfirst line\nsecond line\nthird line\n";
  expect(cutPassage(lines, 26)).toBe("first line\nsecond");
  expect(cutPassage("no one two three four five six seven eight", 12)).toBe("one two");
  expect(cutPassage("x\nall of it", 99)).toBe("all of it");
});
