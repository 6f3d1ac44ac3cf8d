import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Labelled } from "../../../src/data/labelled.ts";
import { randomNumbers } from "../../../src/data/shuffle.ts";
import { UNKNOWN_SYMBOL, Vocabulary } from "../../../src/data/vocabulary.ts";
import { LabelBatches, labelTables } from "../../../src/models/labels/batches.ts";
import { spell } from "../../../src/models/labels/spellings.ts";

const LETTERS = new Vocabulary(["a", "b", "c", UNKNOWN_SYMBOL]);
const word = fc.string({ unit: fc.constantFrom("a", "b", "c", "d"), minLength: 1, maxLength: 5 });
const sentences = fc.array(fc.array(word, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 5 });

/** Returns the characters of a word of a batch. */
const spelling = ({ lengths, characters }: ReturnType<typeof spell>, w: number) =>
  Array.from({ length: lengths[w]! }, (_, c) => LETTERS.symbols[characters[c * lengths.length + w]!]);

describe("spell", () => {
  it("spells every word once, longest first, and says where each stands", () => {
    fc.assert(
      fc.property(sentences, (words) => {
        const steps = Math.max(...words.map(({ length }) => length));
        const spelt = spell(words, steps, LETTERS);
        const { lengths } = spelt;
        expect(lengths.length).toBe(new Set(words.flat()).size);
        expect(lengths).toEqual([...lengths].sort((a, b) => b - a));
        words.forEach((sentence, b) => {
          sentence.forEach((word, t) => {
            const found = spelling(spelt, spelt.words[t * words.length + b]!);
            expect(found).toEqual([...word].map((c) => (c === "d" ? UNKNOWN_SYMBOL : c)));
          });
        });
      }),
    );
  });

  it("reads the ends of a word of any length, and an empty one as an unknown character", () => {
    const long = `${"a".repeat(32)}${"b".repeat(1e6)}${"c".repeat(32)}`;
    const spelt = spell([[long, ""]], 2, LETTERS);
    expect(spelt.lengths).toEqual([64, 1]);
    expect(spelling(spelt, 0).join("")).toBe("a".repeat(32) + "c".repeat(32));
    expect(spelling(spelt, 1)).toEqual([UNKNOWN_SYMBOL]);
  });
});

const EXAMPLES: Labelled[] = Array.from({ length: 40 }, (_, i) => ({
  tokens: Array.from({ length: 1 + (i % 7) }, (_, t) => `w${(i + t) % 9}`),
  labels: Array.from({ length: 1 + (i % 7) }, (_, t) => `${t % 2}`),
}));

describe("LabelBatches", () => {
  const tables = labelTables(EXAMPLES, { characters: 3 });
  const unknown = tables.vocabulary!.unknownId!;
  const options = { batch: 8, seed: 3, wordDropout: 0.25 };

  it("drops words by seed and number of the batch alone, and not their characters", () => {
    const plain = new LabelBatches(EXAMPLES, tables, { batch: 8, seed: 3 });
    const one = new LabelBatches(EXAMPLES, tables, options);
    const forward = Array.from({ length: 15 }, (_, i) => one.at(i));
    const two = new LabelBatches(EXAMPLES, tables, options);
    for (let i = 14; i >= 0; i--) expect(two.at(i)).toEqual(forward[i]);
    let [dropped, all] = [0, 0];
    forward.forEach((batch, i) => {
      const whole = plain.at(i);
      expect(batch.spellings).toEqual(whole.spellings);
      expect(batch.targets).toEqual(whole.targets);
      batch.inputs.forEach((token, place) => {
        if (token !== whole.inputs[place]) expect(token).toBe(unknown);
        if (whole.targets[place]! < 0) return;
        all++;
        if (token === unknown) dropped++;
      });
    });
    expect(dropped / all).toBeCloseTo(0.25, 1);
    const places = forward.map(({ inputs }) => [...inputs.subarray(0, 20)].map((token) => token === unknown));
    expect(new Set(places.map(String)).size, "other places in every batch").toBe(forward.length);
    const other = new LabelBatches(EXAMPLES, tables, { ...options, seed: 4 });
    expect(other.at(0).inputs).not.toEqual(forward[0]!.inputs);
  });

  it("has each example once in an epoch", () => {
    const batches = new LabelBatches(EXAMPLES, tables, { batch: 7, pool: 1 });
    const seen = [...batches.once()].flatMap(({ sequences }) => [...sequences]);
    expect(seen.sort((a, b) => a - b)).toEqual(EXAMPLES.map((_, i) => i));
  });

  it("with a pool of one puts sequences together that differ in length as all do", () => {
    const spread = (pool: number) => {
      const batches = new LabelBatches(EXAMPLES, tables, { batch: 5, pool });
      return [...batches.once()].reduce((sum, { lengths }) => sum + lengths[0]! - lengths.at(-1)!, 0);
    };
    expect(spread(1)).toBeGreaterThan(2 * spread(50));
  });
});

describe("labelTables", () => {
  it("takes rare words and characters as unknown, and no characters if none are read", () => {
    const examples = [{ tokens: ["ab", "ab", "b", "z"], labels: ["X"] }];
    const { vocabulary, characters, labels } = labelTables(examples, { characters: 2 });
    expect(vocabulary!.symbols).toEqual(["ab", UNKNOWN_SYMBOL]);
    expect(characters!.symbols, "of distinct words").toEqual(["b", UNKNOWN_SYMBOL]);
    expect(labels.symbols).toEqual(["X"]);
    expect(labelTables(examples, { characters: 0 }).characters).toBeUndefined();
    expect(labelTables(examples, { characters: 2 }, { minCount: 1 }).vocabulary!.size).toBe(4);
  });
});

it("random numbers are even, and differ by key", () => {
  const [a, b] = [randomNumbers(1, 2), randomNumbers(1, 3)];
  const [first, second] = [a, b].map((draw) => Array.from({ length: 2000 }, draw));
  expect(first).not.toEqual(second);
  for (const all of [first!, second!]) {
    expect(all.reduce((sum, x) => sum + x) / all.length).toBeCloseTo(0.5, 1);
    expect(Math.min(...all)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...all)).toBeLessThan(1);
  }
});
