import { checkIndex, checkObject, checkOptions, checkWhole } from "../../checks.ts";
import { eachBatch } from "../../data/batches.ts";
import { IGNORED_TARGET } from "../../data/evaluation-segments.ts";
import { LengthBuckets } from "../../data/length-buckets.ts";
import { checkWidth, pad } from "../../data/padded-batch.ts";
import { UnrolledError } from "../../errors.ts";
import { checkLists } from "../../metrics/pairs.ts";
import { halve, READ_STEPS } from "../../network/read.ts";

/** Pairs of sequences as numbers. */
export interface PairIds {
  /** Tokens [steps] or vectors [steps, width] of each source, at least one. */
  readonly sources: readonly (Int32Array | Float32Array)[];
  /** Numbers in a step of a source; default 1. */
  readonly width?: number;
  /** Decoder inputs for each pair: the end symbol, then the target's tokens. */
  readonly inputs: readonly Int32Array[];
  /**
   * Expected decoder outputs for each pair: the target's tokens, then the end symbol. An unknown token is -100, which the loss
   * ignores.
   */
  readonly targets: readonly Int32Array[];
}

/** A mini-batch of pairs. The arrays are time-major. The pair with the longest source is first. */
export interface PairBatch {
  /** Tokens [T_x, B] or vectors [T_x, B, width] of the sources; 0 past the end of a source. */
  readonly sources: Int32Array | Float32Array;
  /** Number of steps in each source, [B]. */
  readonly sourceLengths: readonly number[];
  /** Inputs of the decoder, [T_y, B]; 0 past the end of a sequence. */
  readonly inputs: Int32Array;
  /** Targets of the decoder, [T_y, B]; -100 past the end of a sequence. */
  readonly targets: Int32Array;
  /** Number of decoder inputs for each target, [B]. */
  readonly targetLengths: readonly number[];
  /**
   * Share of the decoder inputs that come from the target; default 1. The model's own predictions replace the other inputs
   * (scheduled sampling).
   */
  readonly teacherForcing?: number;
}

/** Options of {@link PairBatches}. */
export interface PairBatchesOptions {
  /** Pairs per batch (B). */
  batch: number;
  /** Seed of the order; default 1. */
  seed?: number;
  /**
   * Maximum number of batches in a pool; default 50. The pairs of a pool are sorted by length before they are cut into batches.
   * If the number is 1, pairs are put into batches regardless of their lengths.
   */
  pool?: number;
  /**
   * Whether to halve batches with too many steps, with padding: of the sources, of the targets, or 256 times as many weights of an
   * attention. Set it only if one epoch is read. Default false.
   */
  halved?: boolean;
  /** Returns the maximum number of pairs in a batch with pair `i`, at least 1; default `batch`. */
  room?: ((i: number) => number) | undefined;
}

const longestOf = (lengths: readonly number[]) => lengths.reduce((most, length) => Math.max(most, length), 0);

/** Makes batches of pairs of similar lengths. @see SequenceBatches */
export class PairBatches {
  /** Number of batches in an epoch. */
  readonly count: number;
  readonly #ids: PairIds;
  readonly #steps: readonly number[];
  readonly #buckets: LengthBuckets;

  /**
   * Groups pairs by length.
   *
   * @throws ERR_DATA if there is no pair or a source is empty; ERR_VALUE if an option is invalid
   */
  constructor(ids: PairIds, options: PairBatchesOptions) {
    const {
      batch,
      seed = 1,
      pool = 50,
      halved = false,
      room,
    } = checkOptions("PairBatches", options, "batch seed pool halved room");
    checkWhole("PairBatches: batch", batch, 1);
    checkWhole("PairBatches: seed", seed);
    checkWhole("PairBatches: pool", pool, 1);
    const { sources, inputs, targets, width = 1 } = checkObject("PairBatches", ids, "ids are");
    for (const list of [sources, inputs, targets]) checkLists("PairBatches: ids", list);
    checkWhole("PairBatches: width", width, 1);
    if (ids.sources.length === 0) throw new UnrolledError("ERR_DATA", "there are no pairs of sequences");
    const empty = ids.sources.findIndex(({ length }) => length === 0);
    if (empty >= 0) throw new UnrolledError("ERR_DATA", `source ${empty + 1} is empty; leave it out`);
    checkWidth("source", sources, width);
    const steps = sources.map(({ length }) => length / width);
    const longest = longestOf(ids.inputs.map(({ length }) => length));
    // Sorts by the source's length, then by the target's.
    const lengths = steps.map((length, i) => length * (longest + 1) + ids.inputs[i]!.length);
    this.#ids = ids;
    this.#steps = steps;
    const fits = (chosen: Int32Array) => {
      const source = longestOf(Array.from(chosen, (n) => steps[n]!));
      const target = longestOf(Array.from(chosen, (n) => inputs[n]!.length));
      return Math.max(source, target, (source * target) / 256) * chosen.length <= READ_STEPS;
    };
    this.#buckets = new LengthBuckets(
      lengths,
      batch,
      seed,
      pool,
      halved ? (batches) => halve(batches, fits) : undefined,
      room,
    );
    this.count = this.#buckets.count;
  }

  /**
   * Returns batch number `i`, counted from 0. The numbers continue from one epoch to the next.
   *
   * @throws ERR_VALUE if `i` is not a whole number from 0
   */
  at(i: number): PairBatch {
    checkIndex("PairBatches.at: i", i, Number.MAX_SAFE_INTEGER);
    const pairs = this.#buckets.at(i);
    const { sources, inputs, targets, width = 1 } = this.#ids;
    const sourceLengths = Array.from(pairs, (n) => this.#steps[n]!);
    const targetLengths = Array.from(pairs, (n) => inputs[n]!.length);
    const steps = longestOf(targetLengths);
    return {
      sources: pad(sources, pairs, sourceLengths[0]!, width, 0),
      sourceLengths,
      inputs: pad(inputs, pairs, steps, 1, 0),
      targets: pad(targets, pairs, steps, 1, IGNORED_TARGET),
      targetLengths,
    };
  }

  /** Returns the batches of one epoch, which have each pair once. */
  once(): Iterable<PairBatch> {
    return eachBatch(this);
  }
}
