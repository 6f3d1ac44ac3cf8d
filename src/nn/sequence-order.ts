import { gatherRows, stack } from "../autograd/shape.ts";
import { checkIndex } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import type { Tensor } from "../runtime/tensor.ts";

/**
 * The order in which the layers process a batch of B sequences: time-major, longest sequence first. Row t * B + b of the layers'
 * input is step t of the caller's sequence `rows[b]`.
 */
export interface SequenceOrder {
  /** Original index of each sequence. The longest sequence comes first. */
  readonly rows: Int32Array;
  /** Number of sequences that have not ended, for each step. */
  readonly batchSizes: Int32Array;
  /** Whether the sequences were already given longest first. */
  readonly sorted: boolean;
}

/** Orders sequences by their lengths. @throws ERR_SHAPE if there are not B lengths, ERR_VALUE if a length is not from 0 to T */
export function sequenceOrder(lengths: readonly number[], T: number, B: number): SequenceOrder {
  if (lengths.length !== B) {
    throw new UnrolledError("ERR_SHAPE", `${lengths.length} lengths, expected ${B}`);
  }
  for (const length of lengths) checkIndex("a length", length, T + 1);
  const rows = Int32Array.from(lengths.keys()).sort((a, b) => lengths[b]! - lengths[a]! || a - b);
  let active = B;
  const batchSizes = Int32Array.from({ length: T }, (_, t) => {
    while (active > 0 && lengths[rows[active - 1]!]! <= t) active--;
    return active;
  });
  return { rows, batchSizes, sorted: rows.every((row, i) => row === i) };
}

/**
 * Maps the rows of the layers' input [T, B, ...] to rows of the caller's data: element i of the result is the row of the data
 * that becomes row i of the input. The data are [T, B, ...], or [B, T, ...] if `batchFirst` is true.
 *
 * @param rows original index of each sequence; undefined if the layers keep the caller's order of the sequences
 */
export function rowsInData(
  rows: Int32Array | undefined,
  T: number,
  B: number,
  batchFirst: boolean,
): Int32Array {
  return Int32Array.from({ length: T * B }, (_, i) => {
    const b = rows ? rows[i % B]! : i % B;
    const t = Math.floor(i / B);
    return batchFirst ? b * T + t : t * B + b;
  });
}

/** Returns the inverse of a permutation. */
export function inverse(order: Int32Array): Int32Array {
  const result = new Int32Array(order.length);
  order.forEach((to, from) => {
    result[to] = from;
  });
  return result;
}

/** Stacks the states [B, H] of all layers to [layers * directions, B, H]. Puts the sequences back in their original order. */
export function stackStates(states: readonly Tensor[], rows: Int32Array | undefined): Tensor {
  if (!rows) return stack(states);
  const back = inverse(rows);
  return stack(states.map((state) => gatherRows(state, back, state.shape)));
}

/** Returns state `index` of [layers * directions, B, H] as [B, H]. Puts the sequences in the order that the layers use. */
export function stateRow(states: Tensor, index: number, rows: Int32Array | undefined): Tensor {
  const [, B = 0, H = 0] = states.shape;
  const order = rows ?? Int32Array.from({ length: B }, (_, b) => b);
  return gatherRows(
    states,
    order.map((b) => index * B + b),
    [B, H],
  );
}

/** Reorders x for the layers. Row i of the result is row `places[i]` of x. x is float32 [..., I] or int32 tokens. */
export function reorder(x: Tensor, places: Int32Array, T: number, B: number): Tensor {
  if (x.dtype === "float32") return gatherRows(x, places, [T, B, x.shape[2]!]);
  const tokens = x.data;
  return x.runtime.tensor(
    places.map((place) => tokens[place]!),
    [T, B],
  );
}
