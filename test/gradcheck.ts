export interface GradcheckOptions {
  /** Step to either side; a power of two is exact in float32. Default 1/64. */
  eps?: number;
  /** Allowed |analytic - numeric| relative to max(1, |numeric|). Default 1e-3. */
  tolerance?: number;
  /** Name of `x` in the message. Default "x". */
  label?: string;
}

/**
 * Throws unless `analytic` is the gradient of `f` with respect to `x`, as far as central differences can tell. `f` reads
 * `x` in place (a view of a kernel's memory, for example); each element in turn is changed and restored exactly.
 */
export function gradcheck(
  f: () => number,
  x: Float32Array | Float64Array,
  analytic: ArrayLike<number>,
  { eps = 1 / 64, tolerance = 1e-3, label = "x" }: GradcheckOptions = {},
): void {
  if (analytic.length !== x.length) {
    throw new Error(`gradcheck: ${label} has ${x.length} elements, its gradient ${analytic.length}`);
  }
  let worst = { index: -1, numeric: 0, excess: 1 };
  for (let index = 0; index < x.length; index++) {
    const numeric = centralDifference(f, x, index, eps);
    const excess = Math.abs(analytic[index]! - numeric) / (tolerance * Math.max(1, Math.abs(numeric)));
    if (!(excess <= worst.excess)) worst = { index, numeric, excess };
    if (Number.isNaN(excess)) break;
  }
  if (worst.index < 0) return;
  throw new Error(
    `gradcheck: d/d${label}[${worst.index}] is ${analytic[worst.index]}, central differences give ${worst.numeric} ` +
      `(eps ${eps}, tolerance ${tolerance})`,
  );
}

function centralDifference(
  f: () => number,
  x: Float32Array | Float64Array,
  index: number,
  eps: number,
): number {
  const middle = x[index]!;
  x[index] = middle + eps;
  const right = x[index]!;
  const up = f();
  x[index] = middle - eps;
  const left = x[index]!;
  const down = f();
  x[index] = middle;
  return (up - down) / (right - left);
}
