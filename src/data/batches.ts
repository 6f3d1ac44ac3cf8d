/** Batches by number. */
export interface Batches<Batch> {
  /** Number of batches in an epoch. */
  readonly count: number;
  /** Batch number `i` from 0 on. */
  at(i: number): Batch;
}

/** Gives the batches of the first epoch, once each. */
export function* eachBatch<Batch>(batches: Batches<Batch>): Generator<Batch, void, undefined> {
  for (let i = 0; i < batches.count; i++) yield batches.at(i);
}
