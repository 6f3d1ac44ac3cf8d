/** Computes base^n for a whole number n >= 0. It only multiplies, because `**` may differ in the last bit between engines. */
export function power(base: number, n: number): number {
  let result = 1;
  for (let square = base, left = n; left > 0; left = Math.floor(left / 2), square *= square) {
    if (left % 2) result *= square;
  }
  return result;
}
