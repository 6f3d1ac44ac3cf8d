import { checkChoice, checkIndex, checkObject, checkOptions, checkWhole } from "../checks.ts";
import { counted, UnrolledError } from "../errors.ts";
import { LengthBuckets } from "./length-buckets.ts";
import { type Numbers, paddedBatch, type SequenceBatch, type Sequences } from "./padded-batch.ts";

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
  /** Returns the maximum number of sequences in a batch with sequence `i`, at least 1; default `batch`. */
  room?: ((i: number) => number) | undefined;
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
      room,
    } = checkOptions(NAME, options, "batch seed width targetWidth targetPer pool split room");
    this.batch = checkWhole(`${NAME}: batch`, batch, 1);
    checkWhole(`${NAME}: seed`, seed);
    this.#width = checkWhole(`${NAME}: width`, width, 1);
    this.#targetWidth = checkWhole(`${NAME}: targetWidth`, targetWidth, 1);
    checkWhole(`${NAME}: pool`, pool, 1);
    checkChoice(`${NAME}: targetPer`, targetPer, ["step", "sequence"]);
    this.#perStep = targetPer === "step";
    this.#data = checkObject(NAME, data, "data are");
    this.#lengths = this.#checkLengths();
    this.#buckets = new LengthBuckets(this.#lengths, batch, seed, pool, split, room);
    this.count = this.#buckets.count;
  }

  /**
   * Returns batch `i`. `i` counts from 0 and continues through the epochs.
   *
   * @throws ERR_VALUE if `i` is not a whole number from 0
   */
  at(i: number): SequenceBatch<X, Y> {
    checkIndex(`${NAME}.at: i`, i, Number.MAX_SAFE_INTEGER);
    return paddedBatch(this.#data, this.#lengths, this.#buckets.at(i), {
      width: this.#width,
      targetWidth: this.#targetWidth,
      perStep: this.#perStep,
    });
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
        fail(
          `sequence ${i} has ${counted(input.length, "number", "numbers")}, expected a multiple of width ${this.#width}`,
        );
      }
      const expected = (this.#perStep ? steps : 1) * this.#targetWidth;
      if (target.length !== expected) {
        fail(
          `the targets of sequence ${i} have ${counted(target.length, "number", "numbers")}, expected ${expected} for ${steps} steps`,
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
