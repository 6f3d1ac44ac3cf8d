import { UnrolledError } from "../errors.ts";
import type { Tensor } from "../runtime/tensor.ts";

type Named = Readonly<Record<string, Tensor | null | undefined>>;

/** Describes the first number that is not finite, with its tensor. Returns undefined if all numbers are finite. */
export function firstNonFinite(tensors: Named): string | undefined {
  for (const [name, tensor] of Object.entries(tensors)) {
    if (!tensor) continue;
    const index = tensor.runtime.kernels.first_nonfinite(tensor.ptr, tensor.size);
    if (index >= 0) return `${name} is ${tensor.data[index]} at element ${index}`;
  }
}

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
