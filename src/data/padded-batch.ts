import { counted, UnrolledError } from "../errors.ts";
import { IGNORED_TARGET } from "./evaluation-segments.ts";

export type Numbers = Int32Array | Float32Array;

/** Sequences of any lengths. Each has one target per step, or one target for the whole sequence. */
export interface Sequences<X extends Numbers = Numbers, Y extends Numbers = Numbers> {
  /** The steps of each sequence: tokens [steps], or features [steps, width] of float32. */
  readonly inputs: readonly X[];
  /**
   * The targets of each sequence, in the same order of sequences as `inputs`. The shape of an array is [steps, targetWidth] if
   * each step has a target, and [targetWidth] if each sequence has a target. Classes are int32. Other numbers are float32.
   */
  readonly targets: readonly Y[];
}

/** A batch of whole sequences, time-major, longest first. */
export interface SequenceBatch<X extends Numbers = Numbers, Y extends Numbers = Numbers> {
  /** Steps of the longest sequence (T). */
  readonly steps: number;
  /** Steps of each sequence, [B]. */
  readonly lengths: readonly number[];
  /** Index of each sequence in the data, [B]. */
  readonly sequences: Int32Array;
  /** Inputs [T, B, width], or [T, B] for tokens. They are 0 past the end of a sequence. */
  readonly inputs: X;
  /**
   * Targets [T, B, targetWidth], or [B, targetWidth] if each sequence has one target. Past the end of a sequence, they are -100
   * (int32) or 0 (float32).
   */
  readonly targets: Y;
}

/** Makes a batch of the chosen sequences. @param lengths steps of each sequence of the data */
export function paddedBatch<X extends Numbers, Y extends Numbers>(
  { inputs, targets }: Sequences<X, Y>,
  lengths: readonly number[],
  sequences: Int32Array,
  { width = 1, targetWidth = 1, perStep = true } = {},
): SequenceBatch<X, Y> {
  const chosen = Array.from(sequences, (n) => lengths[n]!);
  const steps = chosen[0]!;
  return {
    steps,
    lengths: chosen,
    sequences,
    inputs: pad(inputs, sequences, steps, width, 0),
    targets: pad(targets, sequences, perStep ? steps : 1, targetWidth, IGNORED_TARGET),
  };
}

/** Checks that arrays [steps, width] have whole steps. @param what the name of an array, for errors @throws ERR_DATA if one has not */
export function checkWidth(what: string, arrays: readonly Numbers[], width: number): void {
  const wrong = arrays.findIndex(({ length }) => length % width !== 0);
  if (wrong < 0) return;
  const { length } = arrays[wrong]!;
  throw new UnrolledError(
    "ERR_DATA",
    `${what} ${wrong + 1} has ${counted(length, "number", "numbers")}, expected a multiple of width ${width}`,
  );
}

/**
 * Stacks the chosen arrays [steps, width] into [T, B, width]. Fills the end of a shorter array with `padding` if the arrays are
 * Int32Array, and with 0 if they are Float32Array.
 */
export function pad<T extends Numbers>(
  arrays: readonly T[],
  chosen: Int32Array,
  T: number,
  width: number,
  padding: number,
): T {
  const B = chosen.length;
  const ints = arrays[0] instanceof Int32Array;
  const out = ints ? new Int32Array(T * B * width).fill(padding) : new Float32Array(T * B * width);
  chosen.forEach((n, b) => {
    const from = arrays[n]!;
    for (let at = 0, to = b * width; at < from.length; at += width, to += B * width) {
      for (let k = 0; k < width; k++) out[to + k] = from[at + k]!;
    }
  });
  return out as T;
}
