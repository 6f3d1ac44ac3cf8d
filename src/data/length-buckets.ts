import { shuffled } from "./shuffle.ts";

/**
 * Which sequences make each batch, of similar length (bucketing), so that little of it is padding. Every epoch shuffles all
 * sequences, sorts each pool of up to `pool` batches (at least four pools, or the same sequences would always meet) by length,
 * cuts it into batches and shuffles these, as LengthGroupedSampler of Hugging Face's transformers. Every sequence comes
 * once an epoch, in an order that depends on seed and epoch alone; one batch may be smaller.
 */
export class LengthBuckets {
  /** Number of batches in an epoch. */
  readonly count: number;
  readonly #lengths: readonly number[];
  readonly #batch: number;
  readonly #seed: number;
  readonly #pool: number;
  #epoch = -1;
  #order: readonly Int32Array[] = [];

  /**
   * @param lengths of the sequences, or any numbers that those of one batch should have in common
   * @param pool most batches that are sorted together; 1: what is in a batch has nothing to do with its length
   */
  constructor(lengths: readonly number[], batch: number, seed: number, pool = 50) {
    this.#lengths = lengths;
    this.#batch = batch;
    this.#seed = seed;
    this.#pool = pool;
    this.count = Math.ceil(lengths.length / batch);
  }

  /** The sequences of batch `i` from 0 on, longest first; an epoch's last is followed by the first of the next epoch. */
  at(i: number): Int32Array {
    const epoch = Math.floor(i / this.count);
    if (epoch !== this.#epoch) this.#order = this.#shuffle(epoch);
    this.#epoch = epoch;
    return this.#order[i % this.count]!;
  }

  #shuffle(epoch: number): Int32Array[] {
    const order = shuffled(this.#lengths.length, this.#seed, epoch);
    const size = this.#batch * Math.max(1, Math.min(this.#pool, Math.floor(this.count / 4)));
    for (let start = 0; start < order.length; start += size) {
      order.subarray(start, start + size).sort((a, b) => this.#lengths[b]! - this.#lengths[a]!);
    }
    return Array.from(shuffled(this.count, this.#seed, epoch, 1), (i) =>
      order.slice(i * this.#batch, (i + 1) * this.#batch),
    );
  }
}
