import { copyGates, type GateValues } from "../autograd/gates.ts";
import type { ForwardValues } from "../autograd/recurrent.ts";
import { checkFunction } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import { synchronous } from "../runtime/results.ts";
import type { Module } from "./module.ts";
import type { LayerPlace, Recurrent } from "./recurrent.ts";
import { recurrentParts } from "./recurrent-parts.ts";
import { sequenceOrder } from "./sequence-order.ts";

/** The gates of one layer in one direction during a forward pass. */
export interface LayerGates extends LayerPlace {
  /** Name of the recurrent part within the module, such as `rnn` or `encoder.rnn`; "" if the module itself is recurrent. */
  readonly part: string;
  /** Number of hidden units (H). */
  readonly hidden: number;
  /** Number of steps of each sequence, [B]. The longest need not reach T, if the input has more padding. */
  readonly lengths: readonly number[];
  /**
   * The values after each step, by name: the hidden state h of every cell; i, f, g, o and the cell state c of an LSTM; r, z and n of
   * a GRU. A cell without one of the gates lacks its name. Each array is a copy, flat [T, B, H], in the caller's order of the
   * sequences, and 0 past the end of a sequence.
   */
  readonly values: GateValues;
}

/**
 * Records the gates and states of every recurrent layer while `run` calls `forward`. Each forward pass has an entry for each
 * layer and direction, in the order in which they are computed. Recording slows the network down only during `run`. Streams are not
 * recorded; they have `gates` of their own.
 *
 * @param module an RNN, GRU or LSTM, or any module or model that has one
 * @param run calls `forward` synchronously, directly or by a method such as `predict` or `loss`
 * @throws ERR_VALUE if the module has no recurrent part; ERR_STATE if `run` runs none of them forward
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const gru = new nn.GRU(rt, { inputSize: 1, hiddenSize: 2 });
 * const [layer] = recordGates(gru, () => gru.forward(rt.tensor([1, 0, 0], [3, 1, 1])));
 * console.log(Object.keys(layer.values).join(" ")); // n r z h
 * console.log(Array.from(layer.values.z, (z) => z.toFixed(2)).join(" ")); // 0.41 0.50 0.38 0.37 0.41 0.42
 * ```
 */
export function recordGates(module: Module, run: () => unknown): LayerGates[] {
  const parts = recurrentParts("recordGates", module);
  checkFunction("recordGates: run", run);
  const found: LayerGates[] = [];
  const outer = [...parts.values()].map((part) => part.onForward);
  for (const [name, part] of parts) {
    part.onForward = (place, values, lengths) => found.push(layerGates(name, part, place, values, lengths));
  }
  try {
    synchronous("recordGates", run());
  } finally {
    for (const [i, part] of [...parts.values()].entries()) part.onForward = outer[i];
  }
  if (found.length) return found;
  throw new UnrolledError("ERR_STATE", "recordGates: the module did not run; call its forward or predict");
}

function layerGates(
  name: string,
  part: Recurrent,
  place: LayerPlace,
  { steps: T, gates, ...states }: ForwardValues,
  given: readonly number[] | undefined,
): LayerGates {
  const H = part.hiddenSize;
  const cell = part.cells[part.bidirectional ? place.direction : 0]!;
  const values: Record<string, Float32Array> = copyGates(cell, gates, H);
  for (const [name, state] of Object.entries(states)) values[name] = state.slice();
  const B = states.h.length / H / T;
  return {
    ...place,
    part: name,
    hidden: H,
    lengths: given ?? Array.from({ length: B }, () => T),
    values: given ? inOrder(values, given, T, H) : values,
  };
}

/** Puts sequences back in the caller's order, and sets the values past their ends to 0. */
function inOrder(values: GateValues, lengths: readonly number[], T: number, H: number): GateValues {
  const B = lengths.length;
  const { rows } = sequenceOrder(lengths, T, B);
  const reorder = (from: Float32Array): Float32Array => {
    const to = new Float32Array(from.length);
    rows.forEach((row, b) => {
      for (let t = 0; t < lengths[row]!; t++) {
        const at = (t * B + b) * H;
        to.set(from.subarray(at, at + H), (t * B + row) * H);
      }
    });
    return to;
  };
  return Object.fromEntries(Object.entries(values).map(([name, all]) => [name, reorder(all)]));
}
