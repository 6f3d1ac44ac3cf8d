import { checkInstance } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import type { TrainStore } from "../train/train.ts";

const PARTS = ["model", "checkpoint", "data", "notes"] as const;

/** A part of a stored training run. `data` is the training data. `notes` is anything that the program wants to store. */
export type Part = (typeof PARTS)[number];

/** Returns `part`. @throws ERR_VALUE if it is not the name of a part */
export function checkPart(part: Part): Part {
  if (PARTS.includes(part)) return part;
  throw new UnrolledError("ERR_VALUE", `part is ${String(part)}, expected ${PARTS.join(" or ")}`);
}

/**
 * Returns `bytes`.
 *
 * @param name what the bytes are, for the error
 * @throws ERR_VALUE if they are not a Uint8Array, or if they were transferred to another thread
 */
export function checkBytes(name: string, bytes: Uint8Array): Uint8Array {
  checkInstance(name, bytes, Uint8Array, "a Uint8Array");
  try {
    bytes.keys();
  } catch (cause) {
    throw new UnrolledError("ERR_VALUE", `${name}: they were transferred to another thread`, { cause });
  }
  return bytes;
}

/**
 * A place that stores a training run. The run survives a reload of the page and the end of the process. You can pass a store to
 * `train()`. A part is saved completely or not at all. If saving fails, the previous version stays.
 *
 * If the disk or the browser refuses a call, the call throws ERR_FILE with the reason. The error's `cause` is the original
 * error, such as a `QuotaExceededError`. A call throws ERR_VALUE if it is given an unknown part, or bytes that are
 * not a Uint8Array.
 */
export interface Store extends TrainStore {
  /** Saves a part. `bytes` replaces the previous version of the part. */
  save(part: Part, bytes: Uint8Array): Promise<void>;
  /** Returns the last saved version of a part, or undefined if there is none. */
  load(part: Part): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Deletes all parts. */
  remove(): Promise<void>;
}

/**
 * Opens the store with a given name. In browsers, the store is in IndexedDB. In Node, Deno and Bun, the name is the path of a
 * folder, which is created if missing. Stores with the same name share their content.
 *
 * @throws ERR_FILE if the page is not allowed to store anything, if the folder cannot be created, or if there is neither
 *   IndexedDB nor a disk
 *
 * @example
 * ```js
 * import { openStore } from "unrolled/storage";
 *
 * const store = await openStore("my-run");
 * await store.save("notes", new TextEncoder().encode("tuned by hand"));
 * const notes = await store.load("notes");
 * console.log(new TextDecoder().decode(notes)); // tuned by hand
 * await store.remove();
 * console.log(await store.load("notes")); // undefined
 * ```
 */
export type OpenStore = (name: string) => Promise<Store>;

/** Makes the two functions that `train()` calls, from the store's `save`. */
export const trainStore = (save: Store["save"]): TrainStore => ({
  saveModel: (bytes) => save("model", bytes),
  saveCheckpoint: (bytes) => save("checkpoint", bytes),
});
