/**
 * Writes the elements of a tensor as nested lists, such as `[[1,2],[3,4]]`. Rounds fractions to 4 significant digits. If an axis
 * has more than 6 elements, shows 6 and "…".
 */
export function showElements(data: Float32Array | Int32Array, [length, ...inner]: readonly number[]): string {
  const [x = 0] = data;
  if (length === undefined) return String(Number.isInteger(x) ? x : +x.toPrecision(4));
  const size = data.length / length;
  const shown = Array.from({ length: Math.min(length, 6) }, (_, i) =>
    showElements(data.subarray(i * size, (i + 1) * size), inner),
  );
  return `[${length > 6 ? [...shown, "…"] : shown}]`;
}
