export type Numbers = Int32Array | Float32Array;

/**
 * Copies the chosen columns out of an array of shape [rows, columns, width]. Only the first `kept` rows are copied.
 *
 * @returns an array of shape [kept, chosen, width]
 */
export function takeColumns<T extends Numbers>(
  array: T,
  rows: number,
  columns: number,
  chosen: readonly number[],
  kept = rows,
): T {
  const width = array.length / rows / columns;
  const part = new (array.constructor as new (length: number) => T)(kept * chosen.length * width);
  let to = 0;
  for (let row = 0; row < kept; row++) {
    for (const column of chosen) {
      const from = (row * columns + column) * width;
      for (let k = 0; k < width; k++) part[to++] = array[from + k]!;
    }
  }
  return part;
}

/** Copies the columns of `part` back into `array`, to the places from which `takeColumns` copied them. */
export function putColumns<T extends Numbers>(
  array: T,
  rows: number,
  columns: number,
  chosen: readonly number[],
  part: T,
): void {
  const width = array.length / rows / columns;
  let from = 0;
  for (let row = 0; row < rows; row++) {
    for (const column of chosen) {
      const to = (row * columns + column) * width;
      for (let k = 0; k < width; k++) array[to + k] = part[from++]!;
    }
  }
}
