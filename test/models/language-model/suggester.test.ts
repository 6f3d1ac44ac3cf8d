import fc from "fast-check";
import { expect, it, vi } from "vitest";
import { END_SYMBOL, UNKNOWN_SYMBOL, Vocabulary } from "../../../src/data/vocabulary.ts";
import { LanguageModel } from "../../../src/models/language-model/model.ts";
import { defaultLanguageModelSpec, type LanguageModelSpec } from "../../../src/models/language-model/spec.ts";
import { Suggester } from "../../../src/models/language-model/suggester.ts";
import { TokenStream } from "../../../src/network/token-stream.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";
import { describeRuntimes, expectError } from "../../runtimes.ts";
import { fixedModel, smallModel } from "./model.ts";

const WORDS = [END_SYMBOL, "the", "cat", ".", "cab", "car", "i", "don't", "dog", UNKNOWN_SYMBOL];

/** Makes a model of words with random weights that are large enough to matter. */
function wordModel(rt: Runtime, spec: Partial<LanguageModelSpec> = {}, words = WORDS): LanguageModel {
  const small = { ...defaultLanguageModelSpec("word"), hidden: 6, embedding: 6, ...spec };
  const model = new LanguageModel(rt, small, new Vocabulary(words)).train(false);
  enlarge(model);
  return model;
}

function enlarge(model: LanguageModel): void {
  for (const { data } of Object.values(model.parameters())) data.set(data.map((x) => 20 * x));
}

const textsOf = (model: LanguageModel, text: string, top = 5) =>
  new Suggester(model.pack()).suggest(text, { top }).map(({ text }) => text);

describeRuntimes("suggestions of a model of words", (rt) => {
  it("after a space: every word with the probability that `score` gives it", () => {
    const packed = wordModel(rt()).pack();
    for (const text of ["", "the ", "The cat, ", "the dog. the ", "nobody "]) {
      const suggestions = new Suggester(packed).suggest(text, { top: 99 });
      expect(suggestions).toHaveLength(WORDS.length - 2);
      expect(suggestions.map(({ probability }) => probability)).toEqual(
        suggestions.map(({ probability }) => probability).sort((a, b) => b - a),
      );
      for (const { text: word, probability } of suggestions) {
        const { conditionals } = packed.score(text + word);
        const { symbol, logProbability } = conditionals.at(-2)!; // the last one is <EOS>
        expect(symbol).toBe(word.toLowerCase());
        expect(probability).toBeCloseTo(Math.exp(logProbability), 6);
      }
    }
  });

  it("in a word: its probability among the words that begin so", () => {
    const packed = wordModel(rt()).pack();
    const all = new Suggester(packed).suggest("the ", { top: 99 });
    const begun = all.filter(({ text }) => text.startsWith("ca"));
    const sum = begun.reduce((sum, { probability }) => sum + probability, 0);
    const found = new Suggester(packed).suggest("the ca");
    expect(found.map(({ text }) => text)).toEqual(begun.map(({ text }) => text));
    for (const [i, { probability }] of found.entries())
      expect(probability).toBeCloseTo(begun[i]!.probability / sum, 6);
    expect(new Suggester(packed).suggest("the dog")).toEqual([{ text: "dog", probability: 1 }]);
  });

  it("equally probable words are in the order of the vocabulary, and the text so far stays as typed", () => {
    const model = wordModel(rt());
    for (const { data } of Object.values(model.parameters())) data.fill(0);
    expect(textsOf(model, "")).toEqual(["the", "cat", ".", "cab", "car"]);
    expect(textsOf(model, "C")).toEqual(["Cat", "Cab", "Car"]);
    expect(textsOf(model, "the CA", 2)).toEqual(["CAt", "CAb"]);
    expect(textsOf(model, "the cat (D")).toEqual(["Don't", "Dog"]);
    expect(textsOf(model, "don'")).toEqual(["don't"]);
    expect(textsOf(model, "the cat.", 1)).toEqual(["the"]);
  });

  it("no word begins so: none", () => {
    const packed = wordModel(rt()).pack();
    for (const text of ["x", "the cats", "<UNK", "<EO"]) {
      expect(new Suggester(packed).suggest(text), text).not.toContainEqual(
        expect.objectContaining({ text: expect.stringContaining("<") }),
      );
    }
    expect(new Suggester(packed).suggest("the cats")).toEqual([]);
  });

  it("a sentence that has ended begins another; case counts if the model keeps it", () => {
    const model = wordModel(rt());
    expect(new Suggester(model.pack()).suggest("the cat. ")).toEqual(
      new Suggester(model.pack()).suggest("the cat.\n\n"),
    );
    expect(new Suggester(model.pack()).suggest("the cat. ")).not.toEqual(
      new Suggester(model.pack()).suggest("the cat."),
    );
    const cased = wordModel(rt(), { tokens: "spaces" }, [END_SYMBOL, "The", "the", "Then", UNKNOWN_SYMBOL]);
    expect(textsOf(cased, "the th")).toEqual(["the"]);
    expect(textsOf(cased, "the Th").toSorted()).toEqual(["The", "Then"]);
    expect(textsOf(cased, "the <UN")).toEqual([]);
  });

  it("of lines: each line begins again", () => {
    const packed = wordModel(rt(), { lines: true }).pack();
    expect(new Suggester(packed).suggest("the cat\ndog ")).toEqual(new Suggester(packed).suggest("dog "));
  });
});

