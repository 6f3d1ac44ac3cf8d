import type { Cell } from "./cells.ts";

/** Values of a layer's gates and candidate, by name. Each array is flat [rows, H]. */
export type GateValues = Readonly<Record<string, Float32Array>>;

/**
 * Copies the gates of a cell out of the array in which the kernels leave them.
 *
 * @param columns the array [rows, cell.columns * H] after a forward pass
 */
export function copyGates(cell: Cell, columns: Float32Array, H: number): Record<string, Float32Array> {
  const ld = cell.columns * H;
  const copy = (block: number): Float32Array => {
    const to = new Float32Array(columns.length / cell.columns);
    for (let from = block * H, at = 0; at < to.length; from += ld, at += H) {
      to.set(columns.subarray(from, from + H), at);
    }
    return to;
  };
  return Object.fromEntries(Array.from(cell.names, (name, block) => [name, copy(block)]));
}
