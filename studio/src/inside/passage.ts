import type { Run } from "../runs/run.ts";
import { dataFile } from "../runs/shelf.ts";
import { cutPassage } from "./cut-passage.ts";

/** Characters of a passage. */
const LENGTH = 480;

/**
 * Reads a passage of the data that a run learns from.
 *
 * @param share where it begins, as a share of the data
 * @returns undefined if the data are not at hand
 */
export async function passageOf(run: Run, share: number): Promise<string | undefined> {
  const data = await dataFile(run);
  if (!data) return undefined;
  const bytes = 8 * LENGTH;
  const from = Math.floor(Math.max(0, data.size - bytes) * share);
  const piece = await data.slice(from, from + bytes).text();
  return cutPassage(piece, LENGTH) || undefined;
}
