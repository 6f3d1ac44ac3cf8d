import { readFileSync } from "node:fs";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { END_SYMBOL } from "../../src/data/vocabulary.ts";
import { isUnspaced, normalized, sentenceTokens, tokenize, wordJoiner } from "../../src/data/words.ts";

// Words and sentences of many scripts.

afterEach(() => vi.unstubAllGlobals());

const words = (text: string) => tokenize(text, "word").join(" ");
/** Returns the tokens of sentences, without word lists, which differ by runtime. */
const sentences = (text: string) =>
  [...sentenceTokens(text, { segmenter: "characters" })].join(" ").replaceAll(END_SYMBOL, "|");

it.each([
  ["Persian, with a non-joiner", "کتاب‌ها را نمی‌خواند،", "کتاب‌ها را نمی‌خواند ،"],
  ["Sinhala, with a joiner", "ශ්‍රී පාද.", "ශ්‍රී පාද ."],
  ["Malayalam, with a joiner at the end", "അവന്‍ വന്നു", "അവന്‍ വന്നു"],
  ["German, with soft hyphens", "Donau­dampf­schiff fährt", "Donau­dampf­schiff fährt"],
  ["Hindi: conjuncts and vowel signs", "क्षत्रिय लड़कियाँ", "क्षत्रिय लड़कियाँ"],
  ["Arabic: vowels, tatweel", "كِتَــابٌ؛ قَلَم", "كِتَــابٌ ؛ قَلَم"],
  [
    "Hebrew: points, maqaf, geresh, gershayim",
    'בֵּית־סֵפֶר צה״ל ארה"ב ג׳ירף עמ׳ 3',
    'בֵּית ־ סֵפֶר צה״ל ארה"ב ג׳ירף עמ׳ 3',
  ],
  ["Hebrew: quotes", '"שלום" אמר', '" שלום " אמר'],
  ["Ukrainian: apostrophes", "п’ять, м'яч, обʼєкт", "п’ять , м'яч , обʼєкт"],
  ["Catalan: the dot", "col·lecció · nou", "col·lecció · nou"],
  ["Armenian: marks on a vowel", "ինչո՞ւ, բարև՜", "ինչո՞ւ , բարև՜"],
  ["Ethiopic", "ሰላም፣ እንዴት፡ነህ", "ሰላም ፣ እንዴት ፡ ነህ"],
  ["Korean", "안녕하세요, 세계", "안녕하세요 , 세계"],
  ["Tibetan: syllables", "བཀྲ་ཤིས", "བཀྲ ་ ཤིས"],
  ["Greek", "Πού είσαι; Εδώ·", "Πού είσαι ; Εδώ ·"],
  ["Vietnamese, decomposed", "Việt Nam".normalize("NFD"), "Việt Nam"],
  ["numbers, as in the Latin script", "3.14 1 000 ٣٫١٤", "3 . 14 1 000 ٣ ٫ ١٤"],
  ["a family, a flag, a keycap, a skin tone", "👩‍👩‍👧🇳🇵2️⃣👍🏿!", "👩‍👩‍👧 🇳🇵 2️⃣ 👍🏿 !"],
  ["a burning heart, a flag of tags", "❤️‍🔥🏴󠁧󠁢󠁳󠁣󠁴󠁿🏳️‍🌈", "❤️‍🔥 🏴󠁧󠁢󠁳󠁣󠁴󠁿 🏳️‍🌈"],
  ["flags in a row", "🇩🇪🇫🇷🇮🇹", "🇩🇪 🇫🇷 🇮🇹"],
  ["marks of direction", "‏שלום‏, (‪abc‬)", "שלום , ( abc )"],
  ["spaces without width or with", "a​b c　d﻿e", "a b c d e"],
  ["a mark on a symbol", "x ≠ ≠ ◌́y", "x ≠ ≠ ◌́ y"],
])("%s", (_, text, expected) => expect(words(text)).toBe(expected));

