import { checkIndex, checkNumbers, checkOptions, checkThat, checkWhole } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import { checkOut } from "./checks.ts";

/** A text as ids of a vocabulary. Smaller integers save memory. */
export type TextIds = Int32Array | Uint16Array | Uint8Array;

/** @throws ERR_VALUE if a value is no text as ids */
export function checkIds(what: string, ids: TextIds): void {
  const right = [Int32Array, Uint16Array, Uint8Array].some((type) => ids instanceof type);
  checkThat(`${what}: ids`, ids, right, "an Int32Array, Uint16Array or Uint8Array");
}

/** The size of a batch of text. */
export interface BatchSize {
  /** Number of streams side by side (B). */
  batch: number;
  /** Number of time steps in a batch (T). Gradients flow through these steps only. */
  seq: number;
}

/**
 * Batches of one long text for truncated back-propagation through time (BPTT), cut as in char-rnn. The text is shortened to
 * a multiple of `batch * seq` and cut into `batch` contiguous streams. Each batch has `seq` steps of every stream. Stream b of
 * batch i + 1 continues stream b of batch i, so it can start from the state after batch i. The target of an input is the next
 * symbol of the text. The target of the last symbol is the first symbol.
 *
 * @example
 * ```js
 * const ids = Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
 * const batches = new TextBatches(ids, { batch: 2, seq: 3 });
 * const [inputs, targets] = [new Int32Array(6), new Int32Array(6)];
 * batches.inputs(0, inputs);
 * batches.targets(0, targets);
 * console.log(inputs.join(" ")); // 0 6 1 7 2 8
 * console.log(targets.join(" ")); // 1 7 2 8 3 9
 * ```
 */
export class TextBatches {
  /** Number of streams side by side (B). */
  readonly batch: number;
  /** Number of time steps in a batch (T). */
  readonly seq: number;
  /** Number of batches, at least 2: one to train on and one to validate. */
  readonly count: number;
  readonly #ids: TextIds;

  /**
   * Cuts a text into batches.
   *
   * @param ids the text as ids of a vocabulary
   * @throws UnrolledError `ERR_DATA` if there are too few `ids` for two batches, `ERR_VALUE` if a size is not positive.
   */
  constructor(ids: TextIds, size: BatchSize) {
    const { batch, seq } = checkOptions("TextBatches", size, "batch seq");
    checkWhole("TextBatches: batch", batch, 1);
    checkWhole("TextBatches: seq", seq, 1);
    checkIds("TextBatches", ids);
    const elements = batch * seq;
    const count = Math.floor(ids.length / elements);
    if (count < 2) {
      throw new UnrolledError(
        "ERR_DATA",
        `${ids.length} symbols, expected at least ${2 * elements}: 2 batches of ${batch} x ${seq}; use more text, or a smaller batch or seq`,
      );
    }
    this.batch = batch;
    this.seq = seq;
    this.count = count;
    this.#ids = ids.subarray(0, count * elements);
  }

  /** Writes the inputs of batch `i` to `out`, time-major [seq, batch]. */
  inputs(i: number, out: Int32Array): void {
    this.#write("inputs", i, 0, out);
  }

  /** Writes the targets of batch `i` to `out`, time-major [seq, batch]. */
  targets(i: number, out: Int32Array): void {
    this.#write("targets", i, 1, out);
  }

  #write(what: "inputs" | "targets", i: number, shift: 0 | 1, out: Int32Array): void {
    const { batch, seq, count } = this;
    checkIndex(`TextBatches.${what}: i`, i, count);
    checkOut(`TextBatches.${what}: out`, out, seq, batch);
    const ids = this.#ids;
    for (let b = 0; b < batch; b++) {
      const start = (b * count + i) * seq + shift;
      for (let t = 0; t < seq; t++) out[t * batch + b] = ids[start + t]!;
    }
    if (shift === 1 && i === count - 1) out[seq * batch - 1] = ids[0]!;
  }
}

/** A range of batches, from `start` to `end` - 1. */
export interface BatchRange {
  /** Number of the first batch. */
  readonly start: number;
  /** Number of the last batch, plus 1. */
  readonly end: number;
}

/** The fractions of a text for training and validation. The rest is for the test. */
export interface SplitFractions {
  /** Fraction to train on. Default 0.9. */
  train?: number;
  /** Fraction to validate on. Default 0.05. The rest is for the test. */
  validation?: number;
}

/**
 * Cuts `count` batches into train, validation and test, in this order. The fractions are rounded down, but training
 * and validation get at least one batch each.
 *
 * @throws UnrolledError `ERR_DATA` if there are fewer than 2 batches, `ERR_VALUE` if a fraction is negative or the sum of the
 *   fractions is above 1.
 */
export function splitBatches(
  count: number,
  fractions: SplitFractions = {},
): { train: BatchRange; validation: BatchRange; test: BatchRange } {
  const { train = 0.9, validation = 0.05 } = checkOptions("splitBatches", fractions, "train validation");
  checkNumbers("splitBatches", [count, train, validation]);
  if (!(train >= 0 && validation >= 0 && train + validation <= 1)) {
    throw new UnrolledError(
      "ERR_VALUE",
      `splitBatches: train ${train} and validation ${validation}, expected fractions with a sum of at most 1`,
    );
  }
  if (!(count >= 2)) {
    throw new UnrolledError(
      "ERR_DATA",
      `splitBatches: ${count} batches, expected at least 2, to train and to validate`,
    );
  }
  return batchRanges(count, train, validation);
}

/** Does what {@link splitBatches} does, without checks. */
export function batchRanges(count: number, train = 0.9, validation = 0.05): ReturnType<typeof splitBatches> {
  const validated = Math.min(Math.max(1, Math.floor(count * validation)), count - 1);
  const trained = Math.min(Math.max(1, Math.floor(count * train)), count - validated);
  const tested = trained + validated;
  return {
    train: { start: 0, end: trained },
    validation: { start: trained, end: tested },
    test: { start: tested, end: count },
  };
}
