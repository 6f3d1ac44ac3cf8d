/** A source of seeded test data: the same seed gives the same values on every machine. */
export interface Random {
  /**
   * Draws `length` values in [-scale, scale); default scale 1. If the scale is a power of two, all are distinct, also from
   * those of earlier calls (up to 2^24 of them).
   */
  array(length: number, scale?: number): Float32Array;
  /** Draws `length` integers in [0, n), with repetitions. */
  integers(length: number, n: number): Int32Array;
}

const BITS_24 = 0xffffff;

/** Counts through 24 bits and mixes each count one-to-one, so that no value repeats; all are exact in float32. */
export function random(seed: number): Random {
  let count = Math.imul(seed, 0x9e3779b1) >>> 8;
  const next = () => mix(count++ & BITS_24);
  return {
    array: (length, scale = 1) => Float32Array.from({ length }, () => (next() / 2 ** 23 - 1) * scale),
    integers: (length, n) => Int32Array.from({ length }, () => Math.floor((next() / 2 ** 24) * n)),
  };
}

/** Applies a bijection of 24 bits: xor with a shifted copy and multiplication by an odd number can both be undone. */
function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 12), 0x85ebcb) & BITS_24;
  x = Math.imul(x ^ (x >>> 10), 0xb2ae35) & BITS_24;
  return x ^ (x >>> 13);
}
