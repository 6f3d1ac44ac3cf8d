import type { LanguageModelSpec } from "unrolled";
import { openStore, type Store } from "unrolled/storage";
import type { Losses } from "./history.ts";

/** The settings of a run; spec and recipe are those of `unrolled/worker`. */
export interface Settings {
  readonly spec: Pick<LanguageModelSpec, "cell" | "layers" | "hidden" | "dropout">;
  readonly recipe: { readonly lr: number; readonly batch: number; readonly seq: number };
  readonly iterations: number;
  /** Number of threads that train together. */
  readonly threads: number;
}

export interface Sample {
  readonly iteration: number;
  readonly text: string;
}

/** The notes that the page keeps of a run, in addition to its data and its checkpoint. */
export interface Notes extends Settings {
  readonly name: string;
  /** Number of iterations; more than in the settings if the run was extended. */
  readonly total: number;
  readonly losses: Losses;
  readonly samples: readonly Sample[];
}

export interface SavedRun {
  readonly notes: Notes;
  readonly data: Blob;
  readonly checkpoint: Uint8Array;
}

/** The run of this page in the browser's storage, which only one tab can use at a time. */
export class Saved {
  readonly #store: Store;

  private constructor(store: Store) {
    this.#store = store;
  }

  /** @throws ERR_FILE if the browser stores nothing, or an error that says that another tab has the run */
  static async open(): Promise<Saved> {
    await claim("unrolled page");
    return new Saved(await openStore("this page"));
  }

  /** Replaces the stored run with a new one. */
  async begin(data: Blob): Promise<void> {
    navigator.storage?.persist?.(); // asks the browser not to delete it on its own
    await this.#store.remove();
    await this.#store.save("data", new Uint8Array(await data.arrayBuffer()));
  }

  async load(): Promise<SavedRun | undefined> {
    const parts = ["notes", "data", "checkpoint"] as const;
    const [notes, data, checkpoint] = await Promise.all(parts.map((part) => this.#store.load(part)));
    if (!(notes && data && checkpoint)) return undefined;
    const read = JSON.parse(new TextDecoder().decode(notes)) as Notes;
    return { notes: read, data: new File([data], read.name), checkpoint };
  }

  saveNotes(notes: Notes): Promise<void> {
    return this.#store.save("notes", new TextEncoder().encode(JSON.stringify(notes)));
  }

  saveCheckpoint(bytes: Uint8Array): Promise<void> {
    return this.#store.saveCheckpoint(bytes);
  }

  saveModel(bytes: Uint8Array): Promise<void> {
    return this.#store.saveModel(bytes);
  }

  /** Returns the model of the smallest validation loss. */
  bestModel(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#store.load("model");
  }

  remove(): Promise<void> {
    return this.#store.remove();
  }
}

/** Takes the lock for the life of the page. Waits a moment, since the page from before a reload may still have it. */
async function claim(name: string): Promise<void> {
  if (!navigator.locks) return; // exists only on https and localhost
  await new Promise<void>((resolve, reject) => {
    const taken = () => reject(new Error("Another tab has a run, so the run of this tab will not be kept."));
    const held = () => {
      resolve();
      return new Promise(() => {});
    };
    navigator.locks.request(name, { signal: AbortSignal.timeout(2000) }, held).catch(taken);
  });
}
