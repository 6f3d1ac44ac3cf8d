import type { Tensor } from "./tensor.ts";

export type Named = Readonly<Record<string, Tensor | null | undefined>>;

/** Describes the first number that is not finite, with its tensor. Returns undefined if all numbers are finite. */
export function firstNonFinite(tensors: Named): string | undefined {
  for (const name in tensors) {
    const tensor = tensors[name];
    if (tensor?.dtype !== "float32") continue;
    const index = tensor.runtime.kernels.first_nonfinite(tensor.ptr, tensor.size);
    if (index >= 0) return `${name} is ${tensor.data[index]} at element ${index}`;
  }
}
