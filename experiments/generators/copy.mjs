import { below } from "./random.mjs";

/**
 * Draws a sequence of the copy task (Hochreiter and Schmidhuber 1997; this form: Arjovsky, Shah and Bengio 2016). Symbols are
 * 1 to `kinds`; 0 is a blank, and kinds + 1 is the mark after which the symbols have to be repeated.
 *
 *     input   s1 ... sn  0 ... 0  mark  0 ... 0      n symbols, delay - 1 blanks, the mark, n blanks
 *     target   0 ........... 0          s1 ... sn    n + delay blanks, the symbols
 *
 * So each symbol is due n + delay steps after it was read.
 *
 * @param {() => number} random
 * @param {{ symbols: number, kinds: number, delay: number }} options delay: at least 1
 * @returns {{ input: number[], target: number[] }} of 2 * symbols + delay steps each
 */
export function copy(random, { symbols, kinds, delay }) {
  const text = Array.from({ length: symbols }, () => 1 + below(random, kinds));
  const blanks = (length) => new Array(length).fill(0);
  return {
    input: [...text, ...blanks(delay - 1), kinds + 1, ...blanks(symbols)],
    target: [...blanks(symbols + delay), ...text],
  };
}

/**
 * Draws a batch of sequences, time-major.
 *
 * @param {() => number} random
 * @param {{ symbols: number, kinds: number, delay: number }} options
 * @param {number} batch
 * @returns {{ x: Int32Array, y: Int32Array }} [2 * symbols + delay, batch] each
 */
export function copyBatch(random, options, batch) {
  const steps = 2 * options.symbols + options.delay;
  const [x, y] = [new Int32Array(steps * batch), new Int32Array(steps * batch)];
  for (let b = 0; b < batch; b++) {
    const { input, target } = copy(random, options);
    for (let t = 0; t < steps; t++) {
      x[t * batch + b] = input[t];
      y[t * batch + b] = target[t];
    }
  }
  return { x, y };
}