describe("scripts without spaces between words", () => {
  it.each([
    ["Chinese", "我喜欢北京。", "我 喜欢 北京 。"],
    ["Chinese with other scripts", "2024年iPhone手机！", "2024 年 iPhone 手机 ！"],
    ["Japanese", "東京に行きます。", "東京 に 行き ます 。"],
    ["Japanese katakana", "テレビとラジオ", "テレビ と ラジオ"],
    ["Thai", "ฉันรักภาษาไทย 100 บาท", "ฉัน รัก ภาษา ไทย 100 บาท"],
    ["Lao", "ຂ້ອຍຮັກພາສາລາວ", "ຂ້ອຍ ຮັກ ພາສາ ລາວ"],
    ["Khmer", "ខ្ញុំស្រឡាញ់កម្ពុជា។", "ខ្ញុំ ស្រឡាញ់ កម្ពុជា ។"],
    ["Burmese", "မင်္ဂလာပါ။", "မင်္ဂလာ ပါ ။"],
  ])("%s: words of the runtime's lists", (_, text, expected) => expect(words(text)).toBe(expected));

  it.each([
    ["Chinese", "我喜欢iPhone。", "我 喜 欢 iPhone 。"],
    ["Thai", "ที่นี่", "ที่ นี่"],
    ["Khmer", "កម្ពុជា", "ក ម្ ពុ ជា"],
  ])(
    "%s: letters with their marks if the runtime has no lists, or had none in training",
    (_, text, expected) => {
      expect(tokenize(text, { level: "word", segmenter: "characters" }).join(" ")).toBe(expected);
      vi.stubGlobal("Intl", {});
      expect(words(text)).toBe(expected);
      vi.stubGlobal("Intl", undefined);
      expect(words(text)).toBe(expected);
    },
  );

  it("are told from others", () => {
    for (const text of ["天", "ก", "ກ", "ខ", "က", "か", "カ", "x 天"]) expect(isUnspaced(text)).toBe(true);
    for (const text of ["a", "ж", "한국어", "בית", "हिन्दी", "བོད", "1 !"])
      expect(isUnspaced(text)).toBe(false);
  });
});

it("a long run is cut in parts, which changes nothing where words are clear", () => {
  const run = "天是".repeat(500);
  expect(tokenize(`${run}。`, "word").join("")).toBe(`${run}。`);
  const mixed = "我喜欢".repeat(400);
  expect(tokenize(mixed, "word")).toEqual(Array.from({ length: 400 }, () => ["我", "喜欢"]).flat());
  expect(tokenize("𠀀".repeat(300), "word").join("")).toBe("𠀀".repeat(300));
});

describe("sentences", () => {
  it.each([
    [
      "Chinese",
      "他来了。“好！”她说：『走吧？』我们走。",
      "他 来 了 。 | “ 好 ！ ” | 她 说 ： 『 走 吧 ？ 』 | 我 们 走 。 |",
    ],
    ["Chinese with marks of ASCII", "好吃!下次再来?是的", "好 吃 ! | 下 次 再 来 ? | 是 的 |"],
    ["Japanese with wide stops and decimals", "３．５だ．次", "３ ． ５ だ ． | 次 |"],
    ["Hindi, with and without spaces", "वह गया। राम आया।क्या? हाँ॥", "वह गया । | राम आया । | क्या ? | हाँ ॥ |"],
    ["Bengali", "আমি যাই। তুমি?", "আমি যাই । | তুমি ? |"],
    ["Arabic", "أين هو؟ هنا! «نعم؟» قال", "أين هو ؟ | هنا ! | « نعم ؟ » | قال |"],
    ["Urdu", "وہ گیا۔ میں آیا۔", "وہ گیا ۔ | میں آیا ۔ |"],
    ["Armenian", "Բարև։ Ինչպե՞ս ես։", "բարև ։ | ինչպե՞ս ես ։ |"],
    ["Ethiopic", "ሰላም ነው። እሺ፧ አዎ", "ሰላም ነው ። | እሺ ፧ | አዎ |"],
    ["Khmer", "កា។កា", "កា ។ | កា |"],
    ["Burmese: the comma ends nothing", "ကာ၊ ကာ။ ကာ", "ကာ ၊ ကာ ။ | ကာ |"],
    ["Thai: lines, not spaces", "กี่ กำ\nกี่ 3.5 กี่ \nกี่", "กี่ ก ำ | กี่ 3 . 5 กี่ | กี่ |"],
    ["Russian: white space is needed", "Да.Нет! Да", "да . нет ! | да |"],
    ["a mark of direction after the end", "‏כן.‏ לא", "כן . | לא |"],
  ])("%s", (_, text, expected) => expect(sentences(text)).toBe(expected));

  it("a line is a sentence if lines are requested", () => {
    expect([...sentenceTokens("好。好\n好", {}, true)].join(" ")).toBe("好 。 好 <EOS> 好 <EOS>");
  });

  it("long runs of letters or marks do not take long", () => {
    const count = 100_000;
    for (const mark of ["。", "!", "」", "?\u3000", "天", "ก", "ก่", "‍", "'", "״"]) {
      expect([...sentenceTokens(`a${mark.repeat(count)}b`, {})].length).toBeGreaterThan(0);
    }
  });
});