describeRuntimes("suggestions of a model of characters", (rt) => {
  it("the product of the letters' probabilities and of the word's end", () => {
    // Probabilities 4/10, 2/10, 1/10, 2/10, 1/10.
    const logits = {
      a: Math.log(4),
      b: Math.log(2),
      "'": 0,
      " ": Math.log(2),
      "\n": 0,
      [UNKNOWN_SYMBOL]: -99,
    };
    const suggester = new Suggester(fixedModel(rt(), logits).pack());
    const expectSuggested = (text: string, expected: Record<string, number>) => {
      const found = suggester.suggest(text, { top: Object.keys(expected).length });
      expect(found.map(({ text }) => text)).toEqual(Object.keys(expected));
      for (const { text, probability } of found) expect(probability).toBeCloseTo(expected[text]!, 6);
    };
    const words = { a: 0.4 * 0.3, b: 0.2 * 0.3 };
    expectSuggested("", { a: words.a, b: words.b, aa: 0.4 * words.a });
    expectSuggested("ab ", words);
    expectSuggested("ab", { ab: 0.3, aba: 0.4 * 0.3, abb: 0.2 * 0.3 });
    expectSuggested("ab'", { "ab'a": 0.4 * 0.3, "ab'b": 0.2 * 0.3 });
  });

  it("the most probable words of all, as trying all words finds them", () => {
    const model = smallModel(rt());
    enlarge(model);
    const packed = model.pack();
    const newline = "\n";
    const letters = [..."abcdef"];
    const all = [1, 2, 3].flatMap((length) =>
      Array.from({ length: 6 ** length }, (_, i) =>
        Array.from({ length }, (_, k) => letters[Math.floor(i / 6 ** k) % 6]).join(""),
      ),
    );
    for (const [before, prefix] of [
      ["", ""],
      ["abc\n", ""],
      ["fed\n", "ba"],
    ] as const) {
      const probability = (word: string) =>
        packed
          .score(before + prefix + word + newline)
          .conditionals.slice(-word.length - 1)
          .reduce((p, { logProbability }) => p * Math.exp(logProbability), 1);
      const most = new Suggester(packed).suggest(before + prefix, { top: 8 });
      const tried = (prefix ? ["", ...all] : all)
        .map((word) => ({ text: prefix + word, probability: probability(word) }))
        .sort((a, b) => b.probability - a.probability);
      const short = most.filter(({ text }) => text.length <= prefix.length + 3);
      expect(short.length).toBeGreaterThan(1);
      short.forEach(({ text, probability }, i) => {
        expect(text).toBe(tried[i]!.text);
        expect(probability).toBeCloseTo(tried[i]!.probability, 6);
      });
    }
  });

  it("after a mark, white space may come first", () => {
    const logits = { a: 0, ",": -9, " ": 1, [UNKNOWN_SYMBOL]: -99 };
    const model = fixedModel(rt(), logits);
    expect(textsOf(model, "a,", 1)).toEqual(["a"]);
    const none = fixedModel(rt(), { a: -50, ",": -9, " ": 1, [UNKNOWN_SYMBOL]: 50 });
    expect(textsOf(none, "").some((text) => /[<, ]/.test(text))).toBe(false);
  });

  it("a word that never ends has 32 symbols", () => {
    const model = fixedModel(rt(), { a: 9, b: 0 });
    expect(textsOf(model, "b", 1)).toEqual([`b${"a".repeat(32)}`]);
    expect(textsOf(fixedModel(rt(), { " ": 0, ",": 0 }), "")).toEqual([]);
  });
});

