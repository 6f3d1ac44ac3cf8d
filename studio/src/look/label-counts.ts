import {
  Classifier,
  type Labelled,
  labelSet,
  multiLabelCounts,
  multiLabelScores,
  type Scores,
  type Step,
  type Tagger,
} from "unrolled";

/** How a model of several labels decides on one of them. */
export interface LabelCounts extends Scores {
  readonly label: string;
  /** Number of items that have the label and get it. */
  readonly truePositives: number;
  /** Number of items that get the label and do not have it. */
  readonly falsePositives: number;
  /** Number of items that have the label and do not get it. */
  readonly falseNegatives: number;
  /** Number of items that neither have the label nor get it. */
  readonly trueNegatives: number;
}

/** The decisions of a model of several labels about items: texts of a classifier, tokens of a tagger. */
export interface AllLabelCounts {
  readonly items: number;
  /** Share of items whose labels are all right, from 0 to 1. */
  readonly exact: number;
  /** Precision, recall and F1 over the decisions about all labels. */
  readonly micro: Scores;
  /** The labels that are correct or predicted somewhere, sorted. */
  readonly perLabel: readonly LabelCounts[];
}

/** Predicts the labels of every example, and counts the right and wrong decisions about each label. */
export function labelCounts(model: Classifier | Tagger, examples: readonly Labelled<Step>[]): AllLabelCounts {
  const inputs = examples.map(({ tokens }) => tokens);
  const given =
    model instanceof Classifier
      ? model.predict(inputs).map(({ labels }) => labels!)
      : model.predict(inputs).flatMap((cells) => cells.map(labelSet));
  const counts = multiLabelCounts(
    examples.flatMap(({ labels }) => labels.map(labelSet)),
    given,
  );
  const { items, hits, predicted, right } = counts;
  const { micro, exact, labels } = multiLabelScores(counts);
  return {
    items,
    exact,
    micro,
    perLabel: counts.labels.map((label, i) => ({
      label,
      truePositives: hits[i]!,
      falsePositives: predicted[i]! - hits[i]!,
      falseNegatives: right[i]! - hits[i]!,
      trueNegatives: items - predicted[i]! - right[i]! + hits[i]!,
      ...labels[i]!,
    })),
  };
}
