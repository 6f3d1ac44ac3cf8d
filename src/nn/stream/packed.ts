import { checkChoice, checkOptions } from "../../checks.ts";
import { UnrolledError } from "../../errors.ts";
import type { Workspace } from "../../runtime/workspace.ts";

/** Type of the weights of streams: 32-bit floats, or 8-bit integers with a scale for each output. */
export type Dtype = "f32" | "int8";

/** Options of `pack`. */
export interface PackOptions {
  /** Type of the packed weights. */
  dtype?: Dtype;
}

export function checkDtype(what: string, dtype: Dtype): Dtype {
  return checkChoice(`${what}: dtype`, dtype, ["f32", "int8"]);
}

/** Returns the type of the packed weights that options name. @param usual the type if they name none */
export function packedDtype(what: string, options: PackOptions, usual: Dtype = "f32"): Dtype {
  const { dtype = usual } = checkOptions(`${what}.pack`, options, "dtype");
  return checkDtype(`${what}.pack`, dtype);
}

/** An object that allocates blocks of a runtime's memory. `dispose` frees the blocks. */
abstract class Owner {
  /** The runtime in whose memory the blocks are. */
  readonly runtime: Workspace;
  readonly #what: string;
  #disposed = false;

  /** @param what name of the object in the error if it is used after `dispose` */
  constructor(runtime: Workspace, what: string) {
    this.runtime = runtime;
    this.#what = what;
  }

  /**
   * Checks that the object can be used.
   *
   * @throws ERR_DISPOSED after `dispose`
   * @internal
   */
  assertUsable(): void {
    if (!this.#disposed && !this.runtime.disposed) return;
    throw new UnrolledError("ERR_DISPOSED", `the ${this.#what} was disposed; make another`);
  }

  /** Frees the memory. Using the object afterwards throws ERR_DISPOSED. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.free();
  }

  /** Frees all blocks. Only the first `dispose` calls it. */
  protected abstract free(): void;
}

/** Weights that are packed once for any number of streams. Freed by `dispose`. */
export abstract class Packed extends Owner {
  constructor(runtime: Workspace) {
    super(runtime, "packed network");
  }
}

/**
 * Runs packed weights step by step. The stream has states and buffers of its own. Steps allocate nothing. Dispose of a stream
 * before its weights.
 */
export abstract class Stream<P extends Packed | undefined = undefined> extends Owner {
  /** Shared weights, which the stream does not dispose of; undefined if the stream has weights of its own. */
  readonly packed: P;

  constructor(runtime: Workspace, packed: P) {
    super(runtime, "stream");
    packed?.assertUsable();
    this.packed = packed;
  }

  /**
   * Checks that the stream can be used.
   *
   * @throws ERR_DISPOSED after `dispose` of the stream, its weights or their runtime
   * @internal
   */
  override assertUsable(): void {
    this.packed?.assertUsable();
    super.assertUsable();
  }
}
