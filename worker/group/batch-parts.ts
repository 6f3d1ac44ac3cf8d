import { UnrolledError } from "../../src/errors.ts";
import type { Forecaster } from "../../src/models/forecaster/model.ts";
import type { WindowBatch } from "../../src/models/forecaster/windows.ts";
import type { GeneratorBatch } from "../../src/models/generator/model.ts";
import type { LabelBatch } from "../../src/models/labels/batches.ts";
import type { Spellings } from "../../src/models/labels/spellings.ts";
import type { PairBatch } from "../../src/models/sequence-to-sequence/batches.ts";
import type { TaskModel } from "../../src/network/model.ts";
import { takeColumns } from "./columns.ts";

/** Some of the sequences of a batch. */
export interface BatchPart {
  readonly batch: unknown;
  /** Which of them these are. */
  readonly columns: readonly number[];
}

/** A batch of the chosen sequences of one of B. */
type Take<Batch> = (batch: Batch, B: number, chosen: readonly number[]) => Batch;

/** Batches of tokens or vectors, with or without lengths, and what else lies beside them. */
type Sequences = Omit<LabelBatch, "lengths" | "sequences"> & Partial<LabelBatch & GeneratorBatch>;

const takeSequences: Take<Sequences> = (batch, B, chosen) => {
  const { inputs, targets, conditions, spellings } = batch;
  const lengths = batch.lengths && chosen.map((b) => batch.lengths![b]!);
  const steps = lengths?.[0] ?? batch.steps; // longest first
  const rows = targets.length / B; // 1 where a sequence has one target
  return {
    steps,
    inputs: takeColumns(inputs, batch.steps, B, chosen, steps),
    targets: takeColumns(targets, rows, B, chosen, Math.min(rows, steps)),
    ...(lengths && { lengths }),
    ...(conditions && { conditions: takeColumns(conditions, 1, B, chosen) }),
    ...(spellings && { spellings: takeSpellings(spellings, B, chosen, lengths!) }),
  };
};

/** Of the words, those that are left. */
function takeSpellings(
  { words, lengths, characters }: Spellings,
  B: number,
  chosen: readonly number[],
  steps: readonly number[],
): Spellings {
  const left = takeColumns(words, words.length / B, B, chosen, steps[0]);
  const read = left.filter((_, at) => Math.floor(at / chosen.length) < steps[at % chosen.length]!);
  const used = [...new Set(read)].sort((a, b) => a - b); // longest first, as they were
  const places = new Map(used.map((word, place) => [word, place]));
  const W = lengths.length;
  return {
    words: left.map((word) => places.get(word) ?? 0),
    lengths: used.map((word) => lengths[word]!),
    characters: takeColumns(characters, characters.length / W, W, used, lengths[used[0]!]),
  };
}

const takePairs: Take<PairBatch> = (batch, B, chosen) => {
  const { sources, inputs, targets } = batch;
  const sourceLengths = chosen.map((b) => batch.sourceLengths[b]!);
  const targetLengths = chosen.map((b) => batch.targetLengths[b]!);
  const [steps, targetSteps] = [sourceLengths[0]!, Math.max(...targetLengths)];
  const takeTargets = (ids: Int32Array) => takeColumns(ids, ids.length / B, B, chosen, targetSteps);
  return {
    ...batch,
    sources: takeColumns(sources, sources.length / B, B, chosen, steps),
    sourceLengths,
    inputs: takeTargets(inputs),
    targets: takeTargets(targets),
    targetLengths,
  };
};

const takeWindows: Take<WindowBatch> = ({ steps, inputs, targets }, B, chosen) => ({
  steps,
  inputs: takeColumns(inputs, steps, B, chosen),
  targets: takeColumns(targets, steps, B, chosen),
});

// biome-ignore lint/suspicious/noExplicitAny: the batches of each task
type TakeAny = Take<any>;

/** By task. An embedder has none: its loss compares all sequences of a batch with each other. */
const TAKE: Readonly<Record<string, TakeAny>> = {
  "language-model": takeSequences,
  classifier: takeSequences,
  tagger: takeSequences,
  generator: takeSequences,
  "encoder-decoder": takePairs,
  autoencoder: takePairs,
  forecaster: takeWindows,
};

/** @throws ERR_VALUE where the sequences of a batch do not train apart from each other */
export function checkDivisible(model: TaskModel): void {
  const { task } = model.spec;
  const alone = "it cannot be trained by several threads: give 1";
  if (!TAKE[task]) {
    throw new UnrolledError(
      "ERR_VALUE",
      `the loss of the task ${task} compares the sequences of a batch; ${alone}`,
    );
  }
  if (Object.keys(model.stateDict()).length > Object.keys(model.parameters()).length) {
    throw new UnrolledError(
      "ERR_VALUE",
      `the model has batch normalisation, whose statistics are those of whole batches; ${alone}, or choose another norm`,
    );
  }
}

/**
 * A batch in parts: sequence b belongs to part b % parts, so that all have as many sequences, but for one, and as long ones. There
 * are fewer parts where there are fewer sequences.
 */
export function divideBatch(model: TaskModel, batch: unknown, parts: number): BatchPart[] {
  const B = countSequences(model, batch as Sequences & PairBatch);
  const take = TAKE[model.spec.task]!;
  return Array.from({ length: Math.min(parts, B) }, (_, part) => {
    const columns = Array.from({ length: Math.ceil((B - part) / parts) }, (_, i) => part + i * parts);
    return { batch: take(batch, B, columns), columns };
  });
}

function countSequences(model: TaskModel, { lengths, sourceLengths, inputs, steps }: Sequences & PairBatch) {
  const known = lengths ?? sourceLengths;
  return known ? known.length : inputs.length / steps / ((model as Forecaster).coding?.inputs ?? 1);
}
