import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { taggerCutOf } from "../../../src/models/labels/tagger-rule.ts";
import { taggerTokens } from "../../../src/models/labels/tagger-tokens.ts";

const cut = (...sentences: string[]) => taggerCutOf(sentences.map((sentence) => sentence.split(" ")));

describe("the rule is found from the training tokens", () => {
  it.each([
    ["words", ["Mr . Smith 's well - known cat sat .", "It isn't so , said ( Ann ) ."]],
    ["words", ["the cat sat", "a dog ran"]],
    ["edges", ["Ford-Werke came on 2024-05-01 .", "The U.N. met ( in Rio-Sul ) , too ."]],
    ["edges", ["I do n't know Ann 's e-mail .", "He can't see the x-ray , she 'll see ."]],
    ["spaces", ["see http://a.b/c?d=1 for #more", "mail me@x.org or call +1-234"]],
    ["spaces", ["no, he said.", "yes! (she said)"]],
    ["graphemes", ["张 三 去 上 海 。", "我 在 家 ， 你 呢 ？"]],
    ["graphemes", ["กิ น ที่ นี่", "ฉั น"]],
    ["characters", ["ก ิ น ท ี ่", "ฉ ั น"]],
    ["words", ["北京 是 首都 。", "我们 喜欢 北京 。"]],
    ["words", ["ہم آئے ۔", "کیا ، کیوں ؟"]],
  ])("%s: %j", (tokens, sentences) => expect(cut(...sentences)).toEqual({ tokens, segmenter: "" }));

  it("letters of Chinese, but whole words of other scripts", () => {
    expect(cut("我 买 iPhone 15 了 。", "他 用 Windows ， 真 的")).toEqual({
      tokens: "words",
      segmenter: "characters",
    });
  });
});

it("long sentences are left out, and without others texts are cut into words", () => {
  const long = "b".repeat(1e6);
  expect(cut(long, long)).toEqual({ tokens: "words", segmenter: "" });
  expect(cut(long, "张 三 去 。")).toEqual({ tokens: "graphemes", segmenter: "" });
});

describe("a text is cut", () => {
  const known = (tokens: string) => (token: string) => tokens.split(" ").includes(token);
  const edges = (text: string, tokens = "") =>
    taggerTokens(text, { tokens: "edges" }, known(tokens)).join(" ");

  it.each([
    ["(Ford-Werke) came.", "", "( Ford-Werke ) came ."],
    ["“So what?!”", "", "“ So what ? ! ”"],
    ["in the U.S. and E.U.", "U.S.", "in the U.S. and E.U ."],
    ["Wait...", "...", "Wait ..."],
    ["I don't know Bob's e-mail.", "n't 's", "I do n't know Bob 's e-mail ."],
    ["I don't know.", "", "I don't know ."],
    ["L'homme qu'il voit", "L' qu'", "L' homme qu' il voit"],
    ["-- 5% $3 :-)", ":-)", "- - 5 % $ 3 :-)"],
    ["👍🏽! 🇩🇪", "", "👍🏽 ! 🇩🇪"],
    ["", "", ""],
  ])("at its edges: %j with %j", (text, tokens, expected) => expect(edges(text, tokens)).toBe(expected));

  it.each([
    ["words", "Ford-Werke, 王三!", ["Ford", "-", "Werke", ",", "王", "三", "!"]],
    ["spaces", "Ford-Werke, 王三!", ["Ford-Werke,", "王三!"]],
    ["graphemes", "e\u0301 👍🏽王\u3000三", ["é", "👍🏽", "王", "三"]],
    ["characters", "กิ น", ["ก", "ิ", "น"]],
  ] as const)("%s", (tokens, text, expected) => {
    expect(taggerTokens(text, { tokens, segmenter: "characters" }, () => false)).toEqual(expected);
  });

  it("at its edges, and a long word of marks does not take long", () => {
    expect(taggerTokens(`a${".".repeat(100_000)}`, { tokens: "edges" }, () => false)).toHaveLength(100_001);
  });

  it("at its edges, and loses nothing but white space", () => {
    const text = fc.string({ unit: fc.constantFrom(..."ab'’.,-(👍🏽 ​") });
    fc.assert(
      fc.property(text, fc.array(text), (text, tokens) => {
        const cut = taggerTokens(text, { tokens: "edges" }, (token) => tokens.includes(token));
        expect(cut.join("")).toBe(text.replace(/[\s\u200B]/g, ""));
        expect(cut).not.toContain("");
      }),
    );
  });
});
