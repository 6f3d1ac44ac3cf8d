/** Returns the values of one unit over the steps. @param values [T, H] */
export function ofUnit(values: Float32Array, hidden: number, unit: number): Float32Array {
  return Float32Array.from({ length: values.length / hidden }, (_, t) => values[t * hidden + unit]!);
}

/** Returns the mean of all units at each step. @param values [T, H] */
export function meanOfUnits(values: Float32Array, hidden: number): Float32Array {
  return Float32Array.from({ length: values.length / hidden }, (_, t) => {
    let sum = 0;
    for (let unit = 0; unit < hidden; unit++) sum += values[t * hidden + unit]!;
    return sum / hidden;
  });
}

/** Returns the end of a scale for values that may pass 1, rounded up to a tenth. */
export function scaleEnd(series: readonly ArrayLike<number>[]): number {
  let most = 1;
  for (const values of series) {
    for (let t = 0; t < values.length; t++) most = Math.max(most, Math.abs(values[t]!));
  }
  return Math.ceil(most * 10 - 1e-6) / 10;
}

/** Returns the unit whose values [T, H] differ most from step to step, so that there is something to see. */
export function liveliest(values: Float32Array, hidden: number): number {
  let [best, most] = [0, -1];
  for (let unit = 0; unit < hidden; unit++) {
    const own = ofUnit(values, hidden, unit);
    const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
    const spread = own.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    if (spread > most) [best, most] = [unit, spread];
  }
  return best;
}
