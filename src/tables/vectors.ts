import { counted } from "../errors.ts";
import { show } from "../schema.ts";

/**
 * Says that sequences are of another kind than a model reads.
 *
 * @param given the number of values in each step; 0 if steps are tokens
 * @param expected the number that the model reads
 */
export function otherSteps(given: number, expected: number): string {
  const what = (features: number) =>
    features ? `vectors of ${counted(features, "number", "numbers")}` : "tokens";
  return `sequences consist of ${what(given)}, but the model reads ${what(expected)}`;
}

/**
 * Checks the vectors of a line and returns their size.
 *
 * @param width size of the vectors of earlier lines, or 0 if this line is the first
 * @param wrong throws the error for a problem
 */
export function checkVectors(
  vectors: readonly unknown[],
  width: number,
  wrong: (problem: string) => never,
): number {
  vectors.forEach((vector, t) => {
    if (!Array.isArray(vector) || !vector.length) wrong(`step ${t + 1} is not a list of numbers`);
    width ||= vector.length;
    if (vector.length !== width) {
      wrong(`step ${t + 1} has ${counted(vector.length, "number", "numbers")}, expected ${width} as before`);
    }
    const place = vector.findIndex((number) => !Number.isFinite(number));
    if (place >= 0) {
      const value = show(vector[place]);
      wrong(`number ${place + 1} of step ${t + 1} is ${value}, expected a finite number`);
    }
  });
  return width;
}
