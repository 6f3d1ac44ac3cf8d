// What the comparisons compute themselves.

/** Returns the logarithms of the probabilities that logits stand for. @param never index of a class that is left out */
export function logSoftmax(logits, never = -1) {
  const own = Array.from(logits, (logit, i) => (i === never ? -Infinity : logit));
  const most = Math.max(...own);
  const all = most + Math.log(own.reduce((sum, logit) => sum + Math.exp(logit - most), 0));
  return own.map((logit) => logit - all);
}

export const mean = (numbers) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

/** Returns the correlation of two series; 0 if one is constant. */
export function correlation(x, y) {
  const [mx, my] = [mean(x), mean(y)];
  const product = (a, ma, b, mb) => a.reduce((sum, value, i) => sum + (value - ma) * (b[i] - mb), 0);
  const spread = product(x, mx, x, mx) * product(y, my, y, my);
  return spread ? product(x, mx, y, my) / Math.sqrt(spread) : 0;
}

/** Returns the number below which a share of numbers lies, by linear interpolation. */
export function quantile(numbers, share) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return low + (place % 1) * (high - low);
}

/** Returns the rows of a flat array. */
export const rowsOfArray = (flat, width) =>
  Array.from({ length: flat.length / width }, (_, row) => flat.slice(row * width, (row + 1) * width));
