import { checkObject, checkTexts } from "../checks.ts";
import { checkLists, checkPairs } from "./pairs.ts";

/** A table that says how often each class was predicted for each correct class. */
export interface ConfusionMatrix {
  /** All classes that occur in the correct answers or in the predictions, sorted. */
  readonly classes: readonly string[];
  /** counts[i][j] is the number of items of class i for which class j was predicted. The indices refer to `classes`. */
  readonly counts: readonly (readonly number[])[];
}

/** Precision, recall and F1, each from 0 to 1. A score whose divisor would be 0 is 0. */
export interface Scores {
  /** Correct predictions / all predictions. */
  readonly precision: number;
  /** Correct predictions / number of items that should be predicted. */
  readonly recall: number;
  /** Harmonic mean of precision and recall. */
  readonly f1: number;
}

/**
 * Computes precision, recall and F1.
 *
 * @param hits number of correct predictions
 * @param predicted number of all predictions
 * @param right number of items that should be predicted
 */
export function scores(hits: number, predicted: number, right: number): Scores {
  const share = (part: number, whole: number) => (whole ? part / whole : 0);
  return {
    precision: share(hits, predicted),
    recall: share(hits, right),
    f1: share(2 * hits, predicted + right),
  };
}

/**
 * Counts, for each correct class, how often each class was predicted.
 *
 * @throws ERR_SHAPE if `right` and `predicted` differ in length or are empty
 *
 * @example
 * ```js
 * const right = ["cat", "cat", "dog", "dog"];
 * const predicted = ["cat", "dog", "dog", "dog"];
 * const matrix = confusionMatrix(right, predicted);
 * console.log(matrix.classes); // [ 'cat', 'dog' ]
 * console.log(matrix.counts); // [ [ 1, 1 ], [ 0, 2 ] ]
 * console.log(accuracy(matrix), macroF1(matrix).toFixed(2)); // 0.75 0.73
 * ```
 */
export function confusionMatrix(right: readonly string[], predicted: readonly string[]): ConfusionMatrix {
  checkPairs(right, predicted, "labels");
  checkTexts("labels", right);
  checkTexts("predictions", predicted);
  const classes = [...new Set([...right, ...predicted])].sort();
  const places = new Map(classes.map((name, i) => [name, i]));
  const counts = classes.map(() => new Array<number>(classes.length).fill(0));
  right.forEach((name, i) => {
    counts[places.get(name)!]![places.get(predicted[i]!)!]! += 1;
  });
  return { classes, counts };
}

/** Returns the share of correct predictions. @param matrix the result of `confusionMatrix` */
export function accuracy(matrix: ConfusionMatrix): number {
  const counts = countsOf(matrix);
  let [hits, all] = [0, 0];
  counts.forEach((row, i) => {
    hits += row[i]!;
    all += row.reduce((sum, n) => sum + n);
  });
  return hits / all;
}

/** Returns the scores of each class, in the order of `classes`. @param matrix the result of `confusionMatrix` */
export function classScores(matrix: ConfusionMatrix): Scores[] {
  const counts = countsOf(matrix);
  return counts.map((row, i) => {
    const predicted = counts.reduce((sum, other) => sum + other[i]!, 0);
    return scores(
      row[i]!,
      predicted,
      row.reduce((sum, n) => sum + n),
    );
  });
}

/** Returns the unweighted mean of the F1 scores of all classes, like scikit-learn's average "macro". */
export function macroF1(matrix: ConfusionMatrix): number {
  const all = classScores(matrix);
  return all.reduce((sum, { f1 }) => sum + f1, 0) / all.length;
}

/** @throws ERR_VALUE if `matrix` is not the result of `confusionMatrix` */
function countsOf(matrix: ConfusionMatrix): ConfusionMatrix["counts"] {
  return checkLists("matrix: counts", checkObject("matrix", matrix, "it is").counts);
}
