/** Returns a random number, uniform in [0, 1). */
export type Random = () => number;

/**
 * Makes random numbers from a seed by mulberry32 (Tommy Ettinger, public domain). They come from whole numbers alone, so every
 * engine draws the same data.
 *
 * @param seed a whole number below 2^32
 */
export function mulberry32(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Draws a whole number from 0 to n - 1. */
export const below = (random: Random, n: number): number => Math.floor(random() * n);

/** Draws a number from the normal distribution of mean 0 and deviation 1 (Box and Muller). */
export const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
