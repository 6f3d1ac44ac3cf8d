import { shuffle } from "../generators/random.mjs";

/** The target that the loss ignores, for padding past the end of a sequence. */
export const NO_TARGET = -100;

/**
 * Pads sequences of different lengths into one time-major array.
 *
 * @param {readonly (readonly number[])[]} sequences
 * @param {number} padding
 * @returns {{ data: Int32Array, shape: [number, number], lengths: number[] }} data [longest, sequences]
 */
export function pad(sequences, padding = 0) {
  const lengths = sequences.map(({ length }) => length);
  const [T, B] = [Math.max(...lengths), sequences.length];
  const data = new Int32Array(T * B).fill(padding);
  sequences.forEach((sequence, b) => {
    sequence.forEach((token, t) => {
      data[t * B + b] = token;
    });
  });
  return { data, shape: [T, B], lengths };
}

/**
 * Yields batches without end: every item once per epoch, in a new random order for each epoch.
 *
 * @template T
 * @param {readonly T[]} items
 * @param {number} batch the last one of an epoch may be smaller
 * @param {() => number} random
 * @returns {Generator<T[], never>}
 */
export function* epochs(items, batch, random) {
  for (;;) {
    const order = shuffle(random, [...items]);
    for (let i = 0; i < order.length; i += batch) yield order.slice(i, i + batch);
  }
}
