import { UnrolledError } from "../errors.ts";
import { Heap } from "./heap.ts";
import type { Kernels, RunKernels } from "./kernels.ts";
import type { Build } from "./load.ts";
import type { Plan } from "./plan.ts";
import { Random } from "./random.ts";
import type { Variant } from "./variant.ts";

/**
 * The kernels, their memory and the blocks allocated in the memory. Operations use it to work with addresses. It is all that running
 * a packed model needs.
 */
export class Workspace<K extends RunKernels = RunKernels> {
  /** The build of the kernels that the runtime uses. */
  readonly variant: Variant;
  /** The random numbers of this runtime. Their state is a seed and a position. */
  readonly random: Random;
  #memory: WebAssembly.Memory;
  /** The kernels; null after `dispose`. @internal */
  protected held: K | null;
  #heap: Heap;
  /** The blocks that the running operation has allocated. Null if no operation is running. */
  #frame: Frame | null = null;

  /** @internal */
  constructor({ variant, memory, kernels }: Build<K>, seed: number) {
    this.variant = variant;
    this.random = new Random(seed);
    this.#memory = memory;
    this.held = kernels;
    this.#heap = new Heap(memory, kernels.heap_base());
  }

  /** Whether the runtime was disposed, so that it can no longer be used. */
  get disposed(): boolean {
    return this.held === null;
  }

  /**
   * Size of the memory in bytes. `used` is the part that tensors and models use. `total` is the size of the whole WebAssembly
   * memory.
   */
  get memory(): { used: number; total: number } {
    return { used: this.#heap.used, total: this.#memory.buffer.byteLength };
  }

  /** Releases the kernels and the memory. */
  dispose(): void {
    this.held = null;
    this.#memory = new WebAssembly.Memory({ initial: 0 });
    this.#heap = new Heap(this.#memory, 0);
  }

  /** The kernels. @throws ERR_DISPOSED after `dispose` @internal */
  get kernels(): K {
    if (!this.held) throw new UnrolledError("ERR_DISPOSED", "the runtime was disposed");
    return this.held;
  }

  /** Makes a plan of the calls of kernels in `fn`. Only a `Runtime` can. @internal */
  plan?(fn: () => void): Plan | undefined;

  /** Returns a view of `length` floats at `ptr`. The view is detached when the memory grows. @internal */
  floats(ptr: number, length: number): Float32Array {
    return new Float32Array(this.#memory.buffer, ptr, length);
  }

  /** @internal */
  ints(ptr: number, length: number): Int32Array {
    return new Int32Array(this.#memory.buffer, ptr, length);
  }

  /** @internal */
  doubles(ptr: number, length: number): Float64Array {
    return new Float64Array(this.#memory.buffer, ptr, length);
  }

  /** Allocates a block for `floats` float32 numbers. It lives until it is passed to `free`. @internal */
  allocate(floats: number): number {
    void this.kernels; // throws ERR_DISPOSED after `dispose`
    const block = this.#heap.allocate(floats * 4);
    this.#frame?.made.set(block, null);
    return block;
  }

  /** Sets the owner of a block. If the running operation throws, `owner.dispose` is called to free the block. @internal */
  protected claim(block: number, owner: Owner): void {
    this.#frame?.made.set(block, owner);
  }

  /** @internal */
  free(block: number): void {
    for (let frame = this.#frame; frame; frame = frame.outer) frame.made.delete(block);
    if (!this.disposed) this.#heap.free(block);
  }

  /** Allocates a block for `floats` float32 numbers. It is freed when the running operation ends. @internal */
  scratch(floats: number): number {
    const block = this.allocate(floats);
    this.#frame?.scratch.push(block);
    return block;
  }

  /**
   * Runs `fn`, which is an operation or a part of one. Then frees the scratch blocks of `fn`. If `fn` throws, also frees all
   * other blocks that `fn` allocated. @internal
   */
  frame<T>(fn: () => T): T {
    const outer = this.#frame;
    const frame: Frame = { made: new Map(), scratch: [], outer };
    this.#frame = frame;
    let done = false;
    try {
      const result = fn();
      done = true;
      return result;
    } finally {
      for (const block of frame.scratch) this.free(block);
      this.#frame = outer;
      for (const [block, owner] of frame.made) {
        if (done) outer?.made.set(block, owner);
        else if (owner) owner.dispose();
        else this.free(block);
      }
    }
  }
}

interface Owner {
  dispose(): void;
}

interface Frame {
  /**
   * Blocks that were allocated in this frame or in a completed inner frame, and that are not yet freed. The value is the owner
   * that `claim` sets. The value is null if the block has no owner.
   */
  readonly made: Map<number, Owner | null>;
  readonly scratch: number[];
  readonly outer: Frame | null;
}

/** Returns all kernels, for code that only runs with those of a `Runtime`: kernels of `unrolled/run` lack some. */
export function allKernels(runtime: Workspace): Kernels {
  return runtime.kernels as Kernels;
}
