import { checkObject, checkTexts } from "../checks.ts";
import { type Scores, scores } from "./classes.ts";
import { checkListPairs, checkNumbers } from "./pairs.ts";

/** How often labels were predicted rightly, if an item may have several labels or none. */
export interface MultiLabelCounts {
  /** All labels that occur in the correct sets or in the predictions, sorted. */
  readonly labels: readonly string[];
  /** Number of correct predictions of each label, in the order of `labels`. */
  readonly hits: readonly number[];
  /** Number of predictions of each label. */
  readonly predicted: readonly number[];
  /** Number of items that have the label. */
  readonly right: readonly number[];
  /** Number of items whose predicted set equals the correct one. */
  readonly exact: number;
  /** Number of items. */
  readonly items: number;
}

/** The scores of predictions of several labels. */
export interface MultiLabelScores {
  /** Precision, recall and F1 over all decisions about labels. */
  readonly micro: Scores;
  /** Unweighted means of the precisions, recalls and F1 scores of all labels. */
  readonly macro: Scores;
  /** Exact match: the share of items whose predicted set equals the correct one. */
  readonly exact: number;
  /** The scores of each label, in the order of `counts.labels`. */
  readonly labels: readonly Scores[];
}

/**
 * Counts the correct and the predicted labels of items. The order within a set does not count.
 *
 * @param right the correct labels of each item
 * @param predicted the predicted labels of each item
 * @throws ERR_SHAPE if `right` and `predicted` differ in length or are empty
 *
 * @example
 * ```js
 * const right = [["red", "round"], ["red"], []];
 * const predicted = [["red"], ["red"], ["round"]];
 * const counts = multiLabelCounts(right, predicted);
 * console.log(counts.labels, counts.hits); // [ 'red', 'round' ] [ 2, 0 ]
 * const { micro, macro, exact } = multiLabelScores(counts);
 * console.log(micro.f1.toFixed(2), macro.f1.toFixed(2), exact.toFixed(2)); // 0.67 0.50 0.33
 * ```
 */
export function multiLabelCounts(
  right: readonly (readonly string[])[],
  predicted: readonly (readonly string[])[],
): MultiLabelCounts {
  checkListPairs(right, predicted, "labels", "predictions");
  const counts = new Map<string, { hits: number; predicted: number; right: number }>();
  const of = (label: string) => {
    const found = counts.get(label) ?? { hits: 0, predicted: 0, right: 0 };
    counts.set(label, found);
    return found;
  };
  let exact = 0;
  right.forEach((labels, i) => {
    const own = new Set(checkTexts("labels", labels));
    const guesses = new Set(checkTexts("predictions", predicted[i]!));
    let hits = 0;
    for (const label of own) {
      of(label).right++;
      if (!guesses.has(label)) continue;
      of(label).hits++;
      hits++;
    }
    for (const label of guesses) of(label).predicted++;
    if (hits === own.size && hits === guesses.size) exact++;
  });
  const labels = [...counts.keys()].sort();
  const column = (of: "hits" | "predicted" | "right") => labels.map((label) => counts.get(label)![of]);
  return {
    labels,
    hits: column("hits"),
    predicted: column("predicted"),
    right: column("right"),
    exact,
    items: right.length,
  };
}

/**
 * Computes the scores of predictions of several labels, like scikit-learn's `precision_recall_fscore_support` with the averages "micro"
 * and "macro" on a multi-hot array with a column for each label of `counts`. A score whose divisor would be 0 is 0.
 *
 * @param counts the result of `multiLabelCounts`
 */
export function multiLabelScores(counts: MultiLabelCounts): MultiLabelScores {
  const { hits, predicted, right, exact, items } = checkObject("multiLabelScores", counts, "counts are");
  for (const column of [hits, predicted, right]) checkNumbers("multiLabelScores: counts", column);
  const labels = hits.map((_, i) => scores(hits[i]!, predicted[i]!, right[i]!));
  const sum = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0);
  const mean = (of: keyof Scores) =>
    labels.length ? sum(labels.map((scores) => scores[of])) / labels.length : 0;
  return {
    micro: scores(sum(hits), sum(predicted), sum(right)),
    macro: { precision: mean("precision"), recall: mean("recall"), f1: mean("f1") },
    exact: exact / items,
    labels,
  };
}
