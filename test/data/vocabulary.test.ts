import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UNKNOWN_SYMBOL, Vocabulary } from "../../src/data/vocabulary.ts";

/** Text that mixes ordinary characters, lone surrogates and characters outside the basic plane. */
const texts = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "a",
        "b",
        " ",
        "<UNK>",
        "é",
        "e\u0301",
        "\ud83d\ude00",
        "\ud83d",
        "\ude00",
        "\uffff",
        "\u{10ffff}",
      ),
      fc.string({ unit: "binary" }),
      fc.integer({ min: 0xd800, max: 0xdfff }).map((unit) => String.fromCharCode(unit)),
    ),
    { minLength: 1 },
  )
  .map((parts) => parts.join(""))
  .filter((text) => text !== "");

describe("Vocabulary.fromText", () => {
  it("orders characters by code point, <UNK> last", () => {
    const vocabulary = Vocabulary.fromText("b\u{1f600}a\uffff\nb");
    expect(vocabulary.symbols).toEqual(["\n", "a", "b", "\uffff", "\u{1f600}", "<UNK>"]);
    expect(vocabulary.size).toBe(6);
    expect(vocabulary.unknownId).toBe(5);
  });

  it("leaves out <UNK> when told to, and rare characters", () => {
    const vocabulary = Vocabulary.fromText("aabbbc", { unknown: false, minCount: 2 });
    expect(vocabulary.symbols).toEqual(["a", "b"]);
    expect(vocabulary.unknownId).toBeNull();
    expect(vocabulary.has("a")).toBe(true);
    expect(vocabulary.has("c")).toBe(false);
    expect(vocabulary.has("<UNK>")).toBe(false);
  });

  it("refuses a text that leaves no character", () => {
    const empty = expect.objectContaining({ code: "ERR_DATA" });
    expect(() => Vocabulary.fromText("")).toThrow(empty);
    expect(() => Vocabulary.fromText("abc", { minCount: 2 })).toThrow(empty);
  });

  it.each([0, -1, 1.5, Number.NaN])("refuses minCount %d", (minCount) => {
    expect(() => Vocabulary.fromText("a", { minCount })).toThrow(
      expect.objectContaining({ code: "ERR_VALUE" }),
    );
  });
});

describe("encode and decode", () => {
  it("give the text back, whatever its characters", () => {
    fc.assert(
      fc.property(texts, fc.boolean(), (text, unknown) => {
        const vocabulary = Vocabulary.fromText(text, { unknown });
        const ids = vocabulary.encode(text);
        expect(ids.length).toBe([...text].length);
        expect(vocabulary.decode(ids)).toBe(text);
        expect(vocabulary.unknownIn(text)).toEqual([]);
      }),
    );
  });

  it("put <UNK> exactly in place of unknown characters", () => {
    fc.assert(
      fc.property(texts, texts, (known, text) => {
        const vocabulary = Vocabulary.fromText(known);
        const inKnown = new Set(known);
        const shown = [...text].map((character) => (inKnown.has(character) ? character : "<UNK>"));
        const ids = vocabulary.encode(text);
        expect([...ids].map((id) => vocabulary.symbols[id])).toEqual(shown);
        expect(vocabulary.decode(ids)).toBe(shown.join(""));
        expect(vocabulary.unknownIn(text)).toEqual([...new Set([...text].filter((c) => !inKnown.has(c)))]);
      }),
    );
  });

  it("know <UNK> at any place", () => {
    const vocabulary = Vocabulary.fromJSON(["<UNK>", "a"]);
    expect(vocabulary.unknownId).toBe(0);
    expect([...vocabulary.encode("ab")]).toEqual([1, 0]);
  });

  it("take the five characters <UNK> in a text for what they are", () => {
    const vocabulary = Vocabulary.fromText("<UNK>");
    expect([...vocabulary.encode("K>?")]).toEqual([2, 1, 5]);
    expect(vocabulary.symbols).toEqual(["<", ">", "K", "N", "U", "<UNK>"]);
  });

  it.each([
    ["a\u{1f600}é", 'character "é" (U+00E9) at offset 2'],
    ["\u{1f601}", "(U+1F601) at offset 0"],
    ["aa\ud83d", '"\\ud83d" (U+D83D) at offset 2'],
  ])("name the unknown character of %j when there is no <UNK>", (text, message) => {
    const vocabulary = Vocabulary.fromText("a\u{1f600}", { unknown: false });
    const error = { code: "ERR_DATA", message: expect.stringContaining(message) };
    expect(() => vocabulary.encode(text)).toThrow(expect.objectContaining(error));
  });

  it.each([-1, 3, 0.5, Number.NaN])("refuse the id %d", (id) => {
    const vocabulary = Vocabulary.fromText("ab");
    const error = { code: "ERR_DATA", message: expect.stringContaining(`id ${id} at 1, expected`) };
    expect(() => vocabulary.decode([0, id])).toThrow(expect.objectContaining(error));
  });
});

