import { UnrolledError } from "../errors.ts";
import type { Tensor } from "../runtime/tensor.ts";

/**
 * Checks that indices are int32 and in range.
 *
 * @param except an index that is allowed even if it is out of range
 * @throws ERR_DTYPE if the indices are not int32, ERR_VALUE if an index other than `except` is outside [0, limit)
 */
export function checkIndices(operation: string, indices: Tensor, limit: number, except?: number): void {
  if (indices.dtype !== "int32") {
    throw new UnrolledError(
      "ERR_DTYPE",
      `${operation}: indices are float32, expected int32; use an Int32Array`,
    );
  }
  const data = indices.data;
  for (let i = 0; i < data.length; i++) {
    const index = data[i]!;
    if ((index < 0 || index >= limit) && index !== except) {
      throw new UnrolledError(
        "ERR_VALUE",
        `${operation}: index ${index} at position ${i}, expected 0 to ${limit - 1}`,
      );
    }
  }
}
