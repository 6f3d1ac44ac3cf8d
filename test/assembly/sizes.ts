import { random } from "../random.ts";

/** Sizes around the width of a vector: tail only, body only, both. */
export const SIZES = [1, 3, 4, 5, 8, 9, 17, 33];

/** Draws whole numbers from -4 to 4: their products and sums are exact in float32, in any order. */
export function whole(seed: number, length: number): Float32Array {
  return Float32Array.from(random(seed).integers(length, 9), (value) => value - 4);
}