describe("tokens of any length", () => {
  const words = "the cat saw the dog the cat".split(" ");

  it("are ordered by frequency, then by name", () => {
    expect(Vocabulary.fromTokens(words).symbols).toEqual(["the", "cat", "dog", "saw", UNKNOWN_SYMBOL]);
    expect(Vocabulary.fromTokens(words, { minCount: 2, unknown: false }).symbols).toEqual(["the", "cat"]);
  });

  it("become ids; unknown ones <UNK>, or what no loss counts", () => {
    const known = Vocabulary.fromTokens(words, { minCount: 2 });
    expect([...known.encodeTokens(["cat", "dog", "", UNKNOWN_SYMBOL])]).toEqual([1, 2, 2, 2]);
    const labels = Vocabulary.fromTokens(words, { unknown: false });
    expect([...labels.encodeTokens(["the", "bird"])]).toEqual([0, -100]);
    expect(Vocabulary.fromTokens([UNKNOWN_SYMBOL, "a"]).symbols).toEqual(["a", UNKNOWN_SYMBOL]);
    expect(Vocabulary.fromTokens(["a"], { minCount: 2 }).symbols).toEqual([UNKNOWN_SYMBOL]);
  });

  it("must not be empty", () => {
    const error = { code: "ERR_DATA", message: expect.stringContaining("2 times") };
    expect(() => Vocabulary.fromTokens(["a"], { minCount: 2, unknown: false })).toThrow(
      expect.objectContaining(error),
    );
  });
});

describe("a vocabulary as JSON", () => {
  it("comes back the same", () => {
    fc.assert(
      fc.property(texts, fc.boolean(), (text, unknown) => {
        const vocabulary = Vocabulary.fromText(text, { unknown });
        const back = Vocabulary.fromJSON(JSON.parse(JSON.stringify(vocabulary)));
        expect(back.symbols).toEqual(vocabulary.symbols);
        expect(back.unknownId).toBe(vocabulary.unknownId);
        expect(back.encode(text)).toEqual(vocabulary.encode(text));
      }),
    );
  });

  it.each<[string, unknown, string]>([
    ["no array", { 0: "a" }, "expected an array of strings"],
    ["nothing", undefined, "expected an array of strings"],
    ["empty", [], "no symbols"],
    ["a number", ["a", 1], "symbol 1 is 1, expected a non-empty string"],
    ["a hole", new Array(1), "symbol 0 is undefined"],
    ["an empty symbol", ["a", ""], 'symbol 1 is ""'],
    ["a duplicate", ["a", "b", "a"], 'symbols 0 and 2 are both "a"'],
    ["two unknowns", ["<UNK>", "<UNK>"], 'symbols 0 and 1 are both "<UNK>"'],
  ])("is refused: %s", (_, json, message) => {
    const error = { code: "ERR_FORMAT", message: expect.stringContaining(message) };
    expect(() => Vocabulary.fromJSON(json)).toThrow(expect.objectContaining(error));
  });
});
