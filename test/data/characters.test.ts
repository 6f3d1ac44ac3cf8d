import fc from "fast-check";
import { expect, it } from "vitest";
import { charactersOf } from "../../src/data/characters.ts";

it.each([
  ["e with an accent", "éa", ["é", "a"]],
  ["Hindi: a conjunct with a vowel sign", "क्षि मै", ["क्षि", "मै"]],
  ["Hindi: a non-joiner prevents a conjunct", "क्‌ष", ["क्‌", "ष"]],
  ["Sinhala: a joiner", "ශ්‍රී", ["ශ්‍", "රී"]],
  ["Thai and Lao: am", "กำ ກຳ", ["กำ", "ກຳ"]],
  ["Khmer: a subscript", "ខ្មែរ", ["ខ្មែ", "រ"]],
  ["Burmese: stacked letters", "မ္မာ", ["မ္မာ"]],
  ["Hebrew points", "שָׁל", ["שָׁ", "ל"]],
  ["halfwidth kana", "ｶﾞｷ", ["ｶﾞ", "ｷ"]],
  ["emoji", "👨‍👩‍👧🇩🇪🇫🇷3️⃣👋🏽", ["👨‍👩‍👧", "🇩🇪", "🇫🇷", "3️⃣", "👋🏽"]],
  ["white space is left out", " 王\t小　明\n", ["王", "小", "明"]],
])("%s", (_, text, characters) => expect(charactersOf(text)).toEqual(characters));

it("loses nothing but white space", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(charactersOf(text).join("")).toBe(text.replace(/[\s\u200B]/g, ""));
    }),
  );
});