describeRuntimes("a session of typing", (rt) => {
  it.each([
    ["characters", () => smallModel(rt())],
    ["words", () => wordModel(rt())],
  ])("of %s: any edits give what a new session gives", (level, make) => {
    const packed = make().pack();
    const [pieces, longest] =
      level === "words" ? [["the ", "ca", "t ", ". ", "x"], 200] : [[..."abcf\n"], 300];
    const suggester = new Suggester(packed);
    const edit = fc.record({
      keep: fc.double({ min: 0, max: 1, noNaN: true }),
      more: fc.array(fc.constantFrom(...pieces), { maxLength: longest }),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 2, maxLength: 4 }), (edits) => {
        let text = "";
        for (const { keep, more } of edits) {
          text = text.slice(0, Math.round(keep * text.length)) + more.join("");
          const fresh = new Suggester(packed);
          expect(suggester.suggest(text, { top: 2 })).toEqual(fresh.suggest(text, { top: 2 }));
          fresh.dispose();
        }
      }),
      { numRuns: 8 },
    );
  });

  it("reads new symbols alone, and after an edit from the last state that it kept", () => {
    const suggester = new Suggester(wordModel(rt()).pack());
    const feed = vi.spyOn(TokenStream.prototype, "feed");
    const reads = (text: string) => {
      feed.mockClear();
      suggester.suggest(text);
      return feed.mock.calls.length;
    };
    try {
      expect(reads("the cat the ")).toBe(3);
      expect(["the cat the d", "the cat the do", "the cat the dog"].map(reads)).toEqual([0, 0, 0]);
      expect(reads("the cat the dog ")).toBe(1);
      expect(reads("the cat the ca")).toBe(0);
      const long = "the cat ".repeat(200);
      expect(reads(long)).toBe(397);
      expect(reads(`${long.slice(0, 8 * 195)}dog `)).toBe(1);
      expect(reads(`${"the cat ".repeat(50)}dog `)).toBe(100 - 64 + 1);
    } finally {
      feed.mockRestore();
    }
  });

  it("frees its memory, and refuses to work without it", () => {
    const packed = wordModel(rt()).pack();
    const before = rt().memory.used;
    const suggester = new Suggester(packed);
    suggester.suggest("the ");
    suggester.dispose();
    expect(rt().memory.used).toBe(before);
    expectError(() => suggester.suggest("the "), "ERR_DISPOSED");
  });

  it("refuses wrong input", () => {
    const packed = wordModel(rt()).pack();
    expectError(() => new Suggester({} as never), "ERR_VALUE", /pack\(\)/);
    expectError(() => new Suggester(packed).suggest("a", { top: 0 }), "ERR_VALUE", /top is 0/);
    expectError(() => new Suggester(packed).suggest(3 as never), "ERR_VALUE", /text is 3/);
    expectError(() => new Suggester(fixedModel(rt(), { a: 0 }).pack()).suggest("b"), "ERR_DATA", /"b"/);
    const model = wordModel(rt());
    model.embedding!.weight.data.fill(Number.NaN);
    expectError(() => new Suggester(model.pack()).suggest(""), "ERR_NAN", /logits/);
  });
});
