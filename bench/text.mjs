// Generates text of 65 symbols that looks like language, the same in every run, so that no training data is downloaded.

/** 65 symbols, as many as the collected plays of Shakespeare have. */
export const SYMBOLS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ .,;:!?'-&3$\n";

/** Makes numbers in [0, 1) by the generator mulberry32. */
export function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Joins words of one to nine letters, drawn with replacement from a list, the first ones most often. */
export function pseudoText(length, seed = 1) {
  const random = randomNumbers(seed);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const words = Array.from({ length: 500 }, () =>
    Array.from({ length: 1 + Math.floor(random() * 9) }, () => pick(SYMBOLS)).join(""),
  );
  const parts = [SYMBOLS];
  for (let size = SYMBOLS.length; size < length; size += parts.at(-1).length) {
    parts.push(`${words[Math.floor(words.length * random() ** 3)]} `);
  }
  return parts.join("").slice(0, length);
}

/** Draws ids of words with the frequencies of a text (Zipf and Mandelbrot): 1 / (id + 2.7). */
export function wordIds(length, vocabulary, seed = 1) {
  const random = randomNumbers(seed);
  const sums = new Float64Array(vocabulary);
  for (let id = 0, sum = 0; id < vocabulary; id++) {
    sum += 1 / (id + 2.7);
    sums[id] = sum;
  }
  return Int32Array.from({ length }, () => {
    const wanted = random() * sums[vocabulary - 1];
    let [low, high] = [0, vocabulary - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle] < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  });
}
