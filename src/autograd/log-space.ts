// Sums of probabilities whose logarithms are given, in float64. They are made of products and sums only, because `Math.exp` and
// `Math.log` differ in the last bit between engines, and training has the same bits in all of them. Errors are below 1e-13.

/** The logarithm of 0. */
export const ZERO = -Infinity;

/** ln 2 in two parts. The first has few bits, so that its multiples are exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/** The powers 2^-k for k from 0 to 1075; the last one is too small for a float64, so it is 0. Made at the first use. */
let halves: Float64Array | undefined;

function makeHalves(): Float64Array {
  const all = new Float64Array(1076).fill(1);
  for (let k = 1; k < all.length; k++) all[k] = all[k - 1]! / 2;
  return all;
}

/** 1 / 2!, 1 / 3!, ..., 1 / 11!, the coefficients of Taylor's series. */
const C2 = 1 / 2;
const C3 = 1 / 6;
const C4 = 1 / 24;
const C5 = 1 / 120;
const C6 = 1 / 720;
const C7 = 1 / 5040;
const C8 = 1 / 40_320;
const C9 = 1 / 362_880;
const C10 = 1 / 3_628_800;
const C11 = 1 / 39_916_800;

/** Returns e^x for x <= 0, also if rounding has made x a little larger. */
export function exp(x: number): number {
  if (!(x > -745)) return x < 0 ? 0 : Number.NaN;
  halves ??= makeHalves();
  const k = (0.5 - x * Math.LOG2E) | 0;
  const r = x + k * LN2_HIGH + k * LN2_LOW;
  const q = r * r;
  const low = 1 + r + q * (C2 + r * C3);
  const middle = C4 + r * C5 + q * (C6 + r * C7);
  const high = C8 + r * C9 + q * (C10 + r * C11);
  const q2 = q * q;
  return (low + q2 * (middle + q2 * high)) * halves[k]!;
}

/** Returns ln(1 + x) for x from 0 to 1, by the series of atanh. */
function log1p(x: number): number {
  const large = x > 0.414;
  const s = large ? (x - 1) / (x + 3) : x / (x + 2); // ln((1 + x) / 2) or ln(1 + x) is 2 atanh(s)
  const q = s * s;
  const q2 = q * q;
  const q4 = q2 * q2;
  const low = 1 + q * (1 / 3) + q2 * (1 / 5 + q * (1 / 7));
  const high = 1 / 9 + q * (1 / 11) + q2 * (1 / 13 + q * (1 / 15));
  return 2 * s * (low + q4 * (high + (q4 * 1) / 17)) + (large ? Math.LN2 : 0);
}

/** Returns ln(e^a + e^b). */
export function logAdd(a: number, b: number): number {
  const high = a > b ? a : b;
  const difference = a > b ? b - a : a - b;
  return difference > -40 ? high + log1p(exp(difference)) : high;
}

/** Writes ln softmax(x) in float64 to `out`, from index `at` on. */
export function logSoftmaxRow(x: Float32Array, out: Float64Array, at = 0): void {
  let most = ZERO;
  for (let v = 0; v < x.length; v++) if (x[v]! > most) most = x[v]!;
  let sum = 0;
  for (let v = 0; v < x.length; v++) sum += exp(x[v]! - most);
  let twos = 0;
  for (; sum >= 2; sum /= 2) twos++;
  const lse = most + (log1p(sum - 1) + twos * Math.LN2);
  for (let v = 0; v < x.length; v++) out[at + v] = x[v]! - lse;
}
