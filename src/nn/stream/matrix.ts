import { PANEL } from "../../runtime/kernels.ts";
import { packedSize } from "../../runtime/packed-size.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Dtype } from "./packed.ts";

/** Maximum number of inputs of a matrix of 8-bit integers, whose sums are exact. A matrix with more inputs stays one of floats. */
const MOST_INPUTS = 65_536;

/**
 * Tells whether the engine's products are right. V8 11.3 (Node 20 with the flag for relaxed SIMD) loses sums as long as it has not
 * optimised the kernel.
 */
function worksHere(rt: Runtime): boolean {
  return rt.frame(() => {
    const k = rt.kernels;
    const [ones, packed] = [rt.scratch(9), rt.scratch(k.int8_size(8, 1, PANEL) / 4)];
    const values = rt.floats(ones, 9).fill(1);
    k.pack_int8(packed, ones, 8, 8, 1, PANEL);
    k.gemm(ones + 32, 1, ones, 8, packed + 1, 1, 1, 8);
    return Math.round(values[8]!) === 9; // 1 + 8
  });
}

/**
 * Packs matrices for products x w^T. They lie one after the other.
 *
 * @param w address of the matrices, each [outputs[i], I]
 * @returns the address of the packed matrices for the kernel `gemm`, which is odd if they are integers
 */
export function packMatrices(
  rt: Runtime,
  dtype: Dtype,
  w: number,
  outputs: readonly number[],
  I: number,
): number {
  const k = rt.kernels;
  const whole = dtype === "int8" && I <= MOST_INPUTS && worksHere(rt);
  const sizes = outputs.map((O) => (whole ? k.int8_size(I, O, PANEL) : packedSize(I, O) * 4));
  const packed = rt.allocate(sizes.reduce((sum, size) => sum + size, 0) / 4);
  let to = packed;
  outputs.forEach((O, i) => {
    if (whole) k.pack_int8(to, w, I, I, O, PANEL);
    else k.pack_transposed(to, w, I, I, O);
    to += sizes[i]!;
    w += O * I * 4;
  });
  return whole ? packed + 1 : packed;
}

/** Frees a block of packed weights, whose address may be odd. Does nothing if the address is 0. */
export function freePacked(rt: Runtime, block: number): void {
  if (block) rt.free(block - (block % 2));
}
