import type { Tensor } from "../../src/runtime/tensor.ts";

/** One number for each element of a model's parameters, in their order. */
export type Numbers = Float32Array<ArrayBuffer | SharedArrayBuffer>;

/** Calls `use` with each tensor's data and its place in the numbers. */
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

/** Returns the buffers to transfer with the numbers. There are none if the numbers are in shared memory. */
export function transferList(numbers: Numbers | undefined): ArrayBuffer[] {
  return numbers?.buffer instanceof ArrayBuffer ? [numbers.buffer] : [];
}
