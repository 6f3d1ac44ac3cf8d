import { openStore, type Part } from "unrolled/storage";
import { inTurn } from "./in-turn.ts";
import type { Run } from "./run.ts";

// Each run has a store of the package for its model, checkpoint, data and notes, and one for its latest model. One more store lists
// the runs.

/** A file of a run. `model` has the weights of the best validation, `latest` the last ones. */
export type RunFile = "model" | "latest" | "checkpoint" | "data";

/** The ids of the runs, the latest first. */
export interface Index {
  readonly runs: readonly string[];
  /** Deleted runs whose files are still there, so that the deletion can be undone. */
  readonly deleted: readonly string[];
}

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const decode = <T>(bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes)) as T;

/** An older version must not replace a newer one, so files are written one after the other. */
const write = inTurn();

const save = (name: string, part: Part, bytes: Uint8Array) =>
  write(async () => (await openStore(`studio-${name}`)).save(part, bytes));
const load = async (name: string, part: Part) => (await openStore(`studio-${name}`)).load(part);
const remove = (name: string) => write(async () => (await openStore(`studio-${name}`)).remove());

const placeOf = (id: string, file: RunFile): [name: string, part: Part] =>
  file === "latest" ? [`${id}-latest`, "model"] : [id, file];

export const saveFile = (id: string, file: RunFile, bytes: Uint8Array) => save(...placeOf(id, file), bytes);
export const loadFile = (id: string, file: RunFile) => load(...placeOf(id, file));
export const saveRun = (run: Run) => save(run.id, "notes", encode(run));
export const saveIndex = (index: Index) => save("index", "notes", encode(index));

/** Removes the files of runs. */
export async function removeRuns(ids: readonly string[]): Promise<void> {
  for (const id of ids) await Promise.all([remove(id), remove(`${id}-latest`)]);
}

/** Reads all runs, the latest first, and removes the files of those that were deleted. */
export async function loadRuns(): Promise<Run[]> {
  const bytes = await load("index", "notes");
  if (!bytes) return [];
  const { runs, deleted } = decode<Index>(bytes);
  await removeRuns(deleted);
  if (deleted.length) await saveIndex({ runs, deleted: [] });
  const notes = await Promise.all(runs.map((id) => load(id, "notes")));
  return notes.flatMap((bytes) => (bytes ? [decode<Run>(bytes)] : []));
}
