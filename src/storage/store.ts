import { UnrolledError } from "../errors.ts";
import type { TrainStore } from "../train/train.ts";

const PARTS = ["model", "checkpoint", "data", "notes"] as const;

/** A part of a stored run: `data` is the training data, `notes` is free for the program's own use. */
export type Part = (typeof PARTS)[number];

/** @throws ERR_VALUE if there is no such part */
export function checkPart(part: Part): Part {
  if (PARTS.includes(part)) return part;
  throw new UnrolledError("ERR_VALUE", `part is ${String(part)}, expected ${PARTS.join(" or ")}`);
}

/**
 * A place that keeps a run beyond a reload or the end of the process; `train()` takes it as its store. A part is saved
 * completely or not at all: if saving fails, the previous version is still there. All calls throw ERR_FILE with the reason and
 * with the platform's error as `cause`, such as a `QuotaExceededError`, and ERR_VALUE if there is no such part.
 */
export interface Store extends TrainStore {
  /** Replaces the previous version. */
  save(part: Part, bytes: Uint8Array): Promise<void>;
  /** Returns the last saved version; undefined if there is none. */
  load(part: Part): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Deletes all parts. */
  remove(): Promise<void>;
}

/**
 * Opens the store with a given name: an IndexedDB entry in browsers; a folder in Node, Deno and Bun, created if missing. Stores
 * with the same name share their content.
 *
 * @throws ERR_FILE if nothing can be stored: the page is not allowed to, the folder cannot be created, or the runtime has neither
 */
export type OpenStore = (name: string) => Promise<Store>;

/** Makes the two functions that `train()` calls. */
export const trainStore = (save: Store["save"]): TrainStore => ({
  saveModel: (bytes) => save("model", bytes),
  saveCheckpoint: (bytes) => save("checkpoint", bytes),
});
