import { shuffled } from "../../data/shuffle.ts";
import type { TrainingBatches } from "../../data/token-batch.ts";
import { counted, UnrolledError } from "../../errors.ts";
import type { Series } from "./series.ts";

/** A mini-batch of windows. A window is a number of consecutive rows of a series. */
export interface WindowBatch {
  /** Time steps (T). */
  readonly steps: number;
  /** The network's inputs, [T, B, inputs]. */
  readonly inputs: Float32Array;
  /** The network's targets, [T, B, outputs]. */
  readonly targets: Float32Array;
}

/** A translation of rows into the inputs and targets of a network. */
export interface WindowCoding {
  /** Number of the network's inputs for a row. */
  readonly inputs: number;
  /** Number of the network's outputs for a row: one for each target column and each number of steps ahead. */
  readonly outputs: number;
  /** How many rows ahead the targets reach. */
  readonly reach: number;
  /** Writes the network's inputs for a row to the array `into`. The first input goes to index `at`. */
  read(values: Float64Array, row: number, into: Float32Array, at: number): void;
  /** Writes the network's targets for a row to the array `into`. The first target goes to index `at`. */
  expect(values: Float64Array, row: number, into: Float32Array, at: number): void;
}

/** Maximum numbers of a batch, inputs and targets together: 1 GiB. Training needs several times as much. */
const MAX_BATCH = 0x1000_0000; // 2^28

/** Minimum number of iterations in an epoch. Otherwise an epoch of a short series would have only a few iterations. */
const SHORTEST_EPOCH = 50;

/**
 * Makes batches of windows of `seq` rows. The last `coding.reach` rows of the series are only forecast: they are in no window,
 * because not all of their targets are known. If fewer than `seq` rows remain, they form a single window. The seed and the
 * iteration number determine the order of the windows. Every window is used once before any is used again. An epoch uses every
 * window at least once, and has at least 50 iterations.
 *
 * @throws ERR_DATA if the series has no more than `coding.reach` rows; ERR_MEMORY if a batch has more than 2^28 numbers
 */
export function windowSource(
  { rows, values }: Series,
  coding: WindowCoding,
  { batch: B, seq, seed }: { batch: number; seq: number; seed: number },
): TrainingBatches<WindowBatch> {
  const { inputs: I, outputs: O, reach } = coding;
  if (rows <= reach) {
    throw new UnrolledError(
      "ERR_DATA",
      `${counted(rows, "row", "rows")} for training, but forecasts reach ${reach} ahead: expected at least ${reach + 1} rows; use more rows or a shorter horizon`,
    );
  }
  const steps = Math.min(seq, rows - reach);
  const windows = rows - reach - steps + 1;
  const numbers = steps * B * (I + O);
  if (numbers > MAX_BATCH) {
    throw new UnrolledError(
      "ERR_MEMORY",
      `a batch of ${B} windows of ${steps} rows has ${numbers} numbers, expected at most ${MAX_BATCH}; use a smaller batch or seq`,
    );
  }
  let batch: WindowBatch | undefined; // made when the first is asked for, since a checkpoint that is opened may need none
  let round = -1;
  let order: Int32Array = new Int32Array();
  const start = (n: number) => {
    const wanted = Math.floor(n / windows);
    if (wanted !== round) order = shuffled(windows, seed, wanted);
    round = wanted;
    return order[n % windows]!;
  };
  return {
    perEpoch: Math.max(SHORTEST_EPOCH, Math.ceil(windows / B)),
    training(iteration) {
      batch ??= { steps, inputs: new Float32Array(steps * B * I), targets: new Float32Array(steps * B * O) };
      for (let b = 0; b < B; b++) {
        const first = start(iteration * B + b);
        for (let t = 0; t < steps; t++) {
          coding.read(values, first + t, batch.inputs, (t * B + b) * I);
          coding.expect(values, first + t, batch.targets, (t * B + b) * O);
        }
      }
      return batch;
    },
  };
}
