import { checkList } from "../../checks.ts";
import { UnrolledError } from "../../errors.ts";
import { share, show } from "../../schema.ts";

/** The threshold of a label before one is chosen. */
export const DEFAULT_THRESHOLD = 0.5;

/** The thresholds of a model of several labels. A label is predicted if its probability is at least its threshold. */
export class Thresholds {
  /** The threshold of each label, from 0 to 1, in the order of the model's labels. */
  readonly values: readonly number[];

  /** Makes thresholds from numbers. @throws ERR_VALUE if one is not from 0 to 1 */
  constructor(values: readonly number[]) {
    const { expected, test } = share();
    const wrong = Array.from(checkList("thresholds", values)).findIndex((value) => !test(value));
    if (wrong >= 0) {
      throw new UnrolledError(
        "ERR_VALUE",
        `thresholds[${wrong}] is ${show(values[wrong])}, expected ${expected}`,
      );
    }
    this.values = Array.from(values);
  }

  /** Makes thresholds that are all the same. @param labels number of labels @internal */
  static all(labels: number, value = DEFAULT_THRESHOLD): Thresholds {
    return new Thresholds(new Array<number>(labels).fill(value));
  }

  /** Restores thresholds from the result of `toJSON`. @throws ERR_FORMAT if `json` is not a list; ERR_VALUE if a number is wrong */
  static fromJSON(json: unknown): Thresholds {
    if (Array.isArray(json)) return new Thresholds(json);
    throw new UnrolledError("ERR_FORMAT", `thresholds are ${show(json)}, expected a list of numbers`);
  }

  /** Returns the numbers as plain JSON, for {@link Thresholds.fromJSON}. */
  toJSON(): readonly number[] {
    return this.values;
  }
}

/**
 * Returns the threshold with which the F1 of a label is largest. It is in the middle between two neighbouring probabilities. If several
 * are equally good, it is the one nearest to 0.5, which is also the result if no example has the label.
 *
 * @param positives the probabilities of the label for the examples that have it
 * @param negatives its probabilities for the other examples
 */
export function bestThreshold(positives: Float32Array, negatives: Float32Array): number {
  const has = positives.slice().sort();
  const lacks = negatives.slice().sort();
  const f1 = (threshold: number) => {
    const hits = has.length - below(has, threshold);
    return (2 * hits) / (hits + lacks.length - below(lacks, threshold) + has.length);
  };
  let best = DEFAULT_THRESHOLD;
  if (!has.length) return best;
  let largest = f1(best);
  const distance = (threshold: number) => Math.abs(threshold - DEFAULT_THRESHOLD);
  // F1 does not grow if the threshold rises over an example that has the label, so the best ones are just below such an example.
  has.forEach((probability, i) => {
    if (probability === has[i - 1]) return;
    const under = Math.max(has[i - 1] ?? 0, lacks[below(lacks, probability) - 1] ?? 0);
    const threshold = between(under, probability);
    const score = f1(threshold);
    if (score < largest || (score === largest && distance(threshold) >= distance(best))) return;
    [best, largest] = [threshold, score];
  });
  return best;
}

/** Returns a number above `low` and at most `high` near their middle, with few digits if possible. */
function between(low: number, high: number): number {
  const middle = (low + high) / 2;
  const short = Number(middle.toPrecision(3));
  return low < short && short <= high ? short : middle;
}

/** Returns how many of the numbers, in rising order, are below a limit. */
function below(sorted: Float32Array, limit: number): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (sorted[middle]! < limit) from = middle + 1;
    else to = middle;
  }
  return from;
}
