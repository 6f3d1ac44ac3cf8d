import { shuffled } from "./shuffle.ts";

/**
 * The choice of sequences for each batch. The sequences of a batch have similar lengths (bucketing), so the batch needs little
 * padding. Every sequence comes once per epoch. The order depends only on seed and epoch. If the number of sequences is not a
 * multiple of `batch`, one batch is smaller.
 *
 * Every epoch shuffles all sequences and cuts them into pools of up to `pool` batches. Each pool is sorted by length and
 * cut into batches, like LengthGroupedSampler of Hugging Face's transformers. Then all batches are shuffled. If there are four
 * batches or more, there are at least four pools. With a single pool, every epoch would have almost the same batches.
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
   * @param lengths lengths of the sequences, or any other numbers that should be similar within a batch
   * @param pool maximum number of batches in a pool; if 1, batches do not depend on the lengths
   * @param split changes the batches of the first epoch. Give it only if no other epoch is read.
   */
  constructor(
    lengths: readonly number[],
    batch: number,
    seed: number,
    pool = 50,
    split?: (batches: readonly Int32Array[], lengths: readonly number[]) => readonly Int32Array[],
  ) {
    this.#lengths = lengths;
    this.#batch = batch;
    this.#seed = seed;
    this.#pool = pool;
    this.count = Math.ceil(lengths.length / batch);
    if (split) {
      this.#order = split(this.#shuffle(0), lengths);
      this.#epoch = 0;
      this.count = this.#order.length;
    }
  }

  /** Returns the indices of the sequences in batch `i`, longest first. `i` counts from 0 and continues through the epochs. */
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
