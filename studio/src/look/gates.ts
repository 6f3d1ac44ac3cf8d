import { type AnyInput, type AnyModel, record } from "./record.ts";

/** The gates and states of one layer in one direction over time, by the names of the course notes. */
export interface GateView {
  /** Name of the recurrent part, such as `rnn`, `encoder.rnn` or `decoder.rnn`. */
  readonly part: string;
  /** Number of the layer, counted from 0 at the input. */
  readonly layer: number;
  /** 0 if the layer reads from first step to last, 1 from last to first. */
  readonly direction: number;
  /** Number of units (H). */
  readonly hidden: number;
  /** What the part read at each step, [T]. */
  readonly symbols: readonly string[];
  /** The values after each step, [T, H], by the names of the notes. Names that a cell lacks are absent. */
  readonly values: Readonly<Record<string, Float32Array>>;
}

/** The kind of cell that values come from, found by their names. */
type Kind = "lstm" | "gru" | "rnn";

/**
 * The names of the course notes (docs/course-notes.md) for the library's names. The notes write a<t> for h.
 *
 * - LSTM: i is Γu, f is Γf, o is Γo, g is c̃; c<t> = Γu c̃<t> + Γf c<t-1>, a<t> = Γo tanh(c<t>). A coupled forget gate has no Γf of
 *   its own: it is 1 - Γu.
 * - GRU: r is Γr, n is c̃. PyTorch's z keeps the old state, h' = (1 - z) n + z h, so the notes' Γu is 1 - z:
 *   c<t> = Γu c̃<t> + (1 - Γu) c<t-1>, and a<t> = c<t>.
 */
const NOTES: Readonly<Record<Kind, readonly (readonly [from: string, to: string])[]>> = {
  lstm: [
    ["i", "Γu"],
    ["f", "Γf"],
    ["o", "Γo"],
    ["g", "c̃"],
    ["c", "c"],
    ["h", "h"],
  ],
  gru: [
    ["z", "Γu"],
    ["r", "Γr"],
    ["n", "c̃"],
    ["h", "h"],
  ],
  rnn: [["h", "h"]],
};

/** Renames the values of a layer to those of the course notes. */
export function notesNames(values: Readonly<Record<string, Float32Array>>): Record<string, Float32Array> {
  const kind = values.c ? "lstm" : values.z ? "gru" : "rnn";
  const renamed: Record<string, Float32Array> = {};
  for (const [from, to] of NOTES[kind]) {
    const own = values[from];
    if (own) renamed[to] = from === "z" ? own.map((z) => 1 - z) : own;
  }
  return renamed;
}

/**
 * Records every gate of every layer and direction while a model of any task reads one input.
 *
 * @returns a view for each part, layer and direction, with values [T, H]
 */
export function gates(model: AnyModel, input: AnyInput): GateView[] {
  return record(model, input).map((layer) => ({ ...layer, values: notesNames(layer.values) }));
}
