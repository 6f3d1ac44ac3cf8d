import { holdOut, type Parts } from "../data/hold-out.ts";
import type { TextSource } from "./source.ts";
import type { Sources } from "./task.ts";

/**
 * Words and characters that occur less often than this in the training part are replaced by the unknown symbol, so that the
 * model has examples of that symbol to learn from.
 */
export const DEFAULT_MIN_COUNT = 2;

/** Examples to learn from, and optional examples to validate with. */
export interface Examples<T> {
  readonly data: T;
  readonly validation: T | undefined;
}

/** Reads the data of a run, then its validation data. */
export async function readBoth<T>(
  { data, validation }: Sources,
  read: (source: TextSource) => Promise<T>,
): Promise<Examples<T>> {
  return { data: await read(data), validation: validation && (await read(validation)) };
}

/**
 * Returns the parts of the data. If there are no validation examples, holds out a random tenth that the seed chooses.
 *
 * @param least see `holdOut`
 * @throws ERR_DATA
 */
export function partsOf<T>(
  { data, validation }: Examples<readonly T[]>,
  seed: number,
  least?: number,
): Parts<T> {
  return validation ? { train: data, validation } : holdOut(data, seed, least);
}
