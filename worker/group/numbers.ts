import type { Tensor } from "../../src/runtime/tensor.ts";

/** The values of all parameters of a model, one after the other: weights or gradients. */
export type Numbers = Float32Array<ArrayBuffer | SharedArrayBuffer>;

/** For each tensor, calls `use` with the data of the tensor and the part of `numbers` that belongs to it. */
export function eachPlace(
  numbers: Numbers,
  tensors: readonly Tensor[],
  use: (data: Float32Array, place: Numbers) => void,
): void {
  let at = 0;
  for (const { data, size } of tensors) {
    use(data as Float32Array, numbers.subarray(at, at + size));
    at += size;
  }
}

/** Returns the gradients of a model's parameters. */
export function gradientsOf(parameters: Readonly<Record<string, Tensor>>): Tensor[] {
  return Object.values(parameters).map(({ grad }) => grad!);
}

/** Returns the buffers to transfer with the numbers. If the numbers are in shared memory, the list is empty. */
export function transferList(numbers: Numbers | undefined): ArrayBuffer[] {
  return numbers?.buffer instanceof ArrayBuffer ? [numbers.buffer] : [];
}
