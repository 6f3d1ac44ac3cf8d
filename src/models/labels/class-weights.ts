import { IGNORED_TARGET } from "../../data/evaluation-segments.ts";
import { labelSet } from "../../data/label-set.ts";
import type { Labelled, Step } from "../../data/labelled.ts";
import type { Vocabulary } from "../../data/vocabulary.ts";

/**
 * Returns a weight for each label: the number of all targets / (number of labels that occur * number of targets with this label).
 * These are the weights of scikit-learn's `compute_class_weight("balanced")`. All labels together then weigh the same, however
 * rare they are. A label that does not occur has weight 0. Labels that the table lacks do not count.
 */
export function balancedWeights(examples: readonly Labelled<Step>[], labels: Vocabulary): Float64Array {
  const counts = new Float64Array(labels.size);
  let all = 0;
  for (const example of examples) {
    for (const id of labels.encodeTokens(example.labels)) {
      if (id === IGNORED_TARGET) continue;
      counts[id]! += 1;
      all++;
    }
  }
  const classes = counts.filter((count) => count > 0).length;
  return counts.map((count) => count && all / (classes * count));
}

/**
 * Returns the weight of each target of a batch, as a share of their mean. The weighted losses, divided by the number of targets,
 * then add up to the mean that PyTorch's `CrossEntropyLoss(weight=...)` computes: the sum of the weighted losses / the sum of the
 * weights. This is also right if the batch is divided among threads. The weight of an ignored target (-100) is 0.
 */
export function targetWeights(targets: Int32Array, weights: Float64Array): Float32Array<ArrayBuffer> {
  const own = Float64Array.from(targets, (id) => (id === IGNORED_TARGET ? 0 : weights[id]!));
  const counted = targets.reduce((n, id) => n + (id === IGNORED_TARGET ? 0 : 1), 0);
  const mean = own.reduce((sum, weight) => sum + weight, 0) / counted;
  return Float32Array.from(own, (weight) => weight && weight / mean);
}

/**
 * Returns a weight for the targets that have each label, if targets are sets: the number of targets without the label / the number of
 * targets with it. Both kinds then weigh the same. This is `pos_weight` as the documentation of PyTorch's `BCEWithLogitsLoss` computes
 * it. A label that all targets have, or none, has weight 1.
 */
export function positiveWeights(examples: readonly Labelled<Step>[], labels: Vocabulary): Float64Array {
  const counts = new Float64Array(labels.size);
  let all = 0;
  for (const cell of examples.flatMap((example) => example.labels)) {
    all++;
    for (const id of labels.encodeTokens(labelSet(cell))) if (id !== IGNORED_TARGET) counts[id]! += 1;
  }
  return counts.map((count) => (count && count < all ? (all - count) / count : 1));
}

/** Returns the largest mean weight that a batch can have with `positiveWeights`: that of a target with all labels that count above 1. */
export function largestMeanWeight(weights: Float64Array): number {
  return weights.reduce((sum, weight) => sum + Math.max(weight, 1), 0) / weights.length;
}
