import { normal, type Random } from "./random.ts";

/**
 * Makes an orthogonal matrix, [n, n] in rows, from random vectors by Gram and Schmidt's method. It changes no vector's length, and all
 * its eigenvalues have the size 1.
 */
export function orthogonal(random: Random, n: number): number[] {
  const found: number[][] = [];
  while (found.length < n) {
    let v = Array.from({ length: n }, () => normal(random));
    for (const u of found) {
      const along = u.reduce((total, value, i) => total + value * v[i]!, 0);
      v = v.map((value, i) => value - along * u[i]!);
    }
    const length = Math.hypot(...v);
    found.push(v.map((value) => value / length));
  }
  return found.flat();
}
