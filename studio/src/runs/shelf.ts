import { signal } from "@preact/signals";
import { closeAbout, tell } from "../ui/notices.tsx";
import { unkept } from "../ui/words.ts";
import type { Run } from "./run.ts";
import * as store from "./store.ts";

/** All runs, the latest first. */
export const runs = signal<readonly Run[]>([]);

/** Runs that were deleted during this visit. Their files are removed at the next one. */
export const deletedRuns = signal<readonly Run[]>([]);

/** Whether the runs of earlier visits have been read. */
export const loaded = signal(false);

export const findRun = (id: string) => runs.value.find((run) => run.id === id);

/** Whether another tab has the studio open, and with it the runs. */
export const elsewhere = signal(false);

/** Whether runs are kept in the browser; not in a second tab, or if the browser refuses. */
let keeping = false;

/** Reads the runs of earlier visits. Resolves in any case. */
async function readShelf(): Promise<void> {
  try {
    elsewhere.value = !(await claim("unrolled studio"));
    if (!elsewhere.value) await readRuns();
  } catch (error) {
    tell({ kind: "warning", title: "A reload will lose your runs", text: (error as Error).message });
  }
  loaded.value = true;
}

async function readRuns(): Promise<void> {
  const kept = await store.loadRuns();
  runs.value = kept.map((run) =>
    run.state === "training" ? { ...run, state: "stopped", interrupted: true } : run,
  );
  keeping = true;
}

let reading: Promise<void> | undefined;

/** Opens the shelf, once. What changes runs has to wait for it. */
export const openShelf = (): Promise<void> => {
  reading ??= readShelf();
  return reading;
};

/** Files that the browser has not taken yet, by run and file. They last as long as the page. */
const unkeptFiles = new Map<string, Uint8Array<ArrayBuffer>>();

/** Functions that close the notices of runs that are not kept. */
const told = new Map<string, () => void>();

/** Longest name of a run in characters. Names of files can be longer. */
export const LONGEST_NAME = 80;

/** Returns a name that is not too long to be read. */
export function shortName(name: string): string {
  const characters = [...name.trim()];
  return characters.length <= LONGEST_NAME
    ? name.trim()
    : `${characters.slice(0, LONGEST_NAME - 1).join("")}…`;
}

/** Does what keeps a run. If the browser refuses, says so once for each run. @returns whether it is kept */
async function keep(id: string, work: () => Promise<void>): Promise<boolean> {
  if (!keeping) return false;
  try {
    await work();
    return true;
  } catch (error) {
    if (!told.has(id)) told.set(id, tell(unkept(findRun(id)?.name ?? "A run", error), { about: id }));
    return false;
  }
}

/** Keeps a file of a run. @returns whether it outlasts the page */
export async function keepFile(
  id: string,
  file: store.RunFile,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const name = `${id}/${file}`;
  unkeptFiles.set(name, bytes);
  const kept = await keep(id, () => store.saveFile(id, file, bytes));
  if (kept && unkeptFiles.get(name) === bytes) unkeptFiles.delete(name);
  return kept;
}

export async function fileOf(id: string, file: store.RunFile): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return unkeptFiles.get(`${id}/${file}`) ?? (keeping ? store.loadFile(id, file) : undefined);
}

/** Returns the data of a run as a file; undefined if they are not here. */
export async function dataFile({ id, dataName }: Run): Promise<File | undefined> {
  const bytes = await fileOf(id, "data");
  return bytes && new File([bytes], dataName);
}

/** Returns the model of the best validation, or the latest one if there was no validation yet. */
export const bestFile = async (id: string) => (await fileOf(id, "model")) ?? fileOf(id, "latest");

const index = (): store.Index => {
  const ids = (some: readonly Run[]) => some.map(({ id }) => id);
  return { runs: ids(runs.value), deleted: ids(deletedRuns.value) };
};

const keepIndex = (id: string) => keep(id, () => store.saveIndex(index()));

/** Adds a run. Its name gets a number if there is such a name already. */
export async function addRun(run: Run): Promise<void> {
  navigator.storage?.persist?.(); // asks the browser not to delete the runs on its own
  // A link that is opened again brings back the run that was deleted; it must not be removed at the next visit.
  deletedRuns.value = deletedRuns.value.filter(({ id }) => id !== run.id);
  runs.value = [{ ...run, name: freeName(run.name) }, ...runs.value];
  await keepRun(run.id);
  await keepIndex(run.id);
}

/** Changes fields of a run, on the page only. `keepRun` makes it last. */
export function changeRun(id: string, change: Partial<Run>): void {
  runs.value = runs.value.map((run) => (run.id === id ? { ...run, ...change } : run));
}

export async function keepRun(id: string): Promise<void> {
  const run = findRun(id);
  if (run) await keep(id, () => store.saveRun(run));
}

export async function renameRun(id: string, name: string): Promise<void> {
  changeRun(id, { name: freeName(name, id) });
  await keepRun(id);
}

/** Deletes a run, and offers to take it back: in a notice, and on the page of runs until the next visit. */
export async function deleteRun(id: string): Promise<void> {
  const run = findRun(id);
  if (!run) return;
  closeAbout(id);
  runs.value = runs.value.filter((one) => one !== run);
  deletedRuns.value = [run, ...deletedRuns.value];
  const close = tell(
    { kind: "info", title: "Deleted", text: run.name },
    { action: { name: "Take back", run: () => void undeleteRun(id) } },
  );
  closeOf.set(id, close);
  await keepIndex(id);
}

/** Closes the notice of a deletion. */
const closeOf = new Map<string, () => void>();

export async function undeleteRun(id: string): Promise<void> {
  const run = deletedRuns.value.find((one) => one.id === id);
  if (!run) return;
  closeOf.get(id)?.();
  deletedRuns.value = deletedRuns.value.filter((one) => one !== run);
  runs.value = [...runs.value, { ...run, name: freeName(run.name) }].sort((a, b) => b.created - a.created);
  await keepRun(id);
  await keepIndex(id);
}

/**
 * Removes the files of deleted runs, which cannot be taken back then. With the room that this frees, files that the browser did
 * not take before are kept.
 */
export async function emptyDeleted(): Promise<void> {
  const gone = deletedRuns.value.map(({ id }) => id);
  for (const id of gone) closeOf.get(id)?.();
  deletedRuns.value = [];
  if (!keeping) return;
  await store.removeRuns(gone);
  for (const close of told.values()) close();
  told.clear();
  await store.saveIndex(index());
  for (const [name, bytes] of [...unkeptFiles]) {
    const [id, file] = name.split("/") as [string, store.RunFile];
    if (findRun(id)) await keepFile(id, file, bytes);
  }
  for (const { id } of runs.value) await keepRun(id);
}

/** Returns `name`, or with a number if another run has it: charts tell runs apart by their names. */
function freeName(name: string, own?: string): string {
  const taken = new Set(runs.value.filter(({ id }) => id !== own).map(({ name }) => name));
  const short = shortName(name);
  let free = short;
  for (let number = 2; taken.has(free); number++) free = `${short} ${number}`;
  return free;
}

/**
 * Takes the lock for the life of the page. Waits a moment, since the page from before a reload may still have it.
 *
 * @returns false if another tab has it
 */
function claim(name: string): Promise<boolean> {
  const { locks } = navigator;
  if (!locks) return Promise.resolve(true); // exists only on https and localhost
  return new Promise((resolve) => {
    const held = () => {
      resolve(true);
      return new Promise(() => {});
    };
    locks.request(name, { signal: AbortSignal.timeout(2000) }, held).catch(() => resolve(false));
  });
}
