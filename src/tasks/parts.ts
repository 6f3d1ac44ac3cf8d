import { holdOut, type Parts } from "../data/hold-out.ts";
import { compactReading } from "./reading.ts";
import { type TextSource, withContext } from "./source.ts";
import type { Reading, Sources } from "./task.ts";

/**
 * The default minimum count of a token. Words and characters that occur less often in the training part are replaced by the
 * unknown symbol. The model thus has examples of the unknown symbol to learn from.
 */
export const DEFAULT_MIN_COUNT = 2;

/** Training examples, and optional validation examples. */
export interface Examples<T> {
  /** Name of the training data in error messages. */
  readonly name: string;
  readonly data: T;
  readonly validation: T | undefined;
}

/** What a source contains, and how it was read. */
export interface ReadExamples<T> {
  readonly examples: T;
  readonly reading: Reading;
}

/** Reads the training data of a run, then its validation data if there are any. */
export async function readBoth<T>(
  { data, validation }: Sources,
  read: (source: TextSource) => Promise<T>,
): Promise<Examples<T>> {
  return {
    name: data.name,
    data: await read(data),
    validation: validation && (await read(validation)),
  };
}

/**
 * Reads the examples of a run. Validation data are read as the training data were.
 *
 * @param trained how the data were read before, if the run is resumed
 * @param read receives how earlier data were read, if there are any
 */
export async function readExamples<T>(
  sources: Sources,
  trained: Reading | undefined,
  read: (source: TextSource, trained: Reading | undefined) => Promise<ReadExamples<T>>,
): Promise<Examples<T> & { readonly reading: Reading }> {
  let reading = trained;
  const { name, data, validation } = await readBoth(sources, async (source) => {
    const found = await read(source, reading);
    reading ??= found.reading;
    return found.examples;
  });
  return { name, data, validation, reading: compactReading(name, reading!) };
}

/**
 * Returns the training part and the validation part of the data. If there are no validation examples, holds out a random tenth
 * of the training examples.
 *
 * @param seed chooses the examples that are held out
 * @param least minimum number of examples in each part if a tenth is held out; default 1
 * @throws ERR_DATA naming the data if there are too few examples to hold out a tenth
 */
export async function partsOf<T>(
  { name, data, validation }: Examples<readonly T[]>,
  seed: number,
  least?: number,
): Promise<Parts<T>> {
  return validation ? { train: data, validation } : withContext(name, () => holdOut(data, seed, least));
}
