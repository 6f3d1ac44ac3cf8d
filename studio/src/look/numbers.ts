/** Returns the natural logarithm of the probabilities that logits stand for (log-softmax), in float64. */
export function logSoftmax(logits: ArrayLike<number>): Float64Array {
  let most = -Infinity;
  for (let i = 0; i < logits.length; i++) most = Math.max(most, logits[i]!);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += Math.exp(logits[i]! - most);
  const all = most + Math.log(sum);
  return Float64Array.from(logits, (logit) => logit - all);
}

/** Returns the indices of the `count` largest numbers, the largest first. Of equal numbers, the first comes first. */
export function largest(numbers: ArrayLike<number>, count: number): number[] {
  const best: number[] = [];
  for (let i = 0; i < numbers.length; i++) {
    if (best.length === count && !(numbers[i]! > numbers[best[count - 1]!]!)) continue;
    let at = Math.min(best.length, count - 1);
    while (at > 0 && numbers[best[at - 1]!]! < numbers[i]!) at--;
    best.splice(at, 0, i);
    best.length = Math.min(best.length, count);
  }
  return best;
}

/**
 * Returns a quantile by linear interpolation between the two nearest numbers, as NumPy and R (type 7) do.
 *
 * @param sorted numbers in ascending order, at least one
 * @param share from 0 (smallest) to 1 (largest)
 */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
}

/** Returns the correlation of two series of equal length (Pearson); 0 if one of them is constant. */
export function correlation(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const n = x.length;
  let [sx, sy] = [0, 0];
  for (let i = 0; i < n; i++) {
    sx += x[i]!;
    sy += y[i]!;
  }
  const [mx, my] = [sx / n, sy / n];
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [dx, dy] = [x[i]! - mx, y[i]! - my];
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  return xx && yy && xy / Math.sqrt(xx * yy);
}
