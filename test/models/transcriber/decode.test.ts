import { describe, expect, it } from "vitest";
import { Lattice } from "../../../src/autograd/ctc-lattice.ts";
import { ctcBeamSearch, type PrefixScorer } from "../../../src/models/transcriber/beam-search.ts";
import { ctcGreedy } from "../../../src/models/transcriber/greedy.ts";
import { random } from "../../random.ts";
import { expectError } from "../../runtimes.ts";

/** Probability of every text, by going through all alignments. */
function allTexts(scores: Float32Array, classes: number, blank: number): Map<string, number> {
  const T = scores.length / classes;
  const rows = Array.from({ length: T }, (_, t) => {
    const exps = Array.from(scores.subarray(t * classes, (t + 1) * classes), Math.exp);
    return exps.map((x) => x / exps.reduce((sum, y) => sum + y));
  });
  const texts = new Map<string, number>();
  for (let number = 0; number < classes ** T; number++) {
    const path = rows.map((_, t) => Math.floor(number / classes ** t) % classes);
    const text = path.filter((label, t) => label !== blank && label !== path[t - 1]).join(" ");
    const probability = path.reduce((product, label, t) => product * rows[t]![label]!, 1);
    texts.set(text, (texts.get(text) ?? 0) + probability);
  }
  return texts;
}

const CASES = [
  ...[1, 2, 3, 4, 5, 6].flatMap((T) => [2, 3, 4].map((C) => [T, C, 0, 2] as const)),
  ...[3, 5].map((T) => [T, 3, 2, 1] as const),
];

describe.each(CASES)("%i steps of %i classes, blank %i", (T, C, blank, scale) => {
  const scores = random(T * 10 + C).array(T * C, scale);
  const texts = allTexts(scores, C, blank);

  it("a wide beam finds every text with its probability, the most probable first", () => {
    const found = ctcBeamSearch(scores, C, { beam: 5000, blank });
    const expected = [...texts].sort((a, b) => b[1] - a[1]);
    expect(found).toHaveLength(texts.size);
    for (const [i, { labels, logProbability, rank }] of found.entries()) {
      expect(Math.exp(logProbability)).toBeCloseTo(texts.get(labels.join(" "))!, 6);
      expect(Math.exp(logProbability)).toBeCloseTo(expected[i]![1], 6);
      expect(rank).toBe(logProbability);
    }
  });

  it("a narrow beam finds texts with at most their probability", () => {
    for (const beam of [1, 2, 3]) {
      const found = ctcBeamSearch(scores, C, { beam, blank });
      expect(found.length).toBeLessThanOrEqual(beam);
      for (const { labels, logProbability } of found) {
        expect(Math.exp(logProbability)).toBeLessThan(texts.get(labels.join(" "))! + 1e-6);
      }
    }
  });

  it("a scorer changes the order, and comes into the rank once for each symbol", () => {
    const weight = (label: number) => label * 0.7 - 0.5;
    const scorer: PrefixScorer<readonly number[]> = {
      start: [],
      extend: (state, label) => [...state, label],
      next: (state) => Array.from({ length: C }, (_, label) => weight(label) - state.length),
      end: (state) => state.length / 3,
    };
    const found = ctcBeamSearch(scores, C, { beam: 5000, blank, scorer: scorer as PrefixScorer });
    const rankOf = (text: string, p: number) => {
      const labels = text ? text.split(" ").map(Number) : [];
      const added = labels.reduce((sum, label, i) => sum + weight(label) - i, 0);
      return Math.log(p) + added + labels.length / 3;
    };
    const expected = [...texts].map(([text, p]) => rankOf(text, p)).sort((a, b) => b - a);
    for (const [i, { rank }] of found.entries()) expect(rank).toBeCloseTo(expected[i]!, 5);
  });

  it("the best path is the greedy text", () => {
    const path = Array.from({ length: T }, (_, t) => {
      const row = Array.from(scores.subarray(t * C, (t + 1) * C));
      return row.indexOf(Math.max(...row));
    });
    const text = path.filter((label, t) => label !== blank && label !== path[t - 1]);
    expect(ctcGreedy(scores, C, { blank })).toEqual(text);
  });
});

it("a beam keeps a text that was dropped and came back as one text", () => {
  for (let seed = 0; seed < 300; seed++) {
    const found = ctcBeamSearch(random(seed).array(20 * 3, 4), 3, { beam: 2 + (seed % 7) });
    const texts = found.map(({ labels }) => labels.join(" "));
    expect(new Set(texts).size, texts.join()).toBe(texts.length);
  }
  const scores = random(4).array(30 * 4, 4);
  const lattice = new Lattice(4, 0);
  for (const { labels, logProbability } of ctcBeamSearch(scores, 4, { beam: 300 }).slice(0, 20)) {
    const all = -lattice.loss(scores, undefined, 4, 30, Int32Array.from(labels), false);
    expect(logProbability).toBeLessThan(all + 1e-9);
    expect(logProbability).toBeGreaterThan(all - 1);
  }
});

it("no steps have no text", () => {
  expect(ctcGreedy(new Float32Array(), 3)).toEqual([]);
  expect(ctcBeamSearch(new Float32Array(), 3)).toEqual([{ labels: [], logProbability: 0, rank: 0 }]);
});

it("refuses scores that are no rows, and wrong options", () => {
  for (const decode of [ctcGreedy, ctcBeamSearch]) {
    expectError(() => decode(new Float32Array(5), 3), "ERR_SHAPE", "5 scores", "multiple of 3");
    expectError(() => decode(Float32Array.of(0, Number.NaN), 2), "ERR_NAN", "a score is NaN");
    expectError(() => decode(new Float32Array(4), 2, { blank: 2 }), "ERR_VALUE", "blank is 2");
    expectError(() => decode(new Float32Array(4), 0), "ERR_VALUE", "classes is 0");
    expectError(() => decode([0, 1] as never, 2), "ERR_VALUE", "Float32Array");
  }
  expectError(() => ctcBeamSearch(new Float32Array(4), 2, { beam: 0 }), "ERR_VALUE", "beam is 0");
});
