import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { END_SYMBOL } from "../../src/data/vocabulary.ts";
import {
  sentenceTokens,
  type TokenRule,
  type TokenSpec,
  tokensApart,
  wordJoiner,
} from "../../src/data/words.ts";

/** Joins tokens by spaces, with `|` for the end of a sentence. */
const join = (text: string, spec: TokenSpec, lines?: boolean) =>
  [...sentenceTokens(text, spec, lines)].join(" ").replaceAll(END_SYMBOL, "|");

/** Reads a text by the rule of all scripts. The rule of the Latin script gives the same. */
function read(text: string, tokens: TokenRule, lines?: boolean): string {
  const all = join(text, { tokens }, lines);
  expect(join(text, { tokens, segmentation: "latin", normalForm: "none" }, lines)).toBe(all);
  return all;
}

describe("words of a text", () => {
  it.each([
    ["It's HERE, he said.", "it's here , he said . |"],
    ["One. Two! Three? Four", "one . | two ! | three ? | four |"],
    [
      'He said "no." "Why?" (Who knows.) 3.14 is pi.',
      'he said " no . " | " why ? " | ( who knows . ) | 3 . 14 is pi . |',
    ],
    ["A line\nthat goes on.\nAnother", "a line that goes on . | another |"],
    ["Title\n\nText\n \n\nmore", "title | text | more |"],
    ["... wait", ". . . | wait |"],
    ["<unk> x", "< unk > x |"],
    ["  \n\n ", ""],
    ["", ""],
  ])("%j is %j", (text, tokens) => expect(read(text, "words")).toBe(tokens));

  it("a line is a sentence if lines are requested", () => {
    expect(read("One. Two\nThree\n\n", "words", true)).toBe("one . two | three |");
  });

  it.each([
    ["The <unk> 's  N\tx\r\n\n<EOS> b", "The <UNK> 's N x | | b |"],
    ["a <eos> b <eos>\nc", "a | b | c |"],
    ["a.b x.", "a.b x. |"],
  ])("between spaces %j is %j", (text, tokens) => expect(read(text, "spaces")).toBe(tokens));

  it("every sentence ends with <EOS>, and no token has a space or is empty", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }),
        fc.constantFrom("words", "spaces"),
        fc.boolean(),
        (text, tokens_, lines) => {
          const tokens = [...sentenceTokens(text, { tokens: tokens_ }, lines)];
          expect(tokens.every((token) => token && !/\s/.test(token))).toBe(true);
          if (tokens.length) expect(tokens.at(-1)).toBe(END_SYMBOL);
        },
      ),
    );
  });
});

it("a long run of closing marks does not take long", () => {
  const count = 200_000;
  const tokens = [...sentenceTokens(`so.${")".repeat(count)} next`, {})];
  expect(tokens.length).toBe(count + 5);
});

it("finds out whether tokens stand apart", () => {
  expect(tokensApart("the whale , he said .\nwhy ?")).toBe(true);
  expect(tokensApart("The whale, he said. Why?")).toBe(false);
  expect(tokensApart("a <unk> b")).toBe(true);
  expect(tokensApart("no marks at all")).toBe(false);
});

it.each([
  ["he said , “ why not ? ” ( yes ) .", "he said, “why not?” (yes)."],
  ['" no , " he said . " go ! "', '"no," he said. "go!"'],
  ["a whale - boat | it ’ s | . x", "a whale-boat\nit’ s\n. x"],
  ['" open | " new "', '"open\n"new"'],
])("joins %j to %j", (tokens, text) => {
  const join = wordJoiner();
  expect(
    tokens
      .split(" ")
      .map((token) => join(token === "|" ? END_SYMBOL : token))
      .join(""),
  ).toBe(text);
});
