import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Vocabulary } from "../../src/data/vocabulary.ts";
import { bleu } from "../../src/metrics/bleu.ts";
import {
  accuracy,
  classScores,
  confusionMatrix,
  macroF1,
  type Scores,
  scores,
} from "../../src/metrics/classes.ts";
import { mae, mse, nrmse, rmse } from "../../src/metrics/regression.ts";
import { cosineSimilarity, retrievalScores } from "../../src/metrics/retrieval.ts";
import { areSpanTags, spanScores } from "../../src/metrics/spans.ts";
import { balancedWeights, targetWeights } from "../../src/models/labels/class-weights.ts";

type Triple = readonly [precision: number, recall: number, f1: number];

/** Cases of make_metrics.py. */
interface Cases {
  readonly spans: readonly {
    readonly scheme: string;
    readonly ordered: boolean;
    readonly right: readonly string[];
    readonly predicted: readonly string[];
    readonly default: Triple;
    readonly strict: Triple;
  }[];
  readonly classes: readonly {
    readonly right: string;
    readonly predicted: string;
    readonly matrix: readonly (readonly number[])[];
    readonly accuracy: number;
    readonly classes: readonly Triple[];
    readonly micro: Triple;
    readonly macro: Triple;
    readonly weighted: Triple;
  }[];
  readonly weights: readonly {
    readonly right: string;
    readonly weights: readonly number[];
    readonly losses: readonly number[];
    readonly loss: number;
  }[];
  readonly regression: readonly {
    readonly targets: readonly number[];
    readonly predictions: readonly number[];
    readonly mae: number;
    readonly mse: number;
    readonly rmse: number;
    readonly r2: number;
  }[];
  readonly retrieval: readonly {
    readonly queries: readonly (readonly number[])[];
    readonly candidates: readonly (readonly number[])[];
    readonly similarity: readonly (readonly number[])[];
    readonly mrr: number;
    readonly first: number;
  }[];
  readonly bleu: readonly {
    readonly references: readonly string[];
    readonly hypotheses: readonly string[];
    readonly bleu: number;
  }[];
}

const CASES = JSON.parse(readFileSync(new URL("../fixtures/metrics.json", import.meta.url), "utf8")) as Cases;

/** Compares to 11 digits, and numbers below 1 to 11 decimals. */
function expectNear(got: number, expected: number, message: string): void {
  expect(Math.abs(got - expected), message).toBeLessThanOrEqual(1e-11 * Math.max(1, Math.abs(expected)));
}

function expectScores({ precision, recall, f1 }: Scores, expected: Triple, message: string): void {
  [precision, recall, f1].forEach((score, i) => {
    expectNear(score, expected[i]!, `${message}, ${["precision", "recall", "F1"][i]}`);
  });
}

const words = (texts: readonly string[]) => texts.map((text) => text.split(" ").filter(Boolean));

describe.each(["BIO", "IOB1", "BIOES"])("spans of %s", (scheme) => {
  const cases = CASES.spans.filter((one) => one.scheme === scheme);

  it("are scored as in seqeval's default mode", () => {
    expect(cases.length).toBeGreaterThan(100);
    for (const one of cases) {
      const got = spanScores(words(one.right), words(one.predicted));
      expectScores(got, one.default, `${one.right.join(" / ")} as ${one.predicted.join(" / ")}`);
    }
  });

  it("are scored as in its strict mode if all tags are in an order of the scheme", () => {
    const ordered = cases.filter((one) => one.ordered);
    expect(ordered.length).toBeGreaterThan(30);
    for (const one of ordered) {
      const got = spanScores(words(one.right), words(one.predicted));
      expectScores(got, one.strict, `${one.right.join(" / ")} as ${one.predicted.join(" / ")}`);
    }
  });

  it("are known as spans", () => {
    const all = cases.flatMap((one) => words([...one.right, ...one.predicted])).flat();
    expect(areSpanTags(all)).toBe(true);
  });
});

describe("labels, as in scikit-learn", () => {
  it("are counted and scored, also those that occur on one side only", () => {
    for (const one of CASES.classes) {
      const message = `${one.right} as ${one.predicted}`;
      const matrix = confusionMatrix([...one.right], [...one.predicted]);
      const all = classScores(matrix);
      expect(matrix.counts, message).toEqual(one.matrix);
      expectNear(accuracy(matrix), one.accuracy, message);
      expectNear(macroF1(matrix), one.macro[2], `${message}, macro F1`);
      all.forEach((got, i) => {
        expectScores(got, one.classes[i]!, `${message}, label ${matrix.classes[i]}`);
      });
      const mean = (weights: readonly number[]): Scores => {
        const sum = weights.reduce((a, b) => a + b);
        const of = (key: keyof Scores) =>
          all.reduce((total, got, i) => total + got[key] * weights[i]!, 0) / sum;
        return { precision: of("precision"), recall: of("recall"), f1: of("f1") };
      };
      const counts = matrix.counts.map((row) => row.reduce((a, b) => a + b));
      expectScores(mean(all.map(() => 1)), one.macro, `${message}, macro`);
      expectScores(mean(counts), one.weighted, `${message}, weighted`);
      const hits = matrix.counts.reduce((sum, row, i) => sum + row[i]!, 0);
      expectScores(scores(hits, one.predicted.length, one.right.length), one.micro, `${message}, micro`);
    }
  });

  it("have balanced weights, and a loss under them", () => {
    for (const one of CASES.weights) {
      const labels = [...one.right];
      const known = new Vocabulary([...new Set(labels)].sort());
      const weights = balancedWeights([{ tokens: labels, labels }], known);
      one.weights.forEach((weight, i) => {
        expectNear(weights[i]!, weight, `${one.right}, label ${i}`);
      });
      const own = targetWeights(known.encodeTokens(labels), weights);
      const loss = own.reduce((sum, weight, i) => sum + weight * one.losses[i]!, 0) / labels.length;
      expect(Math.abs(loss / one.loss - 1), `${one.right}, in float32`).toBeLessThan(1e-6);
    }
  });
});

it("errors of forecasts, as in scikit-learn", () => {
  for (const [i, { targets, predictions, ...expected }] of CASES.regression.entries()) {
    const relative = (got: number, want: number, name: string) =>
      expect(Math.abs(got / want - 1), `case ${i}, ${name}`).toBeLessThan(1e-11);
    relative(mae(targets, predictions), expected.mae, "MAE");
    relative(mse(targets, predictions), expected.mse, "MSE");
    relative(rmse(targets, predictions), expected.rmse, "RMSE");
    relative(nrmse(targets, predictions), Math.sqrt(1 - expected.r2), "NRMSE");
  }
});

it("ranks of candidates, as in scikit-learn", () => {
  for (const [i, { queries, candidates, similarity, mrr, first }] of CASES.retrieval.entries()) {
    queries.forEach((query, q) => {
      candidates.forEach((candidate, c) => {
        expectNear(cosineSimilarity(query, candidate), similarity[q]![c]!, `case ${i}, query ${q}`);
      });
    });
    const got = retrievalScores(queries, candidates);
    expectNear(got.meanReciprocalRank, mrr, `case ${i}`);
    expectNear(got.accuracyAt1, first, `case ${i}`);
  }
});

it("BLEU, as in sacrebleu", () => {
  for (const { references, hypotheses, bleu: expected } of CASES.bleu) {
    const got = bleu(words(references), words(hypotheses));
    expectNear(got, expected, `${hypotheses.join(" / ")} for ${references.join(" / ")}`);
  }
});
