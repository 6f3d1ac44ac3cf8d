/**
 * How gaps in a column are filled: with the previous number, or along a straight line between the numbers around the gap. A gap at
 * the start or the end gets the nearest number.
 */
export const FILLS = ["previous", "linear"] as const;
/** The name of a way to fill gaps. {@link FILLS} explains them. */
export type Fill = (typeof FILLS)[number];

/**
 * Fills the gaps of a column in place.
 *
 * @param column the numbers; NaN in gaps. At least one is a number
 */
export function fillGaps(column: Float64Array, fill: Fill): void {
  let last = -1;
  for (let row = 0; row <= column.length; row++) {
    if (row < column.length && Number.isNaN(column[row])) continue;
    const [left, right] = [column[last] ?? column[row]!, column[row] ?? column[last]!];
    for (let gap = last + 1; gap < row; gap++) {
      const share = fill === "linear" ? (gap - last) / (row - last) : 0;
      column[gap] = left + share * (right - left);
    }
    last = row;
  }
}
