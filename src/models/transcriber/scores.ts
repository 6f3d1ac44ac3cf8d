import { checkInstance, checkValue } from "../../checks.ts";
import { UnrolledError } from "../../errors.ts";
import { whole } from "../../schema.ts";

/** Options of {@link ctcGreedy}. */
export interface CtcOptions {
  /** Class of the blank; default 0. */
  blank?: number;
}

/** Returns the row of each step. @throws ERR_VALUE if `classes` or `blank` is wrong; ERR_SHAPE; ERR_NAN if a score is NaN */
export function checkScores(
  name: string,
  scores: Float32Array,
  classes: number,
  blank: number,
): Float32Array[] {
  checkValue(`${name}: classes`, classes, whole(1));
  checkValue(`${name}: blank`, blank, whole(0, classes - 1));
  checkInstance(`${name}: scores`, scores, Float32Array, "a Float32Array");
  if (scores.length % classes) {
    throw new UnrolledError(
      "ERR_SHAPE",
      `${name}: ${scores.length} scores, expected a multiple of ${classes}, the number of classes`,
    );
  }
  if (scores.some(Number.isNaN)) throw new UnrolledError("ERR_NAN", `${name}: a score is NaN`);
  return Array.from({ length: scores.length / classes }, (_, t) =>
    scores.subarray(t * classes, (t + 1) * classes),
  );
}
