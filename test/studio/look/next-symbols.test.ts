import { expect, it } from "vitest";
import { NextSymbols, nextSymbols } from "../../../studio/src/look/next-symbols.ts";
import { farthest, languageModel } from "./models.ts";

const SHORT = 'The "cat';

it("gives the probabilities of the library's logits at each position", async () => {
  const model = await languageModel({ cell: "gru" });
  const { runtime: rt, vocabulary } = model;
  const seen = nextSymbols(model, SHORT, 4);
  const ids = model.encode(SHORT);
  const logits = model.forward(rt.tensor(ids, [ids.length, 1])).logits.toArray();
  const V = vocabulary.size;
  for (let t = 0; t < ids.length; t++) {
    const row = [...logits.subarray(t * V, (t + 1) * V)];
    const all = row.reduce((sum, logit) => sum + Math.exp(logit), 0);
    const ranked = row.map((logit, id) => ({ id, p: Math.exp(logit) / all })).sort((a, b) => b.p - a.p);
    expect(seen.next[t + 1]).toEqual(ranked.slice(0, 4).map(({ id }) => vocabulary.symbols[id]));
    const own = seen.probabilities.subarray(4 * (t + 1), 4 * (t + 2));
    expect(
      farthest(
        own,
        ranked.slice(0, 4).map(({ p }) => p),
      ),
    ).toBeLessThan(1e-5);
    expect(seen.rest[t + 1]).toBeCloseTo(
      ranked.slice(4).reduce((sum, { p }) => sum + p, 0),
      5,
    );
    expect(seen.entropy[t + 1]).toBeCloseTo(-ranked.reduce((sum, { p }) => sum + p * Math.log2(p), 0), 4);
    if (t + 1 < ids.length) {
      expect(seen.logProbabilities[t + 1]).toBeCloseTo(
        Math.log(ranked.find(({ id }) => id === ids[t + 1])!.p),
        4,
      );
    }
  }
  expect(seen.symbols).toEqual([...SHORT]);
  expect(seen.logProbabilities.length).toBe(SHORT.length);
});

it("keeps its place while a text is typed, changed and shortened", async () => {
  const model = await languageModel({ cell: "lstm" });
  const reader = new NextSymbols(model, 3);
  for (const text of ["T", "The", "The cat", "The dog", "Th", "", "cat", "cat"]) {
    expect(reader.read(text)).toEqual(nextSymbols(model, text, 3));
  }
  reader.dispose();
});

it("reads words", async () => {
  const model = await languageModel({ level: "word" });
  const seen = nextSymbols(model, "the dog sat", 2);
  expect(seen.next.length).toBe(seen.symbols.length + 1);
  expect(seen.probabilities.every((p) => p > 0 && p < 1)).toBe(true);
});
