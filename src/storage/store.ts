import { UnrolledError } from "../errors.ts";
import type { TrainStore } from "../train/train.ts";

const PARTS = ["model", "checkpoint", "data", "notes"] as const;

/** What is kept of a run: `data` is what it was trained on, `notes` whatever the program wants to find again. */
export type Part = (typeof PARTS)[number];

/** @throws ERR_VALUE for one that there is not */
export function checkPart(part: Part): Part {
  if (PARTS.includes(part)) return part;
  throw new UnrolledError("ERR_VALUE", `part is ${String(part)}, expected ${PARTS.join(" or ")}`);
}

/**
 * Where a run is kept beyond a reload or the end of the process; `train()` takes it as its store. A part is saved whole or not
 * at all: where saving fails, what was saved before is still there. All calls throw ERR_FILE with the reason, whose `cause` is
 * what the platform threw, such as a `QuotaExceededError`; ERR_VALUE for a part that there is not.
 */
export interface Store extends TrainStore {
  /** Takes the place of what was saved before. */
  save(part: Part, bytes: Uint8Array): Promise<void>;
  /** What was saved last; undefined where nothing was. */
  load(part: Part): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Deletes all parts. */
  remove(): Promise<void>;
}

/**
 * Opens the store of that name: in browsers an entry of the page's IndexedDB, in Node, Deno and Bun a folder, which is made.
 * Two that are open under one name are the same store.
 *
 * @throws ERR_FILE where nothing can be kept: a page that may not, a folder that cannot be made, a runtime without either
 */
export type OpenStore = (name: string) => Promise<Store>;

/** The two that `train()` calls. */
export const trainStore = (save: Store["save"]): TrainStore => ({
  saveModel: (bytes) => save("model", bytes),
  saveCheckpoint: (bytes) => save("checkpoint", bytes),
});
