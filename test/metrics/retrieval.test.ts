import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cosineSimilarity, nearest, retrievalScores } from "../../src/metrics/retrieval.ts";
import { expectError } from "../runtimes.ts";

const VECTORS = [
  [1, 2, 3],
  [-1, 0.5, 2],
  [0, 0, 0],
  [-2, -4, -6],
];

describe("cosineSimilarity", () => {
  // scikit-learn 1.9.1: cosine_similarity
  it.each([
    [
      [3, -1, 2],
      [0.5, 0.058321184351980415, 0, -0.5],
    ],
    [
      [1, 2, 3],
      [1, 0.6998542122237652, 0, -1],
    ],
  ])("of %j equals the reference", (query, expected) => {
    VECTORS.forEach((vector, i) => {
      expect(cosineSimilarity(query, vector)).toBeCloseTo(expected[i]!, 14);
    });
  });

  it("is symmetric, within -1 and 1, and blind to length", () => {
    const vector = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(vector, vector, fc.integer({ min: 1, max: 5 }), (a, b, factor) => {
        const cosine = cosineSimilarity(a, b);
        expect(cosine).toBe(cosineSimilarity(b, a));
        expect(Math.abs(cosine)).toBeLessThanOrEqual(1);
        const longer = Float32Array.from(a, (x) => x * factor);
        expect(cosineSimilarity(longer, b)).toBeCloseTo(cosine, 12);
        expect(cosineSimilarity(a, longer)).toBeCloseTo(a.some(Boolean) ? 1 : 0, 12);
      }),
    );
  });

  it("does not leave -1 to 1 by rounding", () => {
    // 3 / (sqrt(3) * sqrt(3)) is 1.0000000000000002.
    expect(cosineSimilarity([1, 1, 1], [1, 1, 1])).toBe(1);
    expect(cosineSimilarity([1, 1, 1], [-1, -1, -1])).toBe(-1);
  });

  it("refuses vectors of different length", () => {
    expectError(() => cosineSimilarity([1], [1, 2]), "ERR_SHAPE");
  });
});

describe("nearest", () => {
  it("gives the best k, best first", () => {
    expect(nearest([3, -1, 2], VECTORS, 2)).toEqual([
      { index: 0, similarity: expect.closeTo(0.5, 12) },
      { index: 1, similarity: expect.closeTo(0.0583, 4) },
    ]);
    expect(nearest([3, -1, 2], VECTORS).map(({ index }) => index)).toEqual([0, 1, 2, 3]);
  });

  it("keeps the order of equal ones", () => {
    const same = [
      [0, 1],
      [2, 0],
      [1, 0],
      [3, 0],
    ];
    expect(nearest([1, 0], same, 3).map(({ index }) => index)).toEqual([1, 2, 3]);
  });
});

describe("retrievalScores", () => {
  it("means over ranks of the right candidates", () => {
    // Ranks: the first query finds its partner at 1, the second at 2 (after candidate 0), the third at 3.
    const candidates = [
      [1, 0],
      [0, 1],
      [-1, -0.1],
    ];
    const queries = [
      [1, 0.1],
      [1, 0.5],
      [1, 1],
    ];
    expect(retrievalScores(queries, candidates)).toEqual({
      meanReciprocalRank: expect.closeTo((1 + 1 / 2 + 1 / 3) / 3, 12),
      accuracyAt1: 1 / 3,
    });
  });

  it("is 1 for candidates that are the queries, and smallest if all are equal", () => {
    expect(
      retrievalScores(
        [
          [1, 0],
          [0, 1],
        ],
        [
          [1, 0],
          [0, 1],
        ],
      ),
    ).toEqual({
      meanReciprocalRank: 1,
      accuracyAt1: 1,
    });
    const alike = Array.from({ length: 4 }, () => [1, 1]);
    expect(retrievalScores(alike, alike)).toEqual({ meanReciprocalRank: 1 / 4, accuracyAt1: 0 });
  });

  it("refuses lists that do not fit", () => {
    expectError(() => retrievalScores([[1]], []), "ERR_SHAPE");
    expectError(() => retrievalScores([], []), "ERR_SHAPE");
  });
});

it("does not count candidates that are right as well", () => {
  const same = [
    [1, 0],
    [1, 0],
    [0, 1],
  ];
  expect(retrievalScores(same, same).accuracyAt1).toBeCloseTo(1 / 3, 12);
  const alike = (i: number, j: number) => i < 2 && j < 2;
  expect(retrievalScores(same, same, alike)).toEqual({ meanReciprocalRank: 1, accuracyAt1: 1 });
});
