import { describe, expect, it } from "vitest";
import { defaultLanguageModelSpec } from "../../../src/models/language-model/spec.ts";
import { encodeText, textVocabulary, unknownSymbols } from "../../../src/models/language-model/text.ts";
import { expectError } from "../../runtimes.ts";

const WORDS = defaultLanguageModelSpec("word");
const SPACES = { ...WORDS, tokens: "spaces" } as const;

describe("the vocabulary of a text of words", () => {
  it("is <EOS>, the words by frequency, and <UNK>", () => {
    const { symbols, endId, unknownId } = textVocabulary("b a b. A c! b c b", WORDS);
    expect(symbols).toEqual(["<EOS>", "b", "a", "c", "<UNK>"]);
    expect([endId, unknownId]).toEqual([0, 4]);
  });

  it("leaves out words that occur once, unless <unk> stands in the text", () => {
    expect(textVocabulary("b b a", SPACES).symbols).toEqual(["<EOS>", "b", "<UNK>"]);
    expect(textVocabulary("b b a <unk>", SPACES).symbols).toEqual(["<EOS>", "b", "a", "<UNK>"]);
    expect(textVocabulary("b b a", SPACES, { minCount: 1 }).symbols).toEqual(["<EOS>", "b", "a", "<UNK>"]);
  });

  it("keeps to the limit, <EOS> and <UNK> included, even if <EOS> is rare", () => {
    const text = "c b a b c c d d d d";
    expect(textVocabulary(text, SPACES, { limit: 4 }).symbols).toEqual(["<EOS>", "d", "c", "<UNK>"]);
    expect(textVocabulary(text, SPACES, { limit: 3 }).symbols).toEqual(["<EOS>", "d", "<UNK>"]);
    expectError(() => textVocabulary(text, SPACES, { limit: 2 }), "ERR_VALUE", "vocabulary of 2");
  });

  it.each([
    ["an empty text", ""],
    ["one word", "whale"],
    ["white space", " \n\n "],
    ["<unk> alone", "<unk> <unk>\n<unk>"],
  ])("needs words: not %s", (_, text) => {
    expectError(() => textVocabulary(text, SPACES), "ERR_DATA", "no word occurs", "smaller minimum");
  });

  it("of characters is what it was", () => {
    expect(textVocabulary("ba\na", defaultLanguageModelSpec()).symbols).toEqual(["\n", "a", "b", "<UNK>"]);
    expect(textVocabulary("ba\na", defaultLanguageModelSpec(), { minCount: 2 }).symbols).toEqual([
      "a",
      "<UNK>",
    ]);
  });
});

it("unknown words become <UNK>, and <eos> of a text the end", () => {
  const vocabulary = textVocabulary("b b <unk>\n", SPACES);
  expect([...encodeText("b x <unk>\nb <eos>", SPACES, vocabulary)]).toEqual([1, 2, 2, 0, 1, 0]);
  expect(unknownSymbols("x b y x\nz", SPACES, vocabulary)).toEqual(["x", "y", "z"]);
  expect(encodeText(" ", SPACES, vocabulary).length).toBe(0);
});
