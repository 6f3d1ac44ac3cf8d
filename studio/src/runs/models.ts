import { signal } from "@preact/signals";
import { bestFile, findRun, openShelf } from "./shelf.ts";

/** A model as the pictures use it: the bytes of its file, under a name that changes with the weights. */
export interface Model {
  readonly key: string;
  readonly run: string;
  readonly iteration: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The latest model of each run that is shown. */
const models = signal<ReadonlyMap<string, Model>>(new Map());

/** Returns the model of a run, once it has been read. */
export const modelOf = (run: string): Model | undefined => models.value.get(run);

let version = 0;

export function setModel(run: string, iteration: number, bytes: Uint8Array<ArrayBuffer>): void {
  const key = `${run}@${iteration}.${++version}`;
  models.value = new Map(models.value).set(run, { key, run, iteration, bytes });
}

/** Reads the kept model of a run: that of the best validation. While the run is under way, its latest model takes that place. */
export async function openModel(run: string): Promise<void> {
  await openShelf();
  const bytes = modelOf(run) ? undefined : await bestFile(run);
  if (bytes && !modelOf(run)) showBest(run, bytes);
}

/** Shows the model of the best validation. */
export function showBest(run: string, bytes: Uint8Array<ArrayBuffer>): void {
  setModel(run, findRun(run)?.best?.iteration ?? 0, bytes);
}
