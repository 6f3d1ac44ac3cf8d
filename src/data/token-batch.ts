import { evaluationSegments } from "./evaluation-segments.ts";
import { type BatchSize, splitBatches, TextBatches } from "./text-batches.ts";

/** A mini-batch: tokens that a model reads at once, with the targets that it has to predict. */
export interface TokenBatch<Inputs = Int32Array> {
  /** Time steps (T). */
  readonly steps: number;
  /** Time-major [T, B]; vectors are [T, B, width]. */
  readonly inputs: Inputs;
  /** Time-major [T, B], or [B] for one target per sequence; -100 does not count. */
  readonly targets: Int32Array;
  /** Steps of each sequence [B], which starts from a zero state. Undefined: the batch continues the state of the last one. */
  readonly lengths?: readonly number[];
}

/** A source of the batches of a training run. A batch may be overwritten by the next. */
export interface TrainingBatches<Batch = TokenBatch> {
  /** Iterations in an epoch, which reads the training part once. */
  readonly perEpoch: number;
  /** Returns the batch of an iteration, counted from 0. It depends only on this number. */
  training(iteration: number): Batch;
}

export interface BatchSource extends TrainingBatches {
  /** Returns the batches of a held-out part; none if there is too little text for it. */
  heldOut(part: "validation" | "test"): Iterable<TokenBatch>;
}

/** A function that makes the batches of a held-out part. */
export type HeldOut = () => Iterable<TokenBatch>;

/** Makes `heldOut` for a separate validation text and no test part. @throws the errors of `validation` */
export function ownValidation(validation: HeldOut): BatchSource["heldOut"] {
  for (const _ of validation()) break;
  return (part) => (part === "validation" ? validation() : []);
}

/**
 * Reads a text as `batch` streams side by side, `seq` steps at a time: see `TextBatches`. The last tenth of every stream is
 * held out, half of it for validation; nothing is held out if there is a separate `validation`.
 *
 * @throws ERR_DATA, ERR_VALUE
 */
export function streamSource(ids: Int32Array, { batch, seq }: BatchSize, validation?: HeldOut): BatchSource {
  const batches = new TextBatches(ids, { batch, seq });
  const { train, ...rest } = splitBatches(batches.count);
  const trained = validation ? batches.count : train.end;
  const make = () => ({
    steps: seq,
    inputs: new Int32Array(batch * seq),
    targets: new Int32Array(batch * seq),
  });
  const fill = (batch: TokenBatch, i: number): TokenBatch => {
    batches.inputs(i, batch.inputs);
    batches.targets(i, batch.targets);
    return batch;
  };
  const buffer = make();
  return {
    perEpoch: trained,
    training: (iteration) => fill(buffer, iteration % trained),
    heldOut: validation
      ? ownValidation(validation)
      : function* (part) {
          const own = make();
          for (let i = rest[part].start; i < rest[part].end; i++) yield fill(own, i);
        },
  };
}

/** Yields batches that predict each symbol of a text except the first, once: see `evaluationSegments`. */
export function* textSegments(ids: Int32Array, size: { streams: number; seq: number }): Iterable<TokenBatch> {
  const segments = evaluationSegments(ids, size);
  for (let i = 0; i < segments.count; i++) {
    const steps = segments.steps(i);
    const inputs = new Int32Array(steps * size.streams);
    const targets = new Int32Array(steps * size.streams);
    segments.inputs(i, inputs);
    segments.targets(i, targets);
    yield { steps, inputs, targets };
  }
}
