import { checkList } from "../../checks.ts";
import { labelCell } from "../../data/label-set.ts";
import type { Step } from "../../data/labelled.ts";
import type { Vocabulary } from "../../data/vocabulary.ts";
import { normalized, type TokenSpec } from "../../data/words.ts";
import { UnrolledError } from "../../errors.ts";
import { checkLists } from "../../metrics/pairs.ts";
import type { LabelTables } from "./batches.ts";

/** The label or labels that a classifier predicts for a sequence. */
export interface Classification {
  /** The labels whose probabilities reach their thresholds, maybe none. Undefined unless `spec.multiLabel` is true. */
  readonly labels?: readonly string[];
  /** The most probable label. */
  readonly label: string;
  /** Probability of this label. */
  readonly probability: number;
  /**
   * Probability of every label, in the order of the model's labels. They add up to 1, unless `spec.multiLabel` is true: then each label
   * has a probability of its own.
   */
  readonly probabilities: Readonly<Record<string, number>>;
}

/**
 * Returns the steps of each sequence that `predict` gets.
 *
 * @param name what the sequences are called in errors
 * @param cut splits a text into tokens
 */
export function stepsOf(
  name: string,
  sequences: readonly (string | readonly Step[])[],
  spec: TokenSpec,
  cut: (text: string) => string[],
): Step[][] {
  return checkList(name, sequences).map((sequence, i) =>
    typeof sequence === "string"
      ? cut(sequence)
      : Array.from(checkList(`${name}[${i}]`, sequence), (step) => normalized(step, spec)),
  );
}

/** @throws ERR_DATA if a sequence has no step, ERR_VALUE if it is no list */
export function checkSequences(sequences: readonly (readonly Step[])[]): void {
  const empty = checkLists("sequences", sequences).findIndex((tokens) => tokens.length === 0);
  if (empty >= 0)
    throw new UnrolledError("ERR_DATA", `sequence ${empty + 1} is empty, expected at least one step`);
}

/** Returns the index of the largest number. If several numbers are largest, it returns the first index. */
export function likeliest(numbers: Float32Array): number {
  let place = 0;
  for (let i = 1; i < numbers.length; i++) if (numbers[i]! > numbers[place]!) place = i;
  return place;
}

/** Returns the most probable label of each row [rows, labels]. */
export function likeliestOf(rows: Float32Array, { symbols }: Vocabulary): string[] {
  const C = symbols.length;
  const label = (_: unknown, row: number) => symbols[likeliest(rows.subarray(row * C, (row + 1) * C))]!;
  return Array.from({ length: rows.length / C }, label);
}

/**
 * Returns the labels whose probabilities reach their thresholds, for each row [rows, labels].
 *
 * @throws ERR_VALUE if there are no thresholds
 */
export function setsOf(
  rows: Float32Array,
  { symbols }: Vocabulary,
  thresholds: readonly number[] | undefined,
): string[][] {
  if (!thresholds) throw new UnrolledError("ERR_VALUE", "setsOf: the model predicts one label, no sets");
  const C = symbols.length;
  return Array.from({ length: rows.length / C }, (_, row) =>
    symbols.filter((_, label) => rows[row * C + label]! >= thresholds[label]!),
  );
}

/** Returns what is predicted for each row: the most probable label or, with thresholds, a text with all labels that reach theirs. */
export function labelsOf(rows: Float32Array, { labels, thresholds }: LabelTables): string[] {
  return thresholds ? setsOf(rows, labels, thresholds.values).map(labelCell) : likeliestOf(rows, labels);
}

/** Returns what is predicted for a sequence. @param all the probability of each label */
export function classificationOf(all: Float32Array, { labels, thresholds }: LabelTables): Classification {
  const { symbols } = labels;
  const best = likeliest(all);
  return {
    ...(thresholds && { labels: setsOf(all, labels, thresholds.values)[0]! }),
    label: symbols[best]!,
    probability: all[best]!,
    probabilities: Object.fromEntries(symbols.map((symbol, i) => [symbol, all[i]!])),
  };
}
