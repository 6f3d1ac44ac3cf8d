/**
 * Finds the unit that follows a thing best.
 *
 * @param units what `readUnits` returns
 * @param wanted a number for each character
 * @returns the unit whose values correlate most with these numbers, up or down, and Pearson's r
 */
export function bestUnit(units, wanted) {
  const scored = units.map((unit) => ({ ...unit, r: correlation(unit.values, wanted) }));
  return scored.reduce((best, one) => (Math.abs(one.r) > Math.abs(best.r) ? one : best));
}

/** Computes Pearson's r. It is 0 if a side is constant. */
function correlation(a, b) {
  const [x, y] = [centred(a), centred(b)];
  const spread = Math.sqrt(dot(x, x) * dot(y, y));
  return spread && dot(x, y) / spread;
}

function centred(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Float64Array.from(values, (value) => value - mean);
}

const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
