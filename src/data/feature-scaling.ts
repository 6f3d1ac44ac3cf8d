import { checkIterable, checkList, checkValue } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import { whole } from "../schema.ts";
import { checkStep, StepScaling, type Vector } from "./step-scaling.ts";

export type { Vector };

/** A standardisation that gives each feature mean 0 and standard deviation 1. */
export class FeatureScaling extends StepScaling {
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
}

function checkWidth(width: number): void {
  checkValue("FeatureScaling: width", width, whole(1, 65_536));
}
