import type { RecurrentState } from "../../src/nn/recurrent.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import type { Tensor } from "../../src/runtime/tensor.ts";
import { putColumns, takeColumns } from "./columns.ts";

/** Recurrent states, copied out of the memory of a runtime to be sent to another thread. Shape: [layers, sequences, units]. */
export interface StoredState {
  readonly shape: readonly number[];
  readonly h: Float32Array;
  readonly c?: Float32Array;
}

/** Copies the states of the chosen sequences; default: of all sequences. */
export function storeState({ h, c }: RecurrentState, chosen?: readonly number[]): StoredState {
  const [layers = 0, B = 0, H = 0] = h.shape;
  const columns = chosen ?? Array.from({ length: B }, (_, b) => b);
  const take = ({ data }: Tensor) => takeColumns(data as Float32Array, layers, B, columns);
  return { shape: [layers, columns.length, H], h: take(h), ...(c && { c: take(c) }) };
}

export function loadState(runtime: Runtime, { shape, h, c }: StoredState): RecurrentState {
  return { h: runtime.tensor(h, shape), ...(c && { c: runtime.tensor(c, shape) }) };
}

/** Joins the states of all parts of a batch. @param columns for each part, the indices of its sequences in the batch */
export function joinStates(
  parts: readonly StoredState[],
  columns: readonly (readonly number[])[],
): StoredState {
  const [layers = 0, , H = 0] = parts[0]!.shape;
  const B = columns.flat().length;
  const join = (of: (part: StoredState) => Float32Array) => {
    const whole = new Float32Array(layers * B * H);
    parts.forEach((part, i) => {
      putColumns(whole, layers, B, columns[i]!, of(part));
    });
    return whole;
  };
  const { c } = parts[0]!;
  return { shape: [layers, B, H], h: join(({ h }) => h), ...(c && { c: join((part) => part.c!) }) };
}
