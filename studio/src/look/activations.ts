import { type AnyInput, type AnyModel, record } from "./record.ts";

/** The hidden states of one layer in one direction while the model reads a text. */
export interface LayerActivations {
  /** Name of the recurrent part, such as `rnn`, `encoder.rnn` or `decoder.rnn`. */
  readonly part: string;
  /** Number of the layer, counted from 0 at the input. */
  readonly layer: number;
  /** 0 if the layer reads from first step to last, 1 from last to first. */
  readonly direction: number;
  /** Number of units (H). */
  readonly hidden: number;
  /** Hidden states after each step, [T, H]. */
  readonly h: Float32Array;
  /** Cell states after each step, [T, H]; LSTM only. */
  readonly c?: Float32Array;
}

/** The states of one recurrent part over a text. */
export interface Activations {
  /** What the part read at each step, [T]. */
  readonly symbols: readonly string[];
  /** Number of units of all layers and directions together. */
  readonly units: number;
  readonly layers: readonly LayerActivations[];
}

/**
 * Returns the hidden states of every unit after every step. Works for models of every task.
 *
 * @param part which recurrent part; default: the last one that ran, such as the decoder of an encoder-decoder
 */
export function activations(model: AnyModel, input: AnyInput, part?: string): Activations {
  const all = record(model, input);
  const wanted = part ?? all.at(-1)!.part;
  const own = all.filter((layer) => layer.part === wanted);
  return {
    symbols: own[0]?.symbols ?? [],
    units: own.reduce((sum, { hidden }) => sum + hidden, 0),
    layers: own.map(({ part, layer, direction, hidden, values }) => ({
      part,
      layer,
      direction,
      hidden,
      h: values.h ?? new Float32Array(0),
      ...(values.c && { c: values.c }),
    })),
  };
}
