// Drawing from a categorical distribution.

import { at, div, load, splat, store, sub } from "./lane";
import { exp } from "./math";
import { uniform } from "./random";

/**
 * Draws an index from softmax(logits / temperature). logits is [n]. Two rules restrict which indices can be drawn:
 *   1. If k > 0, only the k likeliest indices stay.
 *   2. If p < 1, the probabilities of the remaining indices are scaled to the sum 1. Then only the likeliest of these indices
 *      stay, as few as are needed for a total probability of at least p (top-p, Holtzman et al. 2020).
 * If temperature is 0, returns the likeliest index. Returns -1 if a logit is NaN or if no logit is above -infinity.
 *
 * `work` is the address of a scratch area of 2n floats. The random number is made from the first word of block number `block` for
 * the seed `seed` (random.ts).
 */
export function sample(
  logits: usize, n: i32, temperature: f32, k: i32, p: f32, work: usize, seed: f64, block: f64,
): i32 {
  const top = largest(logits, n);
  if (isNaN(top) || top == -Infinity) return -1;
  if (temperature == 0 || top == Infinity) {
    let best = 0;
    while (f32.load(at(logits, best)) != top) best++;
    return best;
  }

  // The weights are exp((x - top) / temperature), so the likeliest index has weight 1.
  const scale = splat(temperature), shift = splat(top);
  const whole = n & ~3;
  for (let i = 0; i < whole; i += 4) weigh<v128>(at(work, i), at(logits, i), shift, scale);
  for (let i = whole; i < n; i++) weigh<f32>(at(work, i), at(logits, i), shift, scale);

  const order = at(work, n);
  let kept = n;
  const sorted = (k > 0 && k < n) || p < 1;
  if (sorted) {
    for (let i = 0; i < n; i++) i32.store(at(order, i), i);
    sortByWeight(order, work, n);
    if (k > 0) kept = min(k, n);
    if (p < 1) {
      const enough = <f64>p * totalOf(order, work, kept, true);
      let reached: f64 = 0;
      for (let i = 0; i < kept; i++) {
        reached += <f64>f32.load(at(work, i32.load(at(order, i))));
        if (reached >= enough) { kept = i + 1; break; }
      }
    }
  }
  let left = uniform(seed, block) * totalOf(order, work, kept, sorted);
  for (let i = 0; i < kept - 1; i++) {
    const index = indexAt(order, i, sorted);
    left -= <f64>f32.load(at(work, index));
    if (left < 0) return index;
  }
  // The loop drew no index, so the last index is drawn. Because of rounding errors, the last index can have weight 0. Then the
  // last index with a weight above 0 is drawn instead.
  let last = kept - 1;
  while (f32.load(at(work, indexAt(order, last, sorted))) == 0) last--;
  return indexAt(order, last, sorted);
}

/** Returns the largest of n floats, or NaN if one is NaN. */
function largest(x: usize, n: i32): f32 {
  let top = splat(-Infinity), wrong = splat(0);
  const whole = n & ~3;
  for (let i = 0; i < whole; i += 4) {
    const v = v128.load(at(x, i));
    top = f32x4.pmax(top, v);
    wrong = v128.or(wrong, f32x4.ne(v, v));
  }
  let most = max(
    max(f32x4.extract_lane(top, 0), f32x4.extract_lane(top, 1)), max(f32x4.extract_lane(top, 2), f32x4.extract_lane(top, 3)),
  );
  for (let i = whole; i < n; i++) most = max(most, f32.load(at(x, i))); // NaN if one is NaN
  return v128.any_true(wrong) ? NaN : most;
}

// @ts-ignore: decorator
@inline
function weigh<T>(weight: usize, x: usize, top: v128, temperature: v128): void {
  store<T>(weight, exp(div(sub(load<T>(x), top), temperature)));
}

/** Returns entry i of `order`. If the indices were not sorted, `order` was not written: entry i is i. */
// @ts-ignore: decorator
@inline
function indexAt(order: usize, i: i32, sorted: bool): i32 {
  return sorted ? i32.load(at(order, i)) : i;
}

function totalOf(order: usize, weights: usize, n: i32, sorted: bool): f64 {
  let s: f64 = 0;
  if (sorted) for (let i = 0; i < n; i++) s += <f64>f32.load(at(weights, i32.load(at(order, i))));
  else for (let i = 0; i < n; i++) s += <f64>f32.load(at(weights, i));
  return s;
}

/** Sorts the indices in `order` by weight, heaviest first. Equal weights are sorted by index. This is a heap sort. */
function sortByWeight(order: usize, weights: usize, n: i32): void {
  for (let root = n / 2 - 1; root >= 0; root--) siftDown(order, weights, root, n);
  for (let end = n - 1; end > 0; end--) {
    swap(order, 0, end);
    siftDown(order, weights, 0, end);
  }
}

function siftDown(order: usize, weights: usize, root: i32, n: i32): void {
  for (;;) {
    let child = 2 * root + 1;
    if (child >= n) return;
    if (child + 1 < n && heavier(order, weights, child, child + 1)) child++;
    if (!heavier(order, weights, root, child)) return;
    swap(order, root, child);
    root = child;
  }
}

/**
 * Returns whether index order[i] must come before index order[j]. The index with the larger weight comes first. If the weights
 * are equal, the smaller index comes first.
 */
function heavier(order: usize, weights: usize, i: i32, j: i32): bool {
  const a = i32.load(at(order, i)), b = i32.load(at(order, j));
  const x = f32.load(at(weights, a)), y = f32.load(at(weights, b));
  return x > y || (x == y && a < b);
}

function swap(order: usize, i: i32, j: i32): void {
  const x = i32.load(at(order, i));
  i32.store(at(order, i), i32.load(at(order, j)));
  i32.store(at(order, j), x);
}
