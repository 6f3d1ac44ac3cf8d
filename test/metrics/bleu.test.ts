import fc from "fast-check";
import { expect, it } from "vitest";
import { bleu } from "../../src/metrics/bleu.ts";
import { expectError } from "../runtimes.ts";

const words = (text: string) => text.split(" ").filter(Boolean);
const of = (references: string[], hypotheses: string[]) => bleu(references.map(words), hypotheses.map(words));

// sacrebleu 2.6.0: BLEU(tokenize="none").corpus_score(hypotheses, [references]).score / 100
it.each([
  {
    name: "two sentences",
    references: [
      "the cat sat on the mat and slept",
      "it is a guide to action which ensures that the military obeys",
    ],
    hypotheses: [
      "the cat sat on a mat and slept well",
      "it is a guide to action that ensures that the military will obey",
    ],
    score: 0.5292853894987488,
  },
  {
    name: "a word repeated counts as often as in the reference; three orders are smoothed",
    references: ["the cat is on the mat now"],
    hypotheses: ["the the the the the the the"],
    score: 0.07809849842300637,
  },
  {
    name: "brevity alone",
    references: ["a b c d e f g h"],
    hypotheses: ["a b c d e"],
    score: 0.5488116360940266,
  },
  {
    name: "two orders without a match",
    references: ["a b c d e", "f g h i"],
    hypotheses: ["a b x d e", "f y h z q"],
    score: 0.16718507624410553,
  },
  { name: "no four tokens", references: ["a b c d"], hypotheses: ["a b c"], score: 0 },
  { name: "all right", references: ["a b c d"], hypotheses: ["a b c d"], score: 1 },
  { name: "all wrong", references: ["a b c d"], hypotheses: ["w x y z"], score: 0 },
  {
    name: "an empty hypothesis",
    references: ["a b c d", "k l m n o"],
    hypotheses: ["", "k l m n o p"],
    score: 0.4608636396914616,
  },
  { name: "repeats", references: ["a b a b a b"], hypotheses: ["a b a b b a b"], score: 0.5721248424548511 },
])("equals sacrebleu: $name", ({ references, hypotheses, score }) => {
  expect(of(references, hypotheses)).toBeCloseTo(score, 14);
});

it("lies between 0 and 1, and is 1 for the references themselves", () => {
  const sentence = fc.array(fc.constantFrom("a", "b", "c"), { minLength: 4, maxLength: 9 });
  fc.assert(
    fc.property(fc.array(fc.tuple(sentence, sentence), { minLength: 1, maxLength: 4 }), (pairs) => {
      const [references, hypotheses] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
      const score = bleu(references, hypotheses);
      expect(score).toBeGreaterThanOrEqual(0);
      expect(score).toBeLessThanOrEqual(1 + 1e-12);
      expect(bleu(references, references)).toBeCloseTo(1, 12);
      // The order of the sentences makes no difference.
      expect(bleu([...references].reverse(), [...hypotheses].reverse())).toBeCloseTo(score, 12);
    }),
  );
});

it("keeps tokens apart that look alike when they are joined", () => {
  expect(bleu([["a b", "c", "d", "e"]], [["a", "b c", "d", "e"]])).toBeLessThan(1);
  expect(bleu([[1, 2, 3, 4]], [[1, 2, 3, 4]])).toBe(1);
  expect(bleu([[1, 2, 3, 4]], [["1", "2", "3", "4"]])).toBe(0);
});

it("refuses lists that do not fit", () => {
  expectError(() => bleu([["a"]], []), "ERR_SHAPE");
  expectError(() => bleu([], []), "ERR_SHAPE");
});
