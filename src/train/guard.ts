import { UnrolledError } from "../errors.ts";
import { firstNonFinite, type Named } from "../runtime/finite.ts";

/**
 * Checks that all numbers are finite.
 *
 * @param what text before the tensor's name in the error
 * @throws ERR_NAN with the iteration, tensor and element
 */
export function checkFinite(iteration: number, what: string, tensors: Named): void {
  const problem = firstNonFinite(tensors);
  if (!problem) return;
  throw new UnrolledError(
    "ERR_NAN",
    `iteration ${iteration}: ${what}${problem}; the parameters are unchanged; lower the learning rate or clip harder`,
  );
}
