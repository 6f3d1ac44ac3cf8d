import { shuffled } from "./shuffle.ts";

/**
 * The choice of sequences for each batch. The sequences of a batch have similar lengths (bucketing), so the batch needs little
 * padding. Every sequence comes once per epoch. The order depends only on seed and epoch. If the number of sequences is not a
 * multiple of `batch`, one batch is smaller.
 *
 * Every epoch shuffles all sequences and cuts them into pools of up to `pool` batches. Each pool is sorted by length and
 * cut into batches, like LengthGroupedSampler of Hugging Face's transformers. Then all batches are shuffled. If there are four
 * batches or more, there are at least four pools. With a single pool, every epoch would have almost the same batches.
 *
 * Sequences for which a batch has less room are set apart. They form the same batches in every epoch, longest first.
 */
export class LengthBuckets {
  /** Number of batches in an epoch. */
  readonly count: number;
  readonly #lengths: readonly number[];
  readonly #batch: number;
  readonly #seed: number;
  readonly #pool: number;
  /** The sequences that are not set apart. */
  readonly #usual: Int32Array;
  /** The batches of those that are set apart. */
  readonly #apart: readonly Int32Array[];
  #epoch = -1;
  #order: readonly Int32Array[] = [];

  /**
   * @param lengths lengths of the sequences, or any other numbers that should be similar within a batch
   * @param pool maximum number of batches in a pool; if 1, batches do not depend on the lengths
   * @param split changes the batches of the first epoch. Give it only if no other epoch is read.
   * @param room the maximum number of sequences in a batch with sequence `i`; default `batch`
   */
  constructor(
    lengths: readonly number[],
    batch: number,
    seed: number,
    pool = 50,
    split?: (batches: readonly Int32Array[], lengths: readonly number[]) => readonly Int32Array[],
    room: (i: number) => number = () => batch,
  ) {
    this.#lengths = lengths;
    this.#batch = batch;
    this.#seed = seed;
    this.#pool = pool;
    const all = Int32Array.from(lengths.keys());
    this.#usual = all.filter((i) => room(i) >= batch);
    const apart = all.filter((i) => room(i) < batch).sort((a, b) => lengths[b]! - lengths[a]!);
    this.#apart = cutByRoom(apart, room);
    this.count = Math.ceil(this.#usual.length / batch) + this.#apart.length;
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
    const order = shuffled(this.#usual.length, this.#seed, epoch).map((i) => this.#usual[i]!);
    const usual = this.count - this.#apart.length;
    const size = this.#batch * Math.max(1, Math.min(this.#pool, Math.floor(usual / 4)));
    for (let start = 0; start < order.length; start += size) {
      order.subarray(start, start + size).sort((a, b) => this.#lengths[b]! - this.#lengths[a]!);
    }
    return Array.from(
      shuffled(this.count, this.#seed, epoch, 1),
      (i) => this.#apart[i - usual] ?? order.slice(i * this.#batch, (i + 1) * this.#batch),
    );
  }
}

/** Cuts sequences into batches that have no more than each of their sequences has room for. */
function cutByRoom(sequences: Int32Array, room: (i: number) => number): Int32Array[] {
  const batches: number[][] = [];
  let most = 0;
  for (const i of sequences) {
    const last = batches.at(-1);
    most = Math.min(most, room(i));
    if (last && last.length < most) last.push(i);
    else {
      batches.push([i]);
      most = room(i);
    }
  }
  return batches.map((batch) => Int32Array.from(batch));
}
