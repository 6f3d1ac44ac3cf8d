import type { PackedRecurrent, StreamState } from "../nn/stream/recurrent.ts";
import type { StateParts } from "./state.ts";

/** Returns arrays of the size of a stream's states: h, and c of an LSTM. */
export function emptyStates({ layers, hiddenSize, cell }: PackedRecurrent): Float32Array[] {
  const size = layers.length * hiddenSize;
  return Array.from({ length: cell.memory ? 2 : 1 }, () => new Float32Array(size));
}

/** Returns the arrays of a stream's states. */
export const partsOf = ({ h, c }: StreamState): Float32Array[] => (c ? [h, c] : [h]);

/** Turns the first arrays of a state back into the states of a stream. */
export function statesOf(parts: StateParts, { cell }: PackedRecurrent): StreamState {
  const [h, c] = parts as readonly Float32Array[];
  return { h: h!, ...(cell.memory && { c: c! }) };
}
