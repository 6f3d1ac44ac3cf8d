import { UnrolledError } from "../errors.ts";
import type { Runtime } from "../runtime/runtime.ts";

/** Weights packed once, which any number of streams read. Freed by `dispose`. */
export abstract class Packed {
  readonly runtime: Runtime;
  #disposed = false;

  constructor(runtime: Runtime) {
    this.runtime = runtime;
  }

  /** @throws ERR_DISPOSED after `dispose` */
  assertUsable(): void {
    if (this.#disposed || this.runtime.disposed) {
      throw new UnrolledError("ERR_DISPOSED", "the packed weights were disposed; pack() them anew");
    }
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.free();
  }

  /** Gives all blocks back; called once. */
  protected abstract free(): void;
}
