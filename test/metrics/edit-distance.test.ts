import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { editDistance, errorRate, exactMatch } from "../../src/metrics/edit-distance.ts";
import { expectError } from "../runtimes.ts";

const words = (text: string) => text.split(" ").filter(Boolean);
const tokens = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 8 });

describe("editDistance", () => {
  // Equal to NLTK's edit_distance.
  it.each([
    ["kitten", "sitting", 3],
    ["intention", "execution", 5],
    ["", "abc", 3],
    ["abc", "", 3],
    ["flaw", "lawn", 2],
    ["abcdef", "azced", 3],
    ["", "", 0],
  ])("%j %j: %i", (a, b, expected) => {
    expect(editDistance([...a], [...b])).toBe(expected);
  });

  it("compares whole tokens, numbers as well", () => {
    expect(editDistance(words("to be or not"), words("to bee not"))).toBe(2);
    expect(editDistance([1, 2, 3], [1, 3])).toBe(1);
    expect(editDistance([1], ["1"])).toBe(1);
    expect(editDistance([..."a😀b"], [..."ab"])).toBe(1);
  });

  it("is a metric, from the difference of the lengths to the longer length", () => {
    fc.assert(
      fc.property(tokens, tokens, tokens, (a, b, c) => {
        const distance = editDistance(a, b);
        expect(distance).toBe(editDistance(b, a));
        expect(distance === 0).toBe(a.join() === b.join());
        expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
        expect(distance).toBeLessThanOrEqual(editDistance(a, c) + editDistance(c, b));
      }),
    );
  });

  it("agrees with the recursive definition", () => {
    const recursive = (a: string[], b: string[]): number => {
      if (!a.length || !b.length) return a.length + b.length;
      const [restA, restB] = [a.slice(1), b.slice(1)];
      if (a[0] === b[0]) return recursive(restA, restB);
      return 1 + Math.min(recursive(restA, b), recursive(a, restB), recursive(restA, restB));
    };
    const short = fc.array(fc.constantFrom("a", "b"), { maxLength: 5 });
    fc.assert(fc.property(short, short, (a, b) => editDistance(a, b) === recursive(a, b)));
  });
});

describe("errorRate", () => {
  it("divides the edits of all pairs by the tokens of all references", () => {
    const references = ["the cat sat", "on the mat today", ""].map(words);
    const hypotheses = ["the bat sat", "on mat today", "so"].map(words);
    expect(errorRate(references, hypotheses)).toBe((1 + 1 + 1) / 7);
  });

  it("exceeds 1 if hypotheses are long", () => {
    expect(errorRate([["a"]], [words("b c d")])).toBe(3);
  });

  it("refuses what has no rate", () => {
    expectError(() => errorRate([["a"]], []), "ERR_SHAPE");
    expectError(() => errorRate([], []), "ERR_SHAPE");
    expectError(() => errorRate([[]], [["a"]]), "ERR_SHAPE");
  });
});

it("exactMatch is the share of hypotheses without an edit", () => {
  const references = ["a b", "a", "", "b"].map(words);
  expect(exactMatch(references, ["a b", "a b", "", "a"].map(words))).toBe(2 / 4);
  expect(exactMatch([["a b"]], [["a", "b"]])).toBe(0);
  expectError(() => exactMatch([], []), "ERR_SHAPE");
});
