/** Batches that are found by their number. */
export interface Batches<Batch> {
  /** Number of batches in an epoch. */
  readonly count: number;
  /** Returns batch `i`, counted from 0. */
  at(i: number): Batch;
}

/** Yields each batch of the first epoch once. */
export function* eachBatch<Batch>(batches: Batches<Batch>): Generator<Batch, void, undefined> {
  for (let i = 0; i < batches.count; i++) yield batches.at(i);
}
