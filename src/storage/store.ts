import { UnrolledError } from "../errors.ts";
import type { TrainStore } from "../train/train.ts";

const PARTS = ["model", "checkpoint", "data", "notes"] as const;

/** A part of a stored run. `data` is the training data. `notes` is free for the program's own use. */
export type Part = (typeof PARTS)[number];

/** Returns the name of the part. @throws ERR_VALUE if there is no part of that name */
export function checkPart(part: Part): Part {
  if (PARTS.includes(part)) return part;
  throw new UnrolledError("ERR_VALUE", `part is ${String(part)}, expected ${PARTS.join(" or ")}`);
}

/**
 * A place that keeps a run beyond a reload or the end of the process. It can be given to `train()` as its store. A part is saved
 * completely or not at all: if saving fails, the previous version is still there.
 *
 * If the platform fails, a call throws ERR_FILE with the reason. Its `cause` is the platform's error, such as a
 * `QuotaExceededError`. A call throws ERR_VALUE if there is no such part.
 */
export interface Store extends TrainStore {
  /** Saves a part in place of its previous version. */
  save(part: Part, bytes: Uint8Array): Promise<void>;
  /** Returns the last saved version of a part, or undefined if there is none. */
  load(part: Part): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Deletes all parts. */
  remove(): Promise<void>;
}

/**
 * Opens the store with a given name. In browsers, it is kept in IndexedDB. In Node, Deno and Bun, it is the folder of that name,
 * which is created if missing. Stores with the same name share their content.
 *
 * @throws ERR_FILE if the page is not allowed to store anything, if the folder cannot be created, or if there is neither
 *   IndexedDB nor a disk
 */
export type OpenStore = (name: string) => Promise<Store>;

/** Makes the two functions that `train()` calls. */
export const trainStore = (save: Store["save"]): TrainStore => ({
  saveModel: (bytes) => save("model", bytes),
  saveCheckpoint: (bytes) => save("checkpoint", bytes),
});
