import { checkFunction, checkOptions, checkValue, checkWhole } from "../../checks.ts";
import { shuffled } from "../../data/shuffle.ts";
import { UnrolledError } from "../../errors.ts";
import { checkLists } from "../../metrics/pairs.ts";
import { show, whole } from "../../schema.ts";
import type { TextPair } from "./pairs.ts";

/** A mini-batch of pairs. Each text must find its partner among all partners in the batch. */
export interface ContrastBatch {
  /** Time steps (T). */
  readonly steps: number;
  /** Token numbers of B texts, then of their B partners, [T, 2 B]. Steps past the end of a sequence are 0. */
  readonly inputs: Int32Array;
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
 * Makes batches of token numbers from pairs of texts. Each batch has `options.batch` pairs, or all pairs if there are fewer.
 * The seed and the epoch determine the order of the pairs.
 */
export class ContrastBatches {
  /** Number of pairs in a batch (B). */
  readonly batch: number;
  /** Number of batches per epoch. The last pairs of an epoch are left out if they do not fill a batch. */
  readonly count: number;
  readonly #pairs: readonly TextPair[];
  /** Token numbers of the two texts of each pair. */
  readonly #ids: readonly (readonly Int32Array[])[];
  readonly #seed: number | undefined;
  #epoch = -1;
  #order: Int32Array;

  /**
   * Turns pairs of texts into token numbers.
   *
   * @param ids turns a text into token numbers
   * @param options.seed seed for shuffling the pairs; without a seed, the pairs keep their order
   * @throws ERR_DATA if there are fewer than 2 pairs, or a text has no tokens; ERR_VALUE if an option is invalid
   */
  constructor(
    pairs: readonly TextPair[],
    ids: (text: string) => Int32Array,
    options: { batch: number; seed?: number },
  ) {
    const { batch, seed } = checkOptions("ContrastBatches", options, "batch seed");
    checkValue("batch", batch, whole(2, MAX_BATCH));
    if (!(pairs?.length >= 2)) {
      throw new UnrolledError("ERR_DATA", `${pairs?.length ?? "no"} pairs, expected at least 2`);
    }
    checkLists("pairs", pairs);
    checkFunction("ids", ids);
    this.#ids = pairs.map((pair) =>
      pair.map((text) => {
        const tokens = ids(text);
        if (tokens.length) return tokens;
        throw new UnrolledError("ERR_DATA", `a text of a pair is ${show(text)}, which has no tokens`);
      }),
    );
    this.#pairs = pairs;
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
    const pairs = chosen.map((n) => this.#pairs[n]!);
    const texts = [0, 1].flatMap((side) => chosen.map((n) => this.#ids[n]![side]!));
    const lengths = texts.map(({ length }) => length);
    const steps = lengths.reduce((most, length) => Math.max(most, length), 0);
    const inputs = new Int32Array(steps * texts.length);
    texts.forEach((ids, b) => {
      ids.forEach((id, t) => {
        inputs[t * texts.length + b] = id;
      });
    });
    return { steps, inputs, lengths, mask: maskOf(pairs) };
  }
}

/** Returns the mask of a batch, see {@link ContrastBatch}. */
export function maskOf(pairs: readonly TextPair[]): Float32Array {
  return Float32Array.from({ length: pairs.length ** 2 }, (_, at) => {
    const [i, j] = [Math.floor(at / pairs.length), at % pairs.length];
    return i !== j && shareText(pairs[i]!, pairs[j]!) ? APART : 0;
  });
}
