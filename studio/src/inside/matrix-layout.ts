/** Width of a letter in pixels, roughly, at the size of 12 pixels. */
const LETTER = 7;

const lengthOf = (text: string) => [...text].length;
const longest = (texts: readonly string[]) => texts.reduce((most, text) => Math.max(most, lengthOf(text)), 1);

/**
 * Places a matrix in a width: its names, and cells as large as there is room for.
 *
 * @param available width in pixels
 * @param most maximum width and height of a cell
 */
export function matrixLayout(
  rows: readonly string[],
  columns: readonly string[],
  available: number,
  most: number,
) {
  const left = Math.max(56, Math.min(available / 3, 14 + LETTER * longest(rows)));
  const name = longest(columns);
  const right = name > 1 ? 24 : 2; // a turned name of the last column reaches over its cell
  const cell = Math.max(4, Math.min(most, Math.floor((available - left - right) / columns.length)));
  const turned = name * LETTER > cell;
  const top = turned ? 40 + Math.min(90, LETTER * name * 0.8) : 44;
  const high = Math.max(18, Math.min(cell, 32));
  return {
    left,
    top,
    cell,
    high,
    turned,
    width: Math.min(available, left + columns.length * cell + right),
    height: top + rows.length * high + 2,
  };
}
