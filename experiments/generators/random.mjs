/**
 * Makes random numbers from a seed by mulberry32 (Tommy Ettinger, public domain), so that the data depend only on the seed.
 *
 * @param {number} seed a whole number below 2^32
 * @returns {() => number} uniform in [0, 1), multiples of 2^-32
 */
export function mulberry32(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Draws a whole number from 0 to n - 1.
 *
 * @param {() => number} random
 * @param {number} n
 */
export const below = (random, n) => Math.floor(random() * n);

/**
 * Draws one of several choices.
 *
 * @template T
 * @param {() => number} random
 * @param {readonly T[]} choices
 * @returns {T}
 */
export const pick = (random, choices) => choices[below(random, choices.length)];

/**
 * Shuffles an array in place (Fisher and Yates).
 *
 * @template T
 * @param {() => number} random
 * @param {T[]} items
 * @returns {T[]} the same array
 */
export function shuffle(random, items) {
  for (let i = items.length - 1; i > 0; i--) {
    const j = below(random, i + 1);
    [items[i], items[j]] = [items[j], items[i]];
  }
  return items;
}
