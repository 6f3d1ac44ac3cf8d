import { holdOut, type Parts } from "../data/hold-out.ts";
import type { TextSource } from "./source.ts";
import type { Sources } from "./task.ts";

/** Examples to learn from, and those to validate with if they are given. */
export interface Examples<T> {
  readonly data: T;
  readonly validation: T | undefined;
}

/** Reads the data of a run, then what it validates with. */
export async function readBoth<T>(
  { data, validation }: Sources,
  read: (source: TextSource) => Promise<T>,
): Promise<Examples<T>> {
  return { data: await read(data), validation: validation && (await read(validation)) };
}

/** Without examples to validate with, holds out a tenth of the others by the seed. @param least as of `holdOut` @throws ERR_DATA */
export function partsOf<T>(
  { data, validation }: Examples<readonly T[]>,
  seed: number,
  least?: number,
): Parts<T> {
  return validation ? { train: data, validation } : holdOut(data, seed, least);
}
