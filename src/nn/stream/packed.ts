import { UnrolledError } from "../../errors.ts";
import type { Runtime } from "../../runtime/runtime.ts";

/** Blocks of a runtime's memory with one owner, which frees them by `dispose`. */
abstract class Owner {
  readonly runtime: Runtime;
  readonly #afterwards: string;
  #disposed = false;

  /** @param afterwards what errors say after `dispose` */
  constructor(runtime: Runtime, afterwards: string) {
    this.runtime = runtime;
    this.#afterwards = afterwards;
  }

  /** @throws ERR_DISPOSED after `dispose` */
  assertUsable(): void {
    if (this.#disposed || this.runtime.disposed) throw new UnrolledError("ERR_DISPOSED", this.#afterwards);
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.free();
  }

  /** Gives all blocks back; called once. */
  protected abstract free(): void;
}

/** Weights packed once, which any number of streams read. Freed by `dispose`. */
export abstract class Packed extends Owner {
  constructor(runtime: Runtime) {
    super(runtime, "the packed weights were disposed; pack() them anew");
  }
}

/**
 * What runs step by step over packed weights: states, and room for what a step calculates, so that it allocates nothing. Closed by
 * `dispose`, before its weights.
 */
export abstract class Stream<P extends Packed | undefined = undefined> extends Owner {
  /** What the stream reads and others dispose of; undefined if all is its own. */
  readonly packed: P;

  constructor(runtime: Runtime, packed: P) {
    super(runtime, "the stream was disposed; open another with stream()");
    packed?.assertUsable();
    this.packed = packed;
  }

  /** @throws ERR_DISPOSED after `dispose`, of the stream, its weights or their runtime */
  override assertUsable(): void {
    this.packed?.assertUsable();
    super.assertUsable();
  }
}
