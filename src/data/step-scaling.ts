import { checkList } from "../checks.ts";
import { counted, UnrolledError } from "../errors.ts";

/** The numbers of one step, such as audio features. */
export type Vector = ArrayLike<number>;

/** What a model needs of its `FeatureScaling`, which can also be measured. */
export class StepScaling {
  /** Mean of each feature, [width]. */
  readonly mean: readonly number[];
  /** Standard deviation of each feature, [width]. */
  readonly deviation: readonly number[];

  /**
   * Makes a scaling from known numbers. To measure data, use `FeatureScaling.of`.
   *
   * @param mean mean of each feature
   * @param deviation standard deviation of each feature, above 0
   */
  constructor(mean: readonly number[], deviation: readonly number[]) {
    this.mean = mean;
    this.deviation = deviation;
  }

  /** Restores a scaling from the result of `toJSON`. @throws ERR_FORMAT if `json` is anything else */
  static fromJSON(json: unknown): StepScaling {
    const { mean, deviation } = (json ?? {}) as Partial<StepScaling>;
    const numbers = (list: unknown) => Array.isArray(list) && list.length > 0 && list.every(Number.isFinite);
    if (numbers(mean) && numbers(deviation) && mean!.length === deviation!.length) {
      if (deviation!.every((value) => value > 0)) return new this(mean!, deviation!);
    }
    throw new UnrolledError(
      "ERR_FORMAT",
      "the scaling is damaged, expected a mean and a deviation above 0 of each feature",
    );
  }

  /** Returns mean and deviation as plain JSON, for `fromJSON`. */
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

export function checkStep(step: Vector, width: number, t: number): void {
  const numbers = typeof step === "object" && step !== null ? Array.from(step) : undefined;
  if (numbers?.length === width && numbers.every(Number.isFinite)) return;
  const size = counted(numbers?.length, "number", "numbers");
  const what = numbers?.length === width ? "numbers that are not finite" : size;
  throw new UnrolledError("ERR_DATA", `step ${t + 1} has ${what}, expected ${width} finite numbers`);
}
