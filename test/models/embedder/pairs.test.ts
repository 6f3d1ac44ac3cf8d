import { expect, it } from "vitest";
import { ContrastBatches } from "../../../src/models/embedder/batches.ts";
import { readTextPairs, type TextPair } from "../../../src/models/embedder/pairs.ts";
import { all, expectError, expectRejection } from "../../runtimes.ts";

const read = (...chunks: string[]) => all(readTextPairs(chunks, "f.tsv"));

it("lines are text <TAB> text, further columns are left out, and a text without a tab is its own partner", async () => {
  expect(await read("\ufeffa b\tc\n\n x \t y \tz\r", "\nalone")).toEqual([
    ["a b", "c"],
    ["x", "y"],
    ["alone", "alone"],
  ]);
  await expectRejection(read("a\tb\n\tc\n"), "ERR_DATA", "f.tsv, line 2: the text is empty");
  await expectRejection(read("a\t \n"), "ERR_DATA", "f.tsv, line 1: the partner is empty");
  const long = "word ".repeat(2_000_000);
  expect((await read(long))[0]![1].length).toBe(long.length - 1);
});

const ids = (text: string) => Int32Array.from(text, (character) => character.charCodeAt(0));
const PAIRS: readonly TextPair[] = ["abc", "de", "f", "gh", "i"].map((text) => [text, text.toUpperCase()]);

it("a batch has the texts, then their partners, with 0 past the end of each", () => {
  const { steps, inputs, lengths, mask } = new ContrastBatches(PAIRS, ids, { batch: 2 }).at(0);
  expect([steps, lengths]).toEqual([3, [3, 2, 3, 2]]);
  expect(inputs).toEqual(Int32Array.from([..."adADbeBEc\0C\0"], (c) => c.charCodeAt(0)));
  expect(mask).toEqual(new Float32Array(4));
});

it("pairs that share a text are not told apart", () => {
  const pairs: TextPair[] = [
    ["a", "x"],
    ["b", "y"],
    ["a", "z"],
    ["c", "y"],
  ];
  const { mask } = new ContrastBatches(pairs, ids, { batch: 9 }).at(0);
  const apart = Array.from(mask).flatMap((value, i) => (value ? [[Math.floor(i / 4), i % 4, value]] : []));
  expect(apart).toEqual([
    [0, 2, -1e9],
    [1, 3, -1e9],
    [2, 0, -1e9],
    [3, 1, -1e9],
  ]);
});

it("every epoch has its own order, in whole batches, which the seed decides", () => {
  const of = (seed: number) => new ContrastBatches(PAIRS, ids, { batch: 2, seed });
  const batches = of(1);
  expect(batches.count).toBe(2);
  const seen = [0, 1, 2, 3, 4, 5].map((i) => String.fromCharCode(...batches.at(i).inputs.subarray(0, 2)));
  for (const epoch of [seen.slice(0, 2), seen.slice(2, 4)]) expect(new Set(epoch.join("")).size).toBe(4);
  expect(new Set(seen.join("")).size).toBe(5);
  expect(of(1).at(5)).toEqual(batches.at(5));
  const other = of(2);
  expect([0, 1, 2, 3].map((i) => other.at(i))).not.toEqual([0, 1, 2, 3].map((i) => batches.at(i)));
});

it("too few pairs, batches of one and texts without tokens are refused", () => {
  expectError(() => new ContrastBatches(PAIRS.slice(1, 2), ids, { batch: 2 }), "ERR_DATA", "1 pair,");
  expectError(() => new ContrastBatches(PAIRS, ids, { batch: 1 }), "ERR_VALUE", "batch");
  expectError(() => new ContrastBatches([...PAIRS, ["a", ""]], ids, { batch: 2 }), "ERR_DATA", "no tokens");
});
