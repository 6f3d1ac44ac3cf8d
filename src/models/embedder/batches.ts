import { checkFunction, checkOptions, checkValue, checkWhole } from "../../checks.ts";
import { checkWidth, pad } from "../../data/padded-batch.ts";
import { shuffled } from "../../data/shuffle.ts";
import type { SequenceInput } from "../../data/steps.ts";
import { counted, UnrolledError } from "../../errors.ts";
import { checkLists } from "../../metrics/pairs.ts";
import { show, whole } from "../../schema.ts";
import { type EmbedderPair, pairKeys, type TextPair } from "./pairs.ts";

/** A mini-batch of pairs. Each text must find its partner among all partners in the batch. */
export interface ContrastBatch {
  /** Time steps (T). */
  readonly steps: number;
  /**
   * Token numbers [T, 2 B] or scaled vectors [T, 2 B, features] of B sequences, then of their B partners. Steps past the end of a
   * sequence are 0.
   */
  readonly inputs: Int32Array | Float32Array;
  /** Number of steps of each sequence, [2 B]. */
  readonly lengths: readonly number[];
  /**
   * Mask [B, B] that is added to the logits: -1e9 where two different pairs share a text or a partner, else 0. Both partners of
   * such pairs are right for both texts. The mask keeps a right partner from counting as wrong.
   */
  readonly mask: Float32Array;
}

/** Maximum number of pairs in a batch. All are compared with all, so the mask then has 1 GiB. */
const MAX_BATCH = 16_384;

/** A number far below all logits. If it is added to a logit, the softmax of that logit is 0. */
const APART = -1e9;

/**
 * Tells whether two pairs have the same text or the same partner. Such pairs can exchange their partners: both partners are right
 * for both texts.
 */
export function shareText(a: TextPair, b: TextPair): boolean {
  return a[0] === b[0] || a[1] === b[1];
}

/**
 * Makes batches of numbers from pairs of texts or of sequences of vectors. Each batch has `options.batch` pairs, or all pairs if there are fewer.
 * The seed and the epoch determine the order of the pairs.
 */
export class ContrastBatches<S extends SequenceInput = string> {
  /** Number of pairs in a batch (B). */
  readonly batch: number;
  /** Number of batches per epoch. The last pairs of an epoch are left out if they do not fill a batch. */
  readonly count: number;
  readonly #pairs: readonly EmbedderPair[];
  /** The result of `pairKeys`, made for the first batch: evaluation makes batches only to check its pairs. */
  #keys: readonly TextPair[] | undefined;
  /** Numbers of the first sequence of each pair, then of the second ones. */
  readonly #numbers: readonly (Int32Array | Float32Array)[];
  /** Numbers in a step. */
  readonly #width: number;
  readonly #seed: number | undefined;
  #epoch = -1;
  #order: Int32Array;

  /**
   * Turns pairs of sequences into numbers.
   *
   * @param ids turns a sequence into numbers: those of its tokens [steps], or scaled vectors [steps, width]
   * @param options.seed seed for shuffling the pairs; without a seed, the pairs keep their order
   * @param options.width numbers in a step; default 1
   * @throws ERR_DATA if there are fewer than 2 pairs, or a sequence is empty; ERR_VALUE if an option is invalid
   */
  constructor(
    pairs: readonly (readonly [sequence: S, partner: S])[],
    ids: (sequence: S) => Int32Array | Float32Array,
    options: { batch: number; seed?: number; width?: number },
  ) {
    const { batch, seed, width = 1 } = checkOptions("ContrastBatches", options, "batch seed width");
    checkValue("batch", batch, whole(2, MAX_BATCH));
    checkWhole("width", width, 1);
    if (!(pairs?.length >= 2)) {
      throw new UnrolledError("ERR_DATA", `${counted(pairs?.length, "pair", "pairs")}, expected at least 2`);
    }
    checkLists("pairs", pairs);
    checkFunction("ids", ids);
    this.#numbers = [0, 1].flatMap((side) =>
      pairs.map((pair) => {
        const sequence = pair[side]!;
        const numbers = ids(sequence);
        if (numbers.length) return numbers;
        const [what, step] = Array.isArray(sequence) ? ["sequence", "vectors"] : ["text", "tokens"];
        throw new UnrolledError("ERR_DATA", `a ${what} of a pair is ${show(sequence)}, which has no ${step}`);
      }),
    );
    checkWidth("sequence", this.#numbers, width);
    this.#pairs = pairs;
    this.#width = width;
    this.#seed = seed;
    this.#order = Int32Array.from(pairs.keys());
    this.batch = Math.min(batch, pairs.length);
    this.count = Math.floor(pairs.length / this.batch);
  }

  /** Returns batch number `i`, counted from 0. */
  at(i: number): ContrastBatch {
    const epoch = Math.floor(checkWhole("ContrastBatches.at: i", i) / this.count);
    if (this.#seed !== undefined && epoch !== this.#epoch) {
      this.#order = shuffled(this.#pairs.length, this.#seed, epoch);
      this.#epoch = epoch;
    }
    const place = (i % this.count) * this.batch;
    const chosen = Array.from(this.#order.subarray(place, place + this.batch));
    const both = Int32Array.from([...chosen, ...chosen.map((n) => n + this.#pairs.length)]);
    const lengths = Array.from(both, (n) => this.#numbers[n]!.length / this.#width);
    const steps = lengths.reduce((most, length) => Math.max(most, length), 0);
    const inputs = pad(this.#numbers, both, steps, this.#width, 0);
    this.#keys ??= pairKeys(this.#pairs);
    return { steps, inputs, lengths, mask: maskOf(chosen.map((n) => this.#keys![n]!)) };
  }
}

/** Returns the mask of a batch, see {@link ContrastBatch}. @param pairs the result of `pairKeys` */
export function maskOf(pairs: readonly TextPair[]): Float32Array {
  return Float32Array.from({ length: pairs.length ** 2 }, (_, at) => {
    const [i, j] = [Math.floor(at / pairs.length), at % pairs.length];
    return i !== j && shareText(pairs[i]!, pairs[j]!) ? APART : 0;
  });
}
