import { expect, it } from "vitest";
import { UNKNOWN_SYMBOL } from "../../src/data/vocabulary.ts";
import type { SamplingOptions } from "../../src/network/sampling.ts";
import type { GenerateOptions } from "../../src/network/write.ts";
import { Random } from "../../src/runtime/random.ts";
import { fixedModel, smallModel } from "../models/language-model/model.ts";
import { describeRuntimes, expectError } from "../runtimes.ts";

/** Probabilities 0.4, 0.3, 0.2, 0.1; the unknown symbol would be by far the most probable. */
const LOGITS = { d: Math.log(1), c: Math.log(2), b: Math.log(3), a: Math.log(4), [UNKNOWN_SYMBOL]: 9 };
const DRAWS = 4000;

describeRuntimes("drawing symbols", (rt) => {
  function frequencies(options: SamplingOptions): Record<string, number> {
    const found: Record<string, number> = {};
    for (const symbol of fixedModel(rt(), LOGITS)
      .pack()
      .generate({ ...options, length: DRAWS })) {
      found[symbol] = (found[symbol] ?? 0) + 1 / DRAWS;
    }
    return found;
  }

  it.each<[string, SamplingOptions, Record<string, number>]>([
    ["the probabilities of the model", {}, { a: 0.4, b: 0.3, c: 0.2, d: 0.1 }],
    ["temperature 0.5: squared", { temperature: 0.5 }, { a: 16 / 30, b: 9 / 30, c: 4 / 30, d: 1 / 30 }],
    ["temperature 0: the likeliest", { temperature: 0 }, { a: 1 }],
    ["a temperature next to 0: the likeliest", { temperature: 1e-44 }, { a: 1 }],
    ["a temperature next to 0 with top-k", { temperature: 1e-44, topK: 2, topP: 0.9 }, { a: 1 }],
    ["a huge temperature: all alike", { temperature: 1e300 }, { a: 0.25, b: 0.25, c: 0.25, d: 0.25 }],
    ["top-k 1", { topK: 1 }, { a: 1 }],
    ["top-k 2", { topK: 2 }, { a: 4 / 7, b: 3 / 7 }],
    ["top-k beyond the vocabulary: all", { topK: 2 ** 32 + 1 }, { a: 0.4, b: 0.3, c: 0.2, d: 0.1 }],
    ["top-p 0.3", { topP: 0.3 }, { a: 1 }],
    ["top-p 0.6", { topP: 0.6 }, { a: 4 / 7, b: 3 / 7 }],
    ["top-p 0.75", { topP: 0.75 }, { a: 4 / 9, b: 3 / 9, c: 2 / 9 }],
    ["top-k, then top-p of what is left", { topK: 3, topP: 0.7 }, { a: 4 / 7, b: 3 / 7 }],
  ])("%s; never the unknown symbol", (_, options, expected) => {
    const found = frequencies(options);
    expect(Object.keys(found).sort()).toEqual(Object.keys(expected));
    for (const [symbol, p] of Object.entries(expected)) {
      // Four standard deviations of a frequency in DRAWS draws.
      const allowed = 4 * Math.sqrt((p * (1 - p)) / DRAWS) + 1e-9;
      expect(Math.abs(found[symbol]! - p), symbol).toBeLessThanOrEqual(allowed);
    }
  });

  it("leaves the logits as they are", () => {
    const stream = fixedModel(rt(), LOGITS).pack().stream();
    const before = stream.logits();
    stream.draw(new Random(1), { temperature: 2, topK: 2, topP: 0.5 });
    expect(stream.logits()).toEqual(before);
    expect(before.at(-1)).toBe(9);
  });

  it("writes the same text from the same seed, another from another", () => {
    const packed = smallModel(rt()).pack();
    const write = (seed?: number) =>
      [...packed.generate({ length: 40, ...(seed !== undefined && { seed }) })].join("");
    expect(write(1)).toBe(write());
    expect(new Set([0, 1, 2, 2 ** 53 - 1].map(write)).size).toBe(4);
  });

  it("refuses a prompt with characters that it never saw, before anything is written", () => {
    const packed = smallModel(rt()).pack();
    expectError(() => packed.generate({ prompt: "abXé" }), "ERR_DATA", /"X" "é"/);
  });

  it.each<[string, GenerateOptions]>([
    ["temperature", { temperature: -1 }],
    ["temperature", { temperature: Number.NaN }],
    ["topK", { topK: -1 }],
    ["topK", { topK: 1.5 }],
    ["topP", { topP: 0 }],
    ["topP", { topP: 1.01 }],
    ["topP", { topP: Number.NaN }],
    ["seed", { seed: -1 }],
    ["length", { length: -1 }],
    ["length", { length: Number.NaN }],
  ])("refuses a wrong %s at once", (name, options) => {
    const packed = smallModel(rt()).pack();
    expectError(() => packed.generate(options), "ERR_VALUE", name);
  });

  it("throws if the weights are damaged", () => {
    const { a: _, ...rest } = LOGITS;
    const packed = fixedModel(rt(), { ...rest, a: Number.NaN }).pack();
    expectError(() => packed.generate().next(), "ERR_NAN", "damaged");
  });
});
