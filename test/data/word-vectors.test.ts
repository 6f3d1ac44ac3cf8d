import { expect, it } from "vitest";
import { Vocabulary } from "../../src/data/vocabulary.ts";
import { readWordVectors } from "../../src/data/word-vectors.ts";
import { Embedding } from "../../src/nn/embedding.ts";
import { expectError, expectRejection, startRuntime } from "../runtimes.ts";

const rt = await startRuntime();
const WORDS = new Vocabulary(["<EOS>", "the", "paris", "Cat", "éa", "3", "rare", "<UNK>"]);
const read = (...chunks: string[]) => readWordVectors(chunks, "glove.txt", WORDS);
const byWord = async (text: string) => {
  const { vectors } = await read(text);
  return Object.fromEntries(Array.from(vectors, ([id, vector]) => [WORDS.symbols[id], [...vector]]));
};

it("reads the vectors of the vocabulary's words, in any pieces", async () => {
  const text = "the 0.5 -1e-1 2\nother 1 2 3\n3 +1 .5 2.\r\nrare\t1 2  3 \n";
  const expected = { the: [0.5, Math.fround(-0.1), 2], "3": [1, 0.5, 2], rare: [1, 2, 3] };
  expect(await byWord(text)).toEqual(expected);
  const { vectors, ...counts } = await read(...text);
  expect(vectors.size).toBe(3);
  expect({ ...counts }).toEqual({ size: 3, otherCase: 0, repeated: 0, words: 8 });
});

it("skips the first line of word2vec's format, blank lines and vectors of several words", async () => {
  expect(await byWord("2 2\nthe 1 2\nrare 3 4\n")).toEqual({ the: [1, 2], rare: [3, 4] });
  expect(await byWord("\n\nthe 1 2\n\n. . 3 4\nat the 5 6\nrare 3 4\n\n")).toEqual({
    the: [1, 2],
    rare: [3, 4],
  });
});

it("a word that the file lacks has the vector of another case, best of lower case", async () => {
  expect(await byWord("PARIS 1\nParis 2\nCAT 3\ncat 4\n")).toEqual({ paris: [1], Cat: [4] });
  expect(await byWord("Paris 2\nparis 1\nThe 7\n")).toEqual({ paris: [1], the: [7] });
  expect(await byWord("<unk> 5\n</s> 6\n")).toEqual({ "<UNK>": [5] });
  const { otherCase } = await read("the 1\nParis 2\ncat 4\n");
  expect(otherCase).toBe(2);
});

it("of a word that occurs twice, the first vector counts; letters are compared in NFC", async () => {
  const { vectors, repeated } = await read("the 1\nthe 2\nother 3\nother 4\nthe 5\n");
  expect([...vectors.get(1)!]).toEqual([1]);
  expect(repeated).toBe(2);
  expect(await byWord("e\u0301a 2\n")).toEqual({ éa: [2] });
});

it.each([
  ["an empty file", "", /^glove.txt: there are no vectors/],
  ["blank lines", "\n \n", /^glove.txt: there are no vectors/],
  ["words alone", "the\nparis\n", /^glove.txt, line 1: "the", expected a word and its numbers/],
  ["a table", "the,1,2\n", /line 1: "the,1,2", expected a word and its numbers/],
  ["fewer numbers", "the 1 2\nparis 1\n", /line 2: "paris" has 1 number, expected 2/],
  ["more numbers", "the 1 2\n\nother 1 2 3\n", /line 3: "other" has 3 numbers, expected 2/],
  ["fewer than the header says", "9 3\nthe 1 2\n", /line 2: "the" has 2 numbers, expected 3/],
  ["NaN", "the 1 2\nother nan 2\n", /line 2: "other" has "nan", expected a finite number/],
  ["a text in the first line", "word one two\n", /line 1: "word" has "one", expected a finite number/],
  ["infinity", "the 1 Infinity\n", /line 1: "the" has "Infinity"/],
  ["a number that is too large", "other 1\nthe 1e39\n", /line 2: "the" has a number that is too large/],
  ["no word", "the 1\n 1\n", /line 2: " 1" begins with a space/],
  ["no word of the vocabulary", "house 1\nMaus 2\n", /^glove.txt has no word of the vocabulary/],
])("refuses %s", async (_, text, message) => {
  await expectRejection(read(text), "ERR_DATA", message);
});

it("starts the rows of the words, and no other", async () => {
  const table = new Embedding(rt, { numEmbeddings: 8, embeddingDim: 2 });
  const before = [...table.weight.data];
  const vectors = await read("the 1 2\nrare 3 4\n");
  vectors.start(table.weight);
  expect([...table.weight.data]).toEqual(before.map((x, i) => ({ 2: 1, 3: 2, 12: 3, 13: 4 })[i as 2] ?? x));
  const wrong = new Embedding(rt, { numEmbeddings: 8, embeddingDim: 3 });
  expectError(() => vectors.start(wrong.weight), "ERR_SHAPE", /\[8, 3\], expected \[8, 2\]/);
});
