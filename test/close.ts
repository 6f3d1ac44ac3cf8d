/** [max |value|, max |float32 PyTorch - expected|]: the scale of a tensor, and the error of float32 arithmetic there. */
export type Noise = readonly [scale: number, float32Error: number];

/**
 * Throws unless every |got - want| <= 4e-6 * max(1, noise[0]) + 8 * noise[1]. `got` is rounded to float32 first; NaN
 * and infinities must match. The message names the first and the worst of the wrong elements.
 */
export function expectClose(
  got: ArrayLike<number>,
  want: ArrayLike<number>,
  noise: Noise = [1, 0],
  label = "values",
): void {
  const tolerance = 4e-6 * Math.max(1, noise[0]) + 8 * noise[1];
  expectWithin(got, want, () => tolerance, label);
}

/** Does the same for |got - want| <= tolerance * |want|, or 2^-126 (results that float32 may flush to zero). */
export function expectRelative(
  got: ArrayLike<number>,
  want: ArrayLike<number>,
  tolerance: number,
  label = "values",
): void {
  expectWithin(got, want, (value) => Math.max(tolerance * Math.abs(value), 2 ** -126), label);
}

function expectWithin(
  got: ArrayLike<number>,
  want: ArrayLike<number>,
  tolerance: (want: number) => number,
  label: string,
): void {
  if (got.length !== want.length) {
    throw new Error(`${label}: ${got.length} elements, expected ${want.length}`);
  }
  const wrong = Array.from(want, (value, index) => {
    const error = distance(Math.fround(got[index]!), value);
    return { index, error, excess: error === 0 ? 0 : error / tolerance(value) };
  }).filter(({ excess }) => !(excess <= 1));
  const first = wrong[0];
  if (!first) return;
  const worst = wrong.reduce((a, b) => (b.excess > a.excess ? b : a));
  const show = ({ index, error }: { index: number; error: number }) =>
    `[${index}] is ${got[index]}, expected ${want[index]} (error ${error.toExponential(2)}, ` +
    `allowed ${tolerance(want[index]!).toExponential(2)})`;
  throw new Error(
    `${label}: ${wrong.length} of ${want.length} elements are wrong; first ${show(first)}` +
      (worst === first ? "" : `; worst ${show(worst)}`),
  );
}

/** Returns |a - b|; 0 for two NaN or equal infinities, infinite if only one of them is finite. */
function distance(a: number, b: number): number {
  if (Object.is(a, b) || a === b) return 0;
  return Number.isFinite(a) && Number.isFinite(b) ? Math.abs(a - b) : Number.POSITIVE_INFINITY;
}
