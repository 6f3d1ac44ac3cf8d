import type { CellWeights } from "../autograd/cell-weights.ts";
import type { Cell } from "../autograd/cells.ts";
import { type ForwardValues, recurrent, type StateGradientObserver } from "../autograd/recurrent.ts";
import { inferLayer } from "../autograd/recurrent-inference.ts";
import { concat, gatherRows } from "../autograd/shape.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Tensor } from "../runtime/tensor.ts";
import { inverse, stackStates, stateRow } from "./sequence-order.ts";

/** States of all layers, [layers * directions, B, H]. The first index is layer * directions + direction. */
export interface RecurrentState {
  /** Hidden states, [layers * directions, B, H]. */
  h: Tensor;
  /** Cell states, [layers * directions, B, H]. LSTM only. */
  c?: Tensor;
}

/** A layer and its reading direction. */
export interface LayerPlace {
  /** Number of the layer, counted from 0 at the input. */
  readonly layer: number;
  /** 0 if the layer reads first step to last, 1 if it reads last step to first. */
  readonly direction: number;
}

/** The fields of a `Recurrent` module that its layers run from. */
interface Stack {
  readonly runtime: Runtime;
  readonly cells: readonly Cell[];
  readonly layers: readonly CellWeights[];
  readonly hiddenSize: number;
  readonly directions: number;
  readonly reverse: boolean;
  readonly onStateGradient:
    | ((place: LayerPlace, ...seen: Parameters<StateGradientObserver>) => void)
    | undefined;
  readonly onForward:
    | ((place: LayerPlace, values: ForwardValues, lengths: readonly number[] | undefined) => void)
    | undefined;
}

/** What the sequences of a forward pass begin with. */
export interface Start {
  readonly h0: Tensor | undefined;
  readonly c0: Tensor | undefined;
  /** Original index of each sequence; undefined if the layers keep the caller's order. */
  readonly rows: Int32Array | undefined;
  /** For each step, the number of sequences that have this step. */
  readonly batchSizes: Int32Array | undefined;
  readonly lengths: readonly number[] | undefined;
}

/** Runs the layers of a stack, one after the other. */
export interface LayerRuns {
  /** Runs a layer, [T, B, I] or tokens [T, B] -> [T, B, directions * H]. */
  run(x: Tensor, layer: number): Tensor;
  /** Returns the states after all layers have run, in the caller's order of the sequences. */
  state(): RecurrentState;
}

/** The place of direction `direction` of layer `layer`. */
function placeOf(rnn: Stack, layer: number, direction: number): LayerPlace {
  return { layer, direction: Number(rnn.reverse || direction === 1) };
}

/** Runs layers as entries on the tape, and calls the observers. */
export function recordedLayers(rnn: Stack, { h0, c0, rows, batchSizes, lengths }: Start): LayerRuns {
  const { cells, layers, directions, onForward, onStateGradient: observer } = rnn;
  const h: Tensor[] = [];
  const c: Tensor[] = [];
  const runDirection = (x: Tensor, layer: number, direction: number): Tensor => {
    const index = layer * directions + direction;
    const place = placeOf(rnn, layer, direction);
    const result = recurrent(cells[direction]!, x, layers[index]!, {
      h0: h0 && stateRow(h0, index, rows),
      c0: c0 && stateRow(c0, index, rows),
      batchSizes,
      reverse: place.direction === 1,
      onStateGradient: observer && ((...seen: Parameters<StateGradientObserver>) => observer(place, ...seen)),
      onForward: onForward && ((values: ForwardValues) => onForward(place, values, lengths)),
    });
    h.push(result.h);
    if (result.c) c.push(result.c);
    return result.output;
  };
  return {
    run(x, layer) {
      const outputs = cells.map((_, direction) => runDirection(x, layer, direction));
      return outputs.length === 1 ? outputs[0]! : concat(outputs);
    },
    state: () => ({ h: stackStates(h, rows), ...(c.length && { c: stackStates(c, rows) }) }),
  };
}

/** Runs layers without keeping anything for a backward pass. */
export function inferredLayers(rnn: Stack, B: number, { h0, c0, rows, batchSizes }: Start): LayerRuns {
  const { runtime: rt, cells, layers, directions, hiddenSize: H } = rnn;
  const shape = [layers.length, B, H];
  const h = rt.empty(shape);
  const c = cells[0]!.memory ? rt.empty(shape) : undefined;
  return {
    run: (x, layer) =>
      inferLayer(
        x,
        cells.map((cell, direction) => {
          const index = layer * directions + direction;
          const offset = index * B * H * 4;
          return {
            cell,
            weights: layers[index]!,
            reverse: rnn.reverse || direction === 1,
            h0: h0 && stateRow(h0, index, rows),
            c0: c0 && stateRow(c0, index, rows),
            h: h.ptr + offset,
            c: c ? c.ptr + offset : 0,
          };
        }),
        batchSizes,
      ),
    state() {
      if (!rows) return c ? { h, c } : { h };
      const own = inverse(rows);
      const back = Int32Array.from({ length: layers.length * B }, (_, i) => i - (i % B) + own[i % B]!);
      const ordered = (states: Tensor) => gatherRows(states, back, shape);
      return { h: ordered(h), ...(c && { c: ordered(c) }) };
    },
  };
}
