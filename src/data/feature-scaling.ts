import { checkIterable, checkList, checkValue } from "../checks.ts";
import { counted, UnrolledError } from "../errors.ts";
import { whole } from "../schema.ts";

/** The numbers of one step, such as audio features. */
export type Vector = ArrayLike<number>;

/** A standardisation that gives each feature mean 0 and standard deviation 1. */
export class FeatureScaling {
  /** Mean of each feature, [width]. */
  readonly mean: readonly number[];
  /** Standard deviation of each feature, [width]. */
  readonly deviation: readonly number[];

  /**
   * Makes a scaling from known numbers. To measure data, use {@link FeatureScaling.of}.
   *
   * @param mean mean of each feature
   * @param deviation standard deviation of each feature, above 0
   */
  constructor(mean: readonly number[], deviation: readonly number[]) {
    this.mean = mean;
    this.deviation = deviation;
  }

  /**
   * Computes mean and standard deviation over all steps of the training data. A feature that never changes gets deviation 1.
   *
   * @param sequences the steps of each sequence
   * @param width numbers in a step
   * @throws ERR_DATA if a step has a different width, a number that is not finite, or a number too large to be squared
   */
  static of(sequences: Iterable<readonly Vector[]>, width: number): FeatureScaling {
    checkWidth(width);
    const mean = new Array<number>(width).fill(0);
    const squares = new Array<number>(width).fill(0);
    let steps = 0;
    for (const sequence of checkIterable("sequences", sequences)) {
      checkList("a sequence", sequence);
      sequence.forEach((step, t) => {
        checkStep(step, width, t);
        steps++;
        // Welford's method. It gives a constant feature a deviation of exactly 0.
        for (let k = 0; k < width; k++) {
          const difference = step[k]! - mean[k]!;
          mean[k]! += difference / steps;
          squares[k]! += difference * (step[k]! - mean[k]!);
        }
      });
    }
    const deviation = squares.map((sum) => Math.sqrt(sum / steps) || 1);
    const wide = deviation.findIndex((value) => !Number.isFinite(value));
    if (wide < 0) return new FeatureScaling(mean, deviation);
    throw new UnrolledError("ERR_DATA", `the numbers of feature ${wide + 1} are too large to scale`);
  }

  /** Makes a scaling that leaves features, such as one-hot vectors, as they are. */
  static none(width: number): FeatureScaling {
    checkWidth(width);
    return new FeatureScaling(new Array(width).fill(0), new Array(width).fill(1));
  }

  /** Restores a scaling from the result of `toJSON`. @throws ERR_FORMAT if `json` is anything else */
  static fromJSON(json: unknown): FeatureScaling {
    const { mean, deviation } = (json ?? {}) as Partial<FeatureScaling>;
    const numbers = (list: unknown) => Array.isArray(list) && list.length > 0 && list.every(Number.isFinite);
    if (numbers(mean) && numbers(deviation) && mean!.length === deviation!.length) {
      if (deviation!.every((value) => value > 0)) return new FeatureScaling(mean!, deviation!);
    }
    throw new UnrolledError(
      "ERR_FORMAT",
      "the scaling is damaged, expected a mean and a deviation above 0 of each feature",
    );
  }

  /** Returns mean and deviation as plain JSON, for {@link FeatureScaling.fromJSON}. */
  toJSON() {
    return { mean: this.mean, deviation: this.deviation };
  }

  /** Numbers in a step. */
  get width(): number {
    return this.mean.length;
  }

  /** Returns (step - mean) / deviation, [steps, width]. @throws ERR_DATA if a step is not `width` finite numbers */
  apply(sequence: readonly Vector[]): Float32Array {
    const { width, mean, deviation } = this;
    checkList("sequence", sequence);
    const scaled = new Float32Array(sequence.length * width);
    sequence.forEach((step, t) => {
      checkStep(step, width, t);
      for (let k = 0; k < width; k++) scaled[t * width + k] = (step[k]! - mean[k]!) / deviation[k]!;
    });
    return scaled;
  }
}

function checkStep(step: Vector, width: number, t: number): void {
  const numbers = typeof step === "object" && step !== null ? Array.from(step) : undefined;
  if (numbers?.length === width && numbers.every(Number.isFinite)) return;
  const size = counted(numbers?.length, "number", "numbers");
  const what = numbers?.length === width ? "numbers that are not finite" : size;
  throw new UnrolledError("ERR_DATA", `step ${t + 1} has ${what}, expected ${width} finite numbers`);
}

function checkWidth(width: number): void {
  checkValue("FeatureScaling: width", width, whole(1, 65_536));
}
