import { UnrolledError } from "../../errors.ts";
import type { Runtime } from "../../runtime/runtime.ts";

/** Blocks of a runtime's memory with one owner, which frees them by `dispose`. */
abstract class Owner {
  readonly runtime: Runtime;
  #disposed = false;

  constructor(runtime: Runtime) {
    this.runtime = runtime;
  }

  /** @throws ERR_DISPOSED after `dispose` */
  assertUsable(): void {
    if (this.#disposed || this.runtime.disposed)
      throw new UnrolledError("ERR_DISPOSED", this.disposedMessage);
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.free();
  }

  protected abstract get disposedMessage(): string;

  /** Gives all blocks back; called once. */
  protected abstract free(): void;
}

/** Weights packed once, which any number of streams read. Freed by `dispose`. */
export abstract class Packed extends Owner {
  protected override get disposedMessage(): string {
    return "the packed weights were disposed; pack() them anew";
  }
}

/**
 * What runs step by step over packed weights: states, and room for what a step calculates, so that it allocates nothing. Closed by
 * `dispose`, before its weights.
 */
export abstract class Stream extends Owner {
  protected override get disposedMessage(): string {
    return "the stream was disposed; open another with stream()";
  }
}
