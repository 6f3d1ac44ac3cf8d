import { checkChoice, checkIndex, checkObject, checkOptions, checkWhole } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import { IGNORED_TARGET } from "./evaluation-segments.ts";
import { LengthBuckets } from "./length-buckets.ts";

type Numbers = Int32Array | Float32Array;

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

/** Options of {@link SequenceBatches}. */
export interface SequenceBatchesOptions {
  /** Number of sequences in a batch (B). */
  batch: number;
  /** Seed of the order. Default 1. */
  seed?: number;
  /** Numbers in a step of the inputs. Default 1. */
  width?: number;
  /** Numbers in a target. Default 1. */
  targetWidth?: number;
  /** Whether each step (default) or each sequence has a target. */
  targetPer?: "step" | "sequence";
  /**
   * Maximum number of batches in a pool. The sequences of a pool are sorted by length before they are cut into batches. With 1,
   * batches do not depend on the lengths. Default 50.
   */
  pool?: number;
  /**
   * Changes the batches of the first epoch, for example to halve those with too many steps. Set it only if no other epoch is read. A
   * batch has the indices of its sequences, longest first.
   */
  split?: (batches: readonly Int32Array[], lengths: readonly number[]) => readonly Int32Array[];
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

/**
 * Batches of sequences. The sequences of a batch have similar lengths (bucketing), so the batch needs little padding. Every
 * sequence comes once per epoch. The order depends only on seed and epoch. If the number of sequences is not a multiple of
 * `batch`, one batch is smaller.
 *
 * @example
 * ```js
 * const sequences = [Int32Array.of(1, 2), Int32Array.of(3), Int32Array.of(4, 5, 6)];
 * const batches = new SequenceBatches({ inputs: sequences, targets: sequences }, { batch: 3 });
 * const { lengths, inputs, targets } = batches.at(0);
 * console.log(lengths); // [ 3, 2, 1 ]
 * console.log(inputs.join(" ")); // 4 1 3 5 2 0 6 0 0
 * console.log(targets.join(" ")); // 4 1 3 5 2 -100 6 -100 -100
 * ```
 */
export class SequenceBatches<X extends Numbers = Numbers, Y extends Numbers = Numbers> {
  /** Number of sequences in a batch (B). */
  readonly batch: number;
  /** Number of batches in an epoch. */
  readonly count: number;
  readonly #buckets: LengthBuckets;
  readonly #data: Sequences<X, Y>;
  readonly #lengths: readonly number[];
  readonly #width: number;
  readonly #targetWidth: number;
  readonly #perStep: boolean;

  /**
   * Checks the sequences and groups them by length.
   *
   * @param data the sequences and their targets
   * @throws ERR_DATA if there is no sequence, if a sequence is empty, or if an input or target has the wrong type or length;
   *   ERR_VALUE if an option is invalid
   */
  constructor(data: Sequences<X, Y>, options: SequenceBatchesOptions) {
    const {
      batch,
      seed = 1,
      width = 1,
      targetWidth = 1,
      targetPer = "step",
      pool = 50,
      split,
    } = checkOptions(NAME, options, "batch seed width targetWidth targetPer pool split");
    this.batch = checkWhole(`${NAME}: batch`, batch, 1);
    checkWhole(`${NAME}: seed`, seed);
    this.#width = checkWhole(`${NAME}: width`, width, 1);
    this.#targetWidth = checkWhole(`${NAME}: targetWidth`, targetWidth, 1);
    checkWhole(`${NAME}: pool`, pool, 1);
    checkChoice(`${NAME}: targetPer`, targetPer, ["step", "sequence"]);
    this.#perStep = targetPer === "step";
    this.#data = checkObject(NAME, data, "data are");
    this.#lengths = this.#checkLengths();
    this.#buckets = new LengthBuckets(this.#lengths, batch, seed, pool, split);
    this.count = this.#buckets.count;
  }

  /**
   * Returns batch `i`. `i` counts from 0 and continues through the epochs.
   *
   * @throws ERR_VALUE if `i` is not a whole number from 0
   */
  at(i: number): SequenceBatch<X, Y> {
    checkIndex(`${NAME}.at: i`, i, Number.MAX_SAFE_INTEGER);
    const sequences = this.#buckets.at(i);
    const lengths = Array.from(sequences, (n) => this.#lengths[n]!);
    const steps = lengths[0]!;
    const { inputs, targets } = this.#data;
    return {
      steps,
      lengths,
      sequences,
      inputs: pad(inputs, sequences, steps, this.#width, 0),
      targets: pad(targets, sequences, this.#perStep ? steps : 1, this.#targetWidth, IGNORED_TARGET),
    };
  }

  #checkLengths(): number[] {
    const { inputs, targets } = this.#data;
    if (!inputs?.length || inputs.length !== targets?.length) {
      fail(
        `${inputs?.length ?? 0} sequences and ${targets?.length ?? 0} targets, expected the same number, at least one`,
      );
    }
    return Array.from(inputs, (input, i) => {
      const target = targets[i]!;
      for (const [what, array, first] of [
        ["input", input, inputs[0]],
        ["target", target, targets[0]],
      ] as const) {
        const kind = array instanceof Int32Array || array instanceof Float32Array;
        if (!kind || array.constructor !== first?.constructor) {
          fail(`${what} ${i} is not like the first, expected only Int32Array or only Float32Array`);
        }
      }
      const steps = input.length / this.#width;
      if (steps === 0) fail(`sequence ${i} is empty; leave it out`);
      if (!Number.isInteger(steps)) {
        fail(`sequence ${i} has ${input.length} numbers, expected a multiple of width ${this.#width}`);
      }
      const expected = (this.#perStep ? steps : 1) * this.#targetWidth;
      if (target.length !== expected) {
        fail(
          `the targets of sequence ${i} are ${target.length} numbers, expected ${expected} for ${steps} steps`,
        );
      }
      return steps;
    });
  }
}

const NAME = "SequenceBatches";

function fail(problem: string): never {
  throw new UnrolledError("ERR_DATA", `${NAME}: ${problem}`);
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
