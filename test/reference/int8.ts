const { fround } = Math;

/** A row of numbers as whole numbers and a scale. */
export interface Quantized {
  readonly scale: number;
  readonly numbers: Int32Array;
}

/** Limits of the whole numbers: those of weights and those of activations. */
export const LIMITS = { weights: 127, activations: 63 };

/** Quantises a row as assembly/int8.ts does: scale = max|x| / limit in float32, numbers are rounded to the nearest, ties to even. */
export function quantize(row: ArrayLike<number>, limit: number): Quantized {
  const largest = Array.from(row).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const scale = fround(largest / limit) < 1e-36 ? 0 : fround(largest / limit);
  return {
    scale,
    numbers: Int32Array.from(row, (x) => (scale ? nearest(fround(x / scale)) : 0)),
  };
}

function nearest(x: number): number {
  const low = Math.floor(x);
  if (x - low !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
}

/** Returns y + the product of quantised activations and weights, each operation rounded to float32. The sum is exact. */
export function addProduct(y: number, x: Quantized, w: Quantized): number {
  const sum = x.numbers.reduce((sum, q, i) => sum + q * w.numbers[i]!, 0);
  return fround(y + fround(fround(w.scale * x.scale) * fround(sum)));
}

/** Returns the numbers that a quantised row stands for, in float64. */
export function dequantize({ scale, numbers }: Quantized): number[] {
  return Array.from(numbers, (q) => q * scale);
}
