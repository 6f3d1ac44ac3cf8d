/** Batches by number. */
export interface Batches<Batch> {
  /** Number of batches in an epoch. */
  readonly count: number;
  /** Returns batch `i`, counted from 0. */
  at(i: number): Batch;
}

/** Yields the batches of the first epoch, once each. */
export function* eachBatch<Batch>(batches: Batches<Batch>): Generator<Batch, void, undefined> {
  for (let i = 0; i < batches.count; i++) yield batches.at(i);
}
