import { evaluationSegments } from "./evaluation-segments.ts";
import { type BatchSize, batchRanges, TextBatches, type TextIds } from "./text-batches.ts";

/** A mini-batch: tokens that a model reads at once, with the targets that it has to predict. */
export interface TokenBatch<Inputs = Int32Array> {
  /** Time steps (T). */
  readonly steps: number;
  /** Time-major: tokens [T, B], or vectors [T, B, width]. */
  readonly inputs: Inputs;
  /** Time-major [T, B], or [B] if each sequence has one target. The loss ignores targets of -100. */
  readonly targets: Int32Array;
  /** Steps of each sequence [B], if sequences start from a zero state. If undefined, the batch continues the previous batch. */
  readonly lengths?: readonly number[];
}

/** A source of training batches. A batch is only valid until the next one is requested, which may overwrite it. */
export interface TrainingBatches<Batch = TokenBatch> {
  /** Number of iterations in an epoch. An epoch reads the training part once. */
  readonly perEpoch: number;
  /** Returns the batch of iteration number `iteration`, counted from 0. The batch depends only on `iteration`. */
  training(iteration: number): Batch;
}

export interface BatchSource extends TrainingBatches {
  /** Returns the batches of a held-out part. There are none if the text is too short. */
  heldOut(part: "validation" | "test"): Iterable<TokenBatch>;
}

/** A function that makes the batches of a held-out part. */
export type HeldOut = () => Iterable<TokenBatch>;

/**
 * Makes the function `heldOut` of a source that has separate validation data and no test data. As a check, reads the first batch
 * of `validation`.
 *
 * @throws the errors of `validation`
 */
export function ownValidation(validation: HeldOut): BatchSource["heldOut"] {
  for (const _ of validation()) break;
  return (part) => (part === "validation" ? validation() : []);
}

/**
 * Makes batches of a text with `TextBatches`: `batch` streams side by side, `seq` steps at a time. The last tenth of every stream
 * is held out: half for validation, half for the test. If `validation` is given, nothing is held out.
 *
 * @throws ERR_DATA if the text is too short, ERR_VALUE if a size is not positive
 */
export function streamSource(ids: TextIds, { batch, seq }: BatchSize, validation?: HeldOut): BatchSource {
  const batches = new TextBatches(ids, { batch, seq });
  const { train, ...rest } = batchRanges(batches.count);
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

/** Yields batches in which every symbol of a text, except the first, is a target once. See `evaluationSegments`. */
export function* textSegments(ids: TextIds, size: { streams: number; seq: number }): Iterable<TokenBatch> {
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
