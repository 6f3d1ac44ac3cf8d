import { type Batches, eachBatch } from "../data/batches.ts";
import { UnrolledError } from "../errors.ts";
import type { Module } from "../nn/module.ts";

/** Number of sequences in a batch that is read outside training. */
export const READ = 64;

/**
 * Maximum number of steps of such a batch, with padding: about 1 GB of memory for a tagger with 128 units in both directions. A
 * sequence that is longer is a batch of its own.
 */
export const READ_STEPS = 0x4_0000; // 2^18

/** Halves the batches that do not fit, until they do or have one sequence. */
export function halve(
  batches: readonly Int32Array[],
  fits: (chosen: Int32Array) => boolean,
): readonly Int32Array[] {
  return batches.flatMap((chosen) => {
    if (chosen.length === 1 || fits(chosen)) return [chosen];
    const half = chosen.length >> 1;
    return halve([chosen.subarray(0, half), chosen.subarray(half)], fits);
  });
}

/** Halves the batches that have more than READ_STEPS steps with padding. The longest sequence of a batch is the first. */
export const halveLong = (batches: readonly Int32Array[], lengths: readonly number[]) =>
  halve(batches, (chosen) => lengths[chosen[0]!]! * chosen.length <= READ_STEPS);

/**
 * Calls `read`, which reads a batch.
 *
 * @param what the longest sequence of the batch, such as "text 3", for the error
 * @param steps its number of steps
 * @throws ERR_MEMORY naming the sequence and `cut` if the batch does not fit into the memory; other errors of `read`
 */
export function fitting<T>(what: string, steps: number, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof UnrolledError) || cause.code !== "ERR_MEMORY") throw cause;
    const problem = `${what} is too long to read: its ${steps} tokens need more memory than WebAssembly has`;
    throw new UnrolledError(
      "ERR_MEMORY",
      `${problem}; shorten it with cut (--cut N keeps the first N tokens)`,
      { cause },
    );
  }
}

/**
 * Reads sequences batch by batch in inference mode, without recording for back-propagation.
 *
 * @param use turns a batch into a result for each of its sequences
 * @returns the results in the order of the sequences
 */
export function readInBatches<Batch extends { readonly sequences: Int32Array }, T>(
  model: Module,
  batches: Batches<Batch>,
  use: (batch: Batch) => readonly T[],
): T[] {
  const { runtime: rt } = model;
  const results: T[] = [];
  model.inference(() => {
    for (const batch of eachBatch(batches)) {
      rt.noGrad(() => rt.scope(() => use(batch))).forEach((result, b) => {
        results[batch.sequences[b]!] = result;
      });
    }
  });
  return results;
}
