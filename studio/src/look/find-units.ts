import type { Activations } from "./activations.ts";
import { correlation } from "./numbers.ts";
import type { Signal } from "./signals.ts";

/** A unit and how closely it follows a signal. */
export interface FoundUnit {
  readonly layer: number;
  readonly direction: number;
  /** Index of the unit in its layer, from 0. */
  readonly unit: number;
  /** Which of its states follows the signal more closely: the hidden state h or the cell state c. */
  readonly state: "h" | "c";
  /** Correlation with the signal, from -1 to 1. Below 0: the unit is low when the signal is high. */
  readonly correlation: number;
}

/** A text with fewer symbols says nothing about what a unit follows: among many units, some follow anything by chance. */
export const FEWEST_SYMBOLS = 30;

/** Divides signals into those that change over the text, which a unit can follow, and the names of the others. */
export function occurring(signals: readonly Signal[]): {
  readonly present: readonly Signal[];
  readonly absent: readonly string[];
} {
  const changes = ({ values }: Signal) => values.some((value) => value !== values[0]);
  return {
    present: signals.filter(changes),
    absent: signals.filter((signal) => !changes(signal)).map(({ name }) => name),
  };
}

/** Returns one column of [T, H]: the values of a unit over time. */
export function unitValues(values: Float32Array, hidden: number, unit: number): Float32Array {
  return Float32Array.from({ length: values.length / hidden }, (_, t) => values[t * hidden + unit]!);
}

/**
 * Finds the units that follow a signal, by Pearson's correlation of their states with the signal over the text. If the signal is 0 or 1,
 * this is the point-biserial correlation: the difference of the two means, (M1 - M0) / s x sqrt(n1 n0 / n²).
 *
 * @param target the signal, [T]
 * @returns every unit once, the strongest correlation first. Empty if the signal is constant
 */
export function findUnits({ layers }: Activations, target: Float32Array): FoundUnit[] {
  if (target.every((value) => value === target[0])) return [];
  const found = layers.flatMap(({ layer, direction, hidden, h, c }) => {
    const states = [["h", h] as const, ...(c ? [["c", c] as const] : [])];
    const all = states.map(([state, values]) => [state, correlations(values, hidden, target)] as const);
    return Array.from({ length: hidden }, (_, unit): FoundUnit => {
      const own = all.map(([state, r]) => ({ layer, direction, unit, state, correlation: r[unit]! }));
      return own.reduce((a, b) => (Math.abs(b.correlation) > Math.abs(a.correlation) ? b : a));
    });
  });
  return found.sort((a, b) => Math.abs(b.correlation) - Math.abs(a.correlation));
}

/** Returns the correlation of every unit of [T, H] with the target, in two passes over the array. */
function correlations(values: Float32Array, H: number, target: Float32Array): Float64Array {
  const T = target.length;
  const means = new Float64Array(H);
  for (let t = 0, at = 0; t < T; t++) for (let unit = 0; unit < H; unit++) means[unit]! += values[at++]! / T;
  const mean = target.reduce((sum, value) => sum + value, 0) / T;
  const [squares, products] = [new Float64Array(H), new Float64Array(H)];
  let square = 0;
  for (let t = 0; t < T; t++) {
    const y = target[t]! - mean;
    square += y * y;
    for (let unit = 0; unit < H; unit++) {
      const x = values[t * H + unit]! - means[unit]!;
      squares[unit]! += x * x;
      products[unit]! += x * y;
    }
  }
  return products.map((product, unit) => squares[unit]! && product / Math.sqrt(squares[unit]! * square));
}

/** Tells which signals one unit follows, the strongest correlation first. @param values those of the unit, [T] */
export function whatUnitFollows(
  values: Float32Array,
  signals: readonly Signal[],
): { readonly name: string; readonly correlation: number }[] {
  return signals
    .map(({ name, values: signal }) => ({ name, correlation: correlation(values, signal) }))
    .sort((a, b) => Math.abs(b.correlation) - Math.abs(a.correlation));
}
