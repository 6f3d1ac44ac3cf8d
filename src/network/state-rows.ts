import { concat, gatherRows, reshape, slice } from "../autograd/shape.ts";
import type { RecurrentState } from "../nn/recurrent.ts";
import type { Tensor } from "../runtime/tensor.ts";
import type { NetworkSpec } from "./spec.ts";

/**
 * Turns the states of recurrent layers into one row for each sequence, [B, states * H]. A row has the hidden states h of the first
 * layer, of the second layer, and so on. If there are cell states c, those of all layers follow in the same order.
 */
export function rowsOfStates({ h, c }: RecurrentState): Tensor {
  const [layers = 0, B = 0, H = 0] = h.shape;
  const order = Int32Array.from({ length: B * layers }, (_, i) => (i % layers) * B + Math.floor(i / layers));
  const rows = (states: Tensor) => reshape(gatherRows(states, order, [B * layers, H]), [B, layers * H]);
  return h.runtime.frame(() => (c ? concat([rows(h), rows(c)]) : rows(h)));
}

/** Turns rows back into states. This is the inverse of `rowsOfStates`. @param rows [B, `stateSize(spec)`] */
export function statesOfRows(rows: Tensor, { layers, hidden }: Pick<NetworkSpec, "layers" | "hidden">) {
  const [B = 0, size = 0] = rows.shape;
  const n = size / hidden;
  const order = Int32Array.from({ length: n * B }, (_, i) => (i % B) * n + Math.floor(i / B));
  return rows.runtime.frame((): RecurrentState => {
    const states = gatherRows(reshape(rows, [B * n, hidden]), order, [n, B, hidden]);
    if (n === layers) return { h: states };
    return { h: slice(states, 0, layers), c: slice(states, layers, layers) };
  });
}
