import { holdOut, type Parts } from "../data/hold-out.ts";
import { listed, shown } from "../errors.ts";
import type { Row } from "../tables/row.ts";
import { optionsFor } from "./notes.ts";
import { compactReading } from "./reading.ts";
import { readParts, type TextSource, withContext } from "./source.ts";
import type { FormatOptions, Reading, Sources } from "./task.ts";

/**
 * The default minimum count of a token. Words and characters that occur less often in the training part are replaced by the
 * unknown symbol. The model thus has examples of the unknown symbol to learn from.
 */
export const DEFAULT_MIN_COUNT = 2;

/** Maximum number of labels that a note names. */
const NAMED = 5;

/** Training examples, and optional validation examples. */
export interface Examples<T> {
  /** Name of the training data in error messages. */
  readonly name: string;
  readonly data: T;
  readonly validation: T | undefined;
  /** Returns where training example `i` is, such as "names.tsv, line 3". */
  place(i: number): string;
}

/** What the first file of a run decides for the files that follow. */
export interface FirstFile {
  /** The names of the fields or columns that it was read from. Other files are read from the same ones if they have them. */
  readonly fields: Reading;
  /** Numbers in a vector; 0 if its sequences have tokens. */
  readonly features: number;
}

/** Returns what a model decides. @param features numbers in a vector that it reads; 0 if it reads tokens */
export const modelReads = (features: number): FirstFile => ({ fields: {}, features });

/** Returns the names of a field in the data that a model was trained on, and in the first file of this run. */
export function earlierNames(
  option: keyof Reading,
  trained: Reading | undefined,
  first: FirstFile | undefined,
): readonly string[] {
  return [trained?.[option], first?.fields[option]].filter((name) => typeof name === "string");
}

/** What a source contains, and how it was read. */
export interface ReadExamples<T> {
  readonly examples: T;
  /** Where the examples are, file by file. */
  readonly files: readonly ExampleRows[];
  readonly reading: Reading;
  readonly first: FirstFile;
}

/**
 * Reads each part of a source by itself, as `readParts` does. The first one that is read decides for the others.
 *
 * @param first what an earlier source has decided
 */
export function readAlike<T extends { readonly first: FirstFile }>(
  source: TextSource,
  first: FirstFile | undefined,
  read: (part: TextSource, note: FormatOptions["note"], first: FirstFile | undefined) => Promise<T>,
  note?: FormatOptions["note"],
): Promise<T[]> {
  let known = first;
  return readParts(
    source,
    async (part, note) => {
      const found = await read(part, note, known);
      const { features = found.first.features, fields = {} } = known ?? {};
      known = { features, fields: Object.keys(fields).length ? fields : found.first.fields };
      return found;
    },
    note,
  );
}

/** Where the examples of a file are. */
export interface ExampleRows {
  /** Name of the file. */
  readonly name: string;
  /** The row in which each example begins. */
  readonly rows: readonly Pick<Row, "place">[];
}

/** Returns where example `i` of several files is, such as "names.tsv, line 3". */
function placeIn(files: readonly ExampleRows[], i: number): string {
  let at = i;
  const file = files.find(({ rows }) => {
    if (at < rows.length) return true;
    at -= rows.length;
    return false;
  })!;
  return `${file.name}, ${file.rows[at]!.place}`;
}

/** Examples to train on and examples to validate on. */
export interface PlacedParts<T> extends Parts<T> {
  /** Returns the place of training example `i` for error messages, such as "names.tsv, line 3". */
  place(i: number): string;
}

/** How examples are held out. */
export interface HoldOutOptions<T> extends Pick<FormatOptions, "note"> {
  /** Minimum number of examples in each part; default 1. */
  readonly least?: number;
  /** What notes call a label; default "label". */
  readonly noun?: string;
  /** Returns the labels of an example. Each label keeps an example to train on, see `holdOut`. Default: there are no labels. */
  readonly labelsOf?: (example: T) => readonly string[];
}

/**
 * Reads the training data of a run, then its validation data if there are any.
 *
 * @param read receives a source, and the options with which it is read
 */
export async function readBoth<T, O extends FormatOptions>(
  sources: Sources,
  options: O,
  read: (source: TextSource, options: O) => Promise<T>,
): Promise<{ readonly data: T; readonly validation: T | undefined }> {
  const { data, validation } = sources;
  const own = (source: TextSource) => read(source, optionsFor(options, source, sources));
  return { data: await own(data), validation: validation && (await own(validation)) };
}

/**
 * Reads the examples of a run. Validation data are read as the training data were.
 *
 * @param trained how the data were read before, if the run is resumed
 * @param read receives how earlier data were read, and what the first file has decided, if there are any
 */
export async function readExamples<T>(
  sources: Sources,
  options: FormatOptions,
  trained: Reading | undefined,
  read: (
    source: TextSource,
    options: FormatOptions,
    trained: Reading | undefined,
    first: FirstFile | undefined,
  ) => Promise<ReadExamples<T>>,
): Promise<Examples<T> & { readonly reading: Reading }> {
  let reading: Reading | undefined;
  let first: FirstFile | undefined;
  const { data, validation } = await readBoth(sources, options, async (source, options) => {
    const found = await read(source, options, reading ?? trained, first);
    reading ??= found.reading;
    first ??= found.first;
    return found;
  });
  const { name } = sources.data;
  return {
    name,
    data: data.examples,
    validation: validation?.examples,
    place: (i) => placeIn(data.files, i),
    reading: compactReading(name, reading!),
  };
}

/**
 * Returns the training part and the validation part of the data. If there are no validation examples, holds out a random tenth
 * of the training examples. Notes name the labels that only the training part has.
 *
 * @param seed chooses the examples that are held out
 * @throws ERR_DATA naming the data if there are too few examples to hold out a tenth
 */
export async function partsOf<T>(
  { name, data, validation, place }: Examples<readonly T[]>,
  seed: number,
  { least, labelsOf, noun = "label", note }: HoldOutOptions<T> = {},
): Promise<PlacedParts<T>> {
  if (validation) return { train: data, validation, place };
  const held = await withContext(name, () => holdOut(data, seed, least, labelsOf));
  const parts = { ...held, place: (i: number) => place(data.indexOf(held.train[i]!)) };
  if (!labelsOf || !note) return parts;
  if (parts.train.length === data.length) {
    const held = parts.validation.length;
    note(
      `each ${noun} has only one example, so ${held === 1 ? "the example" : `the ${held} examples`} for validation ${held === 1 ? "is" : "are"} also trained on; give others with --validation`,
    );
  }
  const validated = new Set(parts.validation.flatMap((example) => labelsOf(example)));
  const others = new Set<string>();
  for (const example of parts.train) {
    for (const label of labelsOf(example)) if (!validated.has(label)) others.add(label);
  }
  if (others.size) note(notValidated([...others].sort(), validated.size + others.size, noun));
  return parts;
}

/** Names labels that no held-out example has. @param all number of all labels */
function notValidated(labels: readonly string[], all: number, noun: string): string {
  const { length } = labels;
  const named = listed(labels.map(shown), NAMED);
  return `${length} of ${all} ${noun}s have no example for validation, so they are not validated: ${named}`;
}
