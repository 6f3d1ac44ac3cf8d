/**
 * Finds the index of the largest element of each row.
 *
 * @param {import("unrolled").Tensor} x [..., C]
 * @returns {Int32Array} one index for each row
 */
export function largest(x) {
  const C = x.shape.at(-1);
  const { data } = x;
  return Int32Array.from({ length: x.size / C }, (_, row) => {
    let best = row * C;
    for (let i = best + 1; i < (row + 1) * C; i++) if (data[i] > data[best]) best = i;
    return best - row * C;
  });
}
