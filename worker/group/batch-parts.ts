import { UnrolledError } from "../../src/errors.ts";
import type { Spellings } from "../../src/models/labels/spellings.ts";
import type { BatchLayout, TaskModel } from "../../src/network/model.ts";
import { type Numbers, takeColumns } from "./columns.ts";

/** A part of a batch. It contains some of the sequences. */
export interface BatchPart {
  readonly batch: unknown;
  /** The indices of these sequences in the whole batch. */
  readonly columns: readonly number[];
}

/** A batch as named fields. A `BatchLayout` describes the shape of the fields. */
type Fields = Readonly<Record<string, unknown>>;
type Layout = BatchLayout<Fields>;

function lengthsOf(batch: Fields, field = ""): readonly number[] | undefined {
  return batch[field] as readonly number[] | undefined;
}

const longestOf = (lengths: readonly number[]) => lengths.reduce((most, length) => Math.max(most, length), 0);

/** Copies the chosen sequences out of a batch of B sequences. */
function takeSequences(batch: Fields, layout: Layout, B: number, chosen: readonly number[]): Fields {
  const { steps, sequences = [], distinct = {} } = layout;
  const part: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(batch)) if (typeof value === "number") part[field] = value;
  // `steps` are those of the first field; others may have their own, such as the target of a translation.
  const [main] = Object.values(steps);
  for (const [field, by = ""] of Object.entries(steps)) {
    const array = batch[field] as Numbers | undefined;
    if (!array) continue;
    const lengths = lengthsOf(batch, by);
    const all = lengths ? longestOf(lengths) : ((batch.steps as number | undefined) ?? array.length / B);
    const rows = array.length === B ? 1 : all;
    const left = lengths && chosen.map((b) => lengths[b]!);
    const longest = left ? longestOf(left) : rows;
    part[field] = takeColumns(array, rows, B, chosen, Math.min(rows, longest));
    if (!left) continue;
    part[by] = left;
    if (batch.steps && by === main) part.steps = longest;
  }
  for (const field of sequences) {
    const array = batch[field] as Numbers | undefined;
    if (array) part[field] = takeColumns(array, 1, B, chosen);
  }
  for (const [field, by] of Object.entries(distinct)) {
    const items = batch[field] as Spellings | undefined;
    if (items) part[field] = takeSpellings(items, B, chosen, lengthsOf(part, by)!);
  }
  return part;
}

/** Copies the spellings of the words that the chosen sequences contain. */
function takeSpellings(
  { words, lengths, characters }: Spellings,
  B: number,
  chosen: readonly number[],
  steps: readonly number[],
): Spellings {
  const left = takeColumns(words, words.length / B, B, chosen, steps[0]);
  const read = left.filter((_, at) => Math.floor(at / chosen.length) < steps[at % chosen.length]!);
  const used = [...new Set(read)].sort((a, b) => a - b); // words are numbered by length, the longest word first
  const places = new Map(used.map((word, place) => [word, place]));
  const W = lengths.length;
  return {
    words: left.map((word) => places.get(word) ?? 0),
    lengths: used.map((word) => lengths[word]!),
    characters: takeColumns(characters, characters.length / W, W, used, lengths[used[0]!]),
  };
}

/** Checks that batches can be divided. @throws ERR_VALUE if training makes the sequences of a batch depend on each other */
export function checkDivisible(model: TaskModel): void {
  const { task } = model.spec;
  const alone = "it cannot be trained by several threads: set workers to 1";
  if (!model.batchLayout) {
    throw new UnrolledError(
      "ERR_VALUE",
      `the loss of the task ${task} compares the sequences of a batch; ${alone}`,
    );
  }
  if (Object.keys(model.stateDict()).length > Object.keys(model.parameters()).length) {
    throw new UnrolledError(
      "ERR_VALUE",
      `the model has batch normalisation, whose statistics need whole batches; ${alone}, or choose another norm`,
    );
  }
}

/**
 * Divides a batch into parts. Sequence b belongs to part b % parts. The numbers of sequences in the parts thus differ by at most
 * one. The sequences of a batch are sorted by length, so each part gets long and short sequences. If the batch has fewer
 * sequences than `parts`, there is one part for each sequence.
 */
export function divideBatch({ batchLayout }: TaskModel, batch: unknown, parts: number): BatchPart[] {
  const layout = batchLayout as Layout;
  const fields = batch as Fields;
  const B = countSequences(fields, layout);
  return Array.from({ length: Math.min(parts, B) }, (_, part) => {
    const columns = Array.from({ length: Math.ceil((B - part) / parts) }, (_, i) => part + i * parts);
    return { batch: takeSequences(fields, layout, B, columns), columns };
  });
}

function countSequences(batch: Fields, { steps, width = 1 }: Layout): number {
  const [field, by] = Object.entries(steps)[0]!;
  const { length } = batch[field] as Numbers;
  return lengthsOf(batch, by)?.length ?? length / (batch.steps as number) / width;
}