describe("properties", () => {
  // Code points that meet: marks, joiners, scripts without spaces, emoji, apostrophes, ends of sentences.
  const hard = [..."aZé1 .!'’\"\n\t天か。」กำ่ြကខ្ក्षاَـ؟׳״אѣʼ👩🏽❤🇩🇪‍‌­​‏️⃣́̈ᄀ가ﬁ…(#"];
  const text = fc.oneof(fc.string({ unit: fc.constantFrom(...hard) }), fc.string({ unit: "binary" }));
  const space = /[\s\u200B\u200E\u200F\u061C\u202A-\u202E\u2066-\u2069]/g;

  it("nothing but white space and marks of direction is lost", () => {
    fc.assert(
      fc.property(text, (text) => {
        const tokens = tokenize(text, "word");
        expect(tokens.join("")).toBe(text.normalize().replace(space, ""));
        expect(tokens).not.toContain("");
      }),
      { numRuns: 2000 },
    );
  });

  it("all normal forms of a text have the same tokens", () => {
    fc.assert(
      fc.property(text, fc.constantFrom("char", "word"), (text, level) => {
        expect(tokenize(text.normalize("NFD"), level)).toEqual(tokenize(text.normalize("NFC"), level));
      }),
    );
  });

  it("the tokens of two texts with a space between them are those of both", () => {
    fc.assert(
      fc.property(text, text, (one, other) => {
        expect(tokenize(`${one} ${other}`, "word")).toEqual([
          ...tokenize(one, "word"),
          ...tokenize(other, "word"),
        ]);
      }),
    );
  });

  it("sentences have the tokens of the text", () => {
    fc.assert(
      fc.property(text, (text) => {
        const tokens = [...sentenceTokens(text, {})].filter((token) => token !== END_SYMBOL);
        expect(tokens.join("")).toBe(text.normalize().toLowerCase().replace(space, ""));
      }),
    );
  });
});

it.each(["shakespeare.txt", "reviews.tsv", "names.tsv", "people.tsv", "spellings.tsv", "dates.tsv"])(
  "texts of the Latin script are cut as before: %s",
  (file) => {
    const text = readFileSync(new URL(`../../examples/data/${file}`, import.meta.url), "utf8");
    const before = [...sentenceTokens(text, { segmentation: "latin", normalForm: "none" })];
    expect([...sentenceTokens(text, {})]).toEqual(before);
  },
);

it("older files leave texts as they are", () => {
  const old = { level: "word", segmentation: "latin", normalForm: "none" } as const;
  expect(normalized("é", old)).toBe("é");
  expect(normalized("é", {})).toBe("é");
  expect(tokenize("می‌روم 王小明", old)).toEqual(["می", "‌", "روم", "王小明"]);
  expect([...sentenceTokens("गया।", old)]).toEqual(["गया", "।", END_SYMBOL]);
});

describe("words are joined", () => {
  const again = (text: string) => tokenize(text, "word").map(wordJoiner()).join("");

  it.each([
    "他说：“好！”然后买了2024年的iPhone手机。",
    "「はい」と言った。コンピューター",
    "ฉันรักภาษาไทย 100 บาท",
    "ខ្ញុំស្រឡាញ់កម្ពុជា។",
    "کتاب‌ها را نمی‌خواند، (نه)؟",
    "בית־ספר, שלום",
    "བཀྲ་ཤིས",
    "वह गया।",
    "안녕, 세계!",
    "„Ja“ ‹oui›: so-so.",
  ])("%s", (text) => expect(again(text)).toBe(text.replace("„Ja“ ", "„Ja “")));

  it("by spaces in older files", () => {
    const join = wordJoiner({ segmentation: "latin" });
    expect(["我", "来", "。"].map((token) => join(token)).join("")).toBe("我 来 。");
  });
});
