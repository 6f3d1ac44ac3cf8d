import { below } from "./random.mjs";

/**
 * Draws a sequence of the adding problem (Hochreiter and Schmidhuber 1997): values uniform in [0, 1), two of them marked,
 * one in each half. The target at the end is the sum of the two.
 *
 * @param {() => number} random
 * @param {number} steps at least 2
 * @returns {{ values: Float64Array, marked: [number, number], sum: number }}
 */
export function adding(random, steps) {
  const values = Float64Array.from({ length: steps }, random);
  const half = Math.floor(steps / 2);
  const first = below(random, half);
  const second = half + below(random, steps - half);
  return { values, marked: [first, second], sum: values[first] + values[second] };
}

/**
 * Draws a batch of sequences as a network reads them.
 *
 * @param {() => number} random
 * @param {number} steps
 * @param {number} batch
 * @returns {{ x: Float32Array, y: Float32Array }} x [steps, batch, 2]: value and mark (0 or 1); y [batch, 1]
 */
export function addingBatch(random, steps, batch) {
  const x = new Float32Array(steps * batch * 2);
  const y = new Float32Array(batch);
  for (let b = 0; b < batch; b++) {
    const { values, marked, sum } = adding(random, steps);
    for (let t = 0; t < steps; t++) x[2 * (t * batch + b)] = values[t];
    for (const t of marked) x[2 * (t * batch + b) + 1] = 1;
    y[b] = sum;
  }
  return { x, y };
}
