import { UnrolledError } from "../errors.ts";
import { otherSteps } from "../tables/vectors.ts";
import type { TextSource } from "./source.ts";

/**
 * Checks the number of values in each step of a source.
 *
 * @param given the number in the source; 0 if its steps are tokens
 * @param expected the number that the model reads
 * @throws ERR_DATA if the numbers differ. The error names the source.
 */
export function checkSteps(given: number, expected: number, { name }: Pick<TextSource, "name">): void {
  if (given !== expected) throw new UnrolledError("ERR_DATA", `${name}: ${otherSteps(given, expected)}`);
}
