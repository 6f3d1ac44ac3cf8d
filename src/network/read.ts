import { type Batches, eachBatch } from "../data/batches.ts";
import type { Module } from "../nn/module.ts";

/** Number of sequences in a batch that is read outside training. */
export const READ = 64;

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
