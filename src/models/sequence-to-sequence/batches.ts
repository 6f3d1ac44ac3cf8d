import { checkOptions, checkWhole } from "../../checks.ts";
import { eachBatch } from "../../data/batches.ts";
import { checkIndex } from "../../data/checks.ts";
import { IGNORED_TARGET } from "../../data/evaluation-segments.ts";
import { LengthBuckets } from "../../data/length-buckets.ts";
import { pad } from "../../data/sequence-batches.ts";
import { UnrolledError } from "../../errors.ts";

/** Pairs of sequences as numbers. */
export interface PairIds {
  /** Tokens of each source, one at least. */
  readonly sources: readonly Int32Array[];
  /** What a decoder is fed with, the symbol that ends sequences first, then the target's tokens. */
  readonly inputs: readonly Int32Array[];
  /** What it has to predict: the target's tokens and the symbol that ends it; -100 does not count. */
  readonly targets: readonly Int32Array[];
}

/** Pairs side by side, time-major, longest source first. */
export interface PairBatch {
  /** [T_x, B], 0 behind the end of a source. */
  readonly sources: Int32Array;
  /** Tokens of each source, [B]. */
  readonly sourceLengths: readonly number[];
  /** [T_y, B], 0 behind the end. */
  readonly inputs: Int32Array;
  /** [T_y, B], -100 behind the end. */
  readonly targets: Int32Array;
  /** Inputs of each decoder, [B]. */
  readonly targetLengths: readonly number[];
  /** Share of the inputs that stay; the others are the model's own predictions (scheduled sampling). Default 1. */
  readonly teacherForcing?: number;
}

export interface PairBatchesOptions {
  /** Pairs side by side (B). */
  batch: number;
  /** Seed of the order; default 1. */
  seed?: number;
  /** Most batches that are sorted by length together; default 50. 1: what is in a batch has nothing to do with its length. */
  pool?: number;
}

/** Batches of pairs of similar lengths, @see SequenceBatches */
export class PairBatches {
  /** Number of batches in an epoch. */
  readonly count: number;
  readonly #ids: PairIds;
  readonly #buckets: LengthBuckets;

  /** @throws ERR_DATA where there is no pair, or a source is empty; ERR_VALUE */
  constructor(ids: PairIds, options: PairBatchesOptions) {
    const { batch, seed = 1, pool = 50 } = checkOptions("PairBatches", options, "batch seed pool");
    checkWhole("PairBatches: batch", batch, 1);
    checkWhole("PairBatches: seed", seed);
    checkWhole("PairBatches: pool", pool, 1);
    if (ids.sources.length === 0) throw new UnrolledError("ERR_DATA", "there are no pairs of sequences");
    const empty = ids.sources.findIndex(({ length }) => length === 0);
    if (empty >= 0) throw new UnrolledError("ERR_DATA", `source ${empty + 1} is empty; leave it out`);
    const longest = ids.inputs.reduce((most, { length }) => Math.max(most, length), 0);
    // By the source's length, those of equal length by the target's.
    const lengths = ids.sources.map(({ length }, i) => length * (longest + 1) + ids.inputs[i]!.length);
    this.#ids = ids;
    this.#buckets = new LengthBuckets(lengths, batch, seed, pool);
    this.count = this.#buckets.count;
  }

  /** Batch number `i` from 0 on; an epoch's last is followed by the first of the next epoch. */
  at(i: number): PairBatch {
    checkIndex("PairBatches.at: i", i, Number.MAX_SAFE_INTEGER);
    const pairs = this.#buckets.at(i);
    const { sources, inputs, targets } = this.#ids;
    const lengthsOf = (all: readonly Int32Array[]) => Array.from(pairs, (n) => all[n]!.length);
    const [sourceLengths, targetLengths] = [lengthsOf(sources), lengthsOf(inputs)];
    const steps = Math.max(...targetLengths);
    return {
      sources: pad(sources, pairs, sourceLengths[0]!, 1, 0),
      sourceLengths,
      inputs: pad(inputs, pairs, steps, 1, 0),
      targets: pad(targets, pairs, steps, 1, IGNORED_TARGET),
      targetLengths,
    };
  }

  /** All pairs once. */
  once(): Iterable<PairBatch> {
    return eachBatch(this);
  }
}
