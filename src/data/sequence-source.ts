import { counted, UnrolledError } from "../errors.ts";
import { eachBatch } from "./batches.ts";
import { LengthBuckets } from "./length-buckets.ts";
import { paddedBatch, type Sequences } from "./padded-batch.ts";
import { shuffled } from "./shuffle.ts";
import { batchRanges, type TextIds } from "./text-batches.ts";
import { type BatchSource, type HeldOut, ownValidation, type TokenBatch } from "./token-batch.ts";
import type { Vocabulary } from "./vocabulary.ts";

/**
 * Turns the lines of a text into sequences. The first input and the last target of each sequence are a newline, or `<EOS>` if
 * the vocabulary has it. Blank lines are left out.
 *
 * @throws ERR_DATA if the vocabulary has neither a newline nor `<EOS>`
 */
export function lineSequences(ids: TextIds, vocabulary: Vocabulary): Sequences<Int32Array, Int32Array> {
  const newline = vocabulary.endId;
  if (newline === null) {
    throw new UnrolledError("ERR_DATA", "the vocabulary has no newline, so the text has no lines");
  }
  const lines: Int32Array[] = [];
  for (let start = 0, end = 0; start < ids.length; start = end + 1) {
    end = ids.indexOf(newline, start);
    if (end < 0) end = ids.length;
    if (end === start) continue;
    const line = new Int32Array(end - start + 2).fill(newline);
    line.set(ids.subarray(start, end), 1);
    lines.push(line);
  }
  return {
    inputs: lines.map((line) => line.subarray(0, -1)),
    targets: lines.map((line) => line.subarray(1)),
  };
}

/** Returns how many sequences a batch may have with sequence `i`, from the lengths of all. */
type RoomOf = (lengths: readonly number[]) => ((i: number) => number) | undefined;

/** Groups sequences of tokens into batches of similar length. */
function batchesOf(data: Sequences<Int32Array, Int32Array>, batch: number, seed: number, roomOf?: RoomOf) {
  const lengths = data.inputs.map(({ length }) => length);
  const buckets = new LengthBuckets(lengths, batch, seed, undefined, undefined, roomOf?.(lengths));
  return { count: buckets.count, at: (i: number) => paddedBatch(data, lengths, buckets.at(i)) };
}

/** Yields each sequence once, in batches of similar length. @throws ERR_DATA if there are no sequences */
export function* sequencesOnce(data: Sequences<Int32Array, Int32Array>, batch: number): Iterable<TokenBatch> {
  if (!data.inputs.length) throw new UnrolledError("ERR_DATA", "0 sequences, expected at least 1");
  yield* eachBatch(batchesOf(data, batch, 1));
}

/**
 * Makes batches of separate sequences. Each sequence starts from a zero state, and gradients flow through all its steps. The
 * seed chooses a tenth of the sequences to hold out: half for validation, half for the test. If `validation` is given, nothing is
 * held out.
 *
 * @param roomOf returns the maximum number of sequences in a batch with sequence `i`, from the lengths of all to train on
 * @throws ERR_DATA if there are fewer than 2 sequences, ERR_VALUE if `batch` or `seed` is invalid
 */
export function sequenceSource(
  { inputs, targets }: Sequences<Int32Array, Int32Array>,
  { batch, seed }: { batch: number; seed: number },
  validation?: HeldOut,
  roomOf?: RoomOf,
): BatchSource {
  const count = inputs.length;
  if (count < 2) {
    throw new UnrolledError(
      "ERR_DATA",
      `${counted(count, "sequence", "sequences")}, expected at least 2, to train and to validate`,
    );
  }
  const order = shuffled(count, seed);
  const { train, ...rest } = batchRanges(count);
  const part = ({ start, end }: { start: number; end: number }) => {
    const chosen = Array.from(order.subarray(start, end));
    return { inputs: chosen.map((n) => inputs[n]!), targets: chosen.map((n) => targets[n]!) };
  };
  const batches = batchesOf(part(validation ? { start: 0, end: count } : train), batch, seed, roomOf);
  return {
    perEpoch: batches.count,
    training: (iteration) => batches.at(iteration),
    heldOut: validation
      ? ownValidation(validation)
      : (name) => (rest[name].end > rest[name].start ? sequencesOnce(part(rest[name]), batch) : []),
  };
}
