import { evaluationSegments } from "./evaluation-segments.ts";
import { type BatchSize, splitBatches, TextBatches } from "./text-batches.ts";

/** Tokens that a model reads at once, with what it has to predict. */
export interface TokenBatch<Inputs = Int32Array> {
  /** Time steps (T). */
  readonly steps: number;
  /** Time-major [T, B]; of vectors [T, B, width]. */
  readonly inputs: Inputs;
  /** Time-major [T, B], or [B] where a sequence has one target; -100 does not count. */
  readonly targets: Int32Array;
  /** Steps of each sequence [B], which begins from a zero state; none: the batch goes on where the one before it stopped. */
  readonly lengths?: readonly number[];
}

/** Where the batches of a training run come from. A batch may be overwritten by the next. */
export interface TrainingBatches<Batch = TokenBatch> {
  /** Iterations that read the training part once. */
  readonly perEpoch: number;
  /** The batch of an iteration, counted from 0 on, which depends on nothing else. */
  training(iteration: number): Batch;
}

export interface BatchSource extends TrainingBatches {
  /** The batches of a part that is held out; none where there is too little text for it. */
  heldOut(part: "validation" | "test"): Iterable<TokenBatch>;
}

/** Makes the batches of a part that is held out. */
export type HeldOut = () => Iterable<TokenBatch>;

/** `heldOut` where the validation part is a text of its own, and there is no test part. @throws what `validation` does */
export function ownValidation(validation: HeldOut): BatchSource["heldOut"] {
  for (const _ of validation()) break;
  return (part) => (part === "validation" ? validation() : []);
}

/**
 * A text as `batch` streams side by side, read `seq` steps at a time: see `TextBatches`. The last tenth of every stream is
 * held out, half of it for validation; nothing where there is a `validation` of its own.
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

/** All of a text but its first symbol, once: see `evaluationSegments`. */
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
