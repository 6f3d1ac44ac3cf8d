import { accuracy, type Classifier, classScores, confusionMatrix, type Scores, type Step } from "unrolled";

/** A sequence and its correct label. */
export interface LabelledInput {
  /** A text, or its tokens or vectors. */
  readonly input: string | readonly Step[];
  readonly label: string;
}

/** An example that a classifier gets wrong. */
export interface LabelError {
  /** Index of the example. */
  readonly index: number;
  readonly right: string;
  readonly predicted: string;
  /** Probability of the label that was predicted. */
  readonly probability: number;
  /** Probability of the correct label; 0 if the model does not know it. */
  readonly rightProbability: number;
}

/** How a classifier confuses labels. */
export interface Confusion {
  /** The labels that are correct or predicted somewhere, sorted (L). */
  readonly labels: readonly string[];
  /** Number of examples by correct label (row) and predicted label (column), [L, L]. */
  readonly counts: Int32Array;
  /** Share of examples whose label is predicted, from 0 to 1. */
  readonly accuracy: number;
  /** Precision, recall and F1 of each label, and the number of examples that have it. */
  readonly perLabel: readonly (Scores & { readonly label: string; readonly examples: number })[];
  /** The errors, those that the model is most sure of first. */
  readonly errors: readonly LabelError[];
}

/**
 * Predicts the label of every example, and counts which labels are taken for which.
 *
 * @throws RangeError if the model predicts several labels at once; the errors of `predict`
 */
export function confusion(model: Classifier, examples: readonly LabelledInput[]): Confusion {
  if (model.spec.multiLabel)
    throw new RangeError("a model of several labels at once has no confusion matrix");
  const found = model.predict(examples.map(({ input }) => input));
  const matrix = confusionMatrix(
    examples.map(({ label }) => label),
    found.map(({ label }) => label),
  );
  const errors = examples.flatMap(({ label: right }, index): LabelError[] => {
    const { label: predicted, probability, probabilities } = found[index]!;
    if (predicted === right) return [];
    return [{ index, right, predicted, probability, rightProbability: probabilities[right] ?? 0 }];
  });
  const sums = matrix.counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  return {
    labels: matrix.classes,
    counts: Int32Array.from(matrix.counts.flat()),
    accuracy: accuracy(matrix),
    perLabel: classScores(matrix).map((scores, i) => ({
      label: matrix.classes[i]!,
      examples: sums[i]!,
      ...scores,
    })),
    errors: errors.sort((a, b) => b.probability - a.probability),
  };
}
