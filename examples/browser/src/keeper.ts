import type { Run } from "./run.ts";
import { Saved, type SavedRun } from "./saved.ts";
import { type Notice, unkept } from "./words.ts";

/** Keeps the run across a reload. If it cannot, it tells so, and the run continues. */
export class Keeper {
  readonly #tell: (notice: Notice | undefined) => void;
  #saved: Saved | undefined;
  #told = false;

  /** @param tell is called with a notice if the run cannot be kept, and with undefined once it can */
  constructor(tell: (notice: Notice | undefined) => void) {
    this.#tell = tell;
  }

  /** Returns the run from before the reload. */
  async open(): Promise<SavedRun | undefined> {
    try {
      this.#saved = await Saved.open();
      return await this.#saved.load();
    } catch (error) {
      this.#tell({ kind: "warning", title: "A reload will lose the run", text: (error as Error).message });
    }
  }

  begin(data: Blob): Promise<void> {
    return this.#keep((saved) => saved.begin(data));
  }

  /** Saves the checkpoint, then the notes, which may be of later iterations than the checkpoint without harm. */
  saveCheckpoint(run: Run, bytes: Uint8Array): Promise<void> {
    return this.#keep(async (saved) => {
      await saved.saveCheckpoint(bytes);
      await saved.saveNotes(run.notes);
    });
  }

  saveModel(bytes: Uint8Array): Promise<void> {
    return this.#keep((saved) => saved.saveModel(bytes));
  }

  async bestModel(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#saved?.bestModel();
  }

  forget(): Promise<void> {
    return this.#keep((saved) => saved.remove());
  }

  async #keep(save: (saved: Saved) => Promise<void>): Promise<void> {
    if (!this.#saved) return;
    try {
      await save(this.#saved);
      if (this.#told) this.#tell(undefined);
      this.#told = false;
    } catch (error) {
      if (!this.#told) this.#tell(unkept(error));
      this.#told = true;
    }
  }
}
