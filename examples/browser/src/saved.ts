import { openStore, type Store } from "unrolled/storage";
import type { Losses } from "./history.ts";

/** What a run was asked to be; spec and recipe as `unrolled/worker` takes them. */
export interface Settings {
  readonly spec: {
    readonly cell: string;
    readonly layers: number;
    readonly hidden: number;
    readonly dropout: number;
  };
  readonly recipe: { readonly lr: number; readonly batch: number; readonly seq: number };
  readonly iterations: number;
  /** That train together. */
  readonly threads: number;
}

export interface Sample {
  readonly iteration: number;
  readonly text: string;
}

/** What the page keeps of a run, beside its data and its checkpoint. */
export interface Notes extends Settings {
  readonly name: string;
  /** Iterations there are to be; more than in the settings where the run was made longer. */
  readonly total: number;
  readonly losses: Losses;
  readonly samples: readonly Sample[];
}

export interface SavedRun {
  readonly notes: Notes;
  readonly data: Blob;
  readonly checkpoint: Uint8Array;
}

/** The run of this page in the browser's storage; of several tabs, one has it. */
export class Saved {
  readonly #store: Store;

  private constructor(store: Store) {
    this.#store = store;
  }

  /** @throws ERR_FILE where the browser keeps nothing; an error that says so where another tab has the run */
  static async open(): Promise<Saved> {
    await claim("unrolled page");
    return new Saved(await openStore("this page"));
  }

  /** A new run takes the place of the one before. */
  async begin(data: Blob): Promise<void> {
    navigator.storage?.persist?.(); // asks that the browser does not clear it away by itself
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

  /** That of the smallest validation loss. */
  bestModel(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#store.load("model");
  }

  remove(): Promise<void> {
    return this.#store.remove();
  }
}

/** Waits a moment, since the page before a reload may still have it; keeps it as long as the page lives. */
async function claim(name: string): Promise<void> {
  if (!navigator.locks) return; // only where the page came over https, or from this computer
  await new Promise<void>((resolve, reject) => {
    const taken = () => reject(new Error("Another tab has a run under way; this one will not be kept."));
    const held = () => {
      resolve();
      return new Promise(() => {});
    };
    navigator.locks.request(name, { signal: AbortSignal.timeout(2000) }, held).catch(taken);
  });
}
