import { UnrolledError } from "../errors.ts";
import { Heap } from "./heap.ts";
import type { Kernels } from "./kernels.ts";
import type { Build, Variant } from "./load.ts";

/** A build of the kernels with its memory, and the blocks in it: what operations work with below tensors. */
export class Workspace {
  readonly variant: Variant;
  #memory: WebAssembly.Memory;
  #kernels: Kernels | null;
  #heap: Heap;
  /** Blocks of the operation that is running. */
  #scratch: number[] = [];

  constructor({ variant, memory, kernels }: Build) {
    this.variant = variant;
    this.#memory = memory;
    this.#kernels = kernels;
    this.#heap = new Heap(memory, kernels.heap_base());
  }

  get disposed(): boolean {
    return this.#kernels === null;
  }

  /** Bytes: what tensors and models hold, and how far the WebAssembly memory has grown. */
  get memory(): { used: number; total: number } {
    return { used: this.#heap.used, total: this.#memory.buffer.byteLength };
  }

  /** Lets go of kernels and memory. */
  dispose(): void {
    this.#kernels = null;
    this.#memory = new WebAssembly.Memory({ initial: 0 });
    this.#heap = new Heap(this.#memory, 0);
  }

  /** @throws ERR_DISPOSED after `dispose`. */
  get kernels(): Kernels {
    if (!this.#kernels) throw new UnrolledError("ERR_DISPOSED", "the runtime was disposed");
    return this.#kernels;
  }

  floats(ptr: number, length: number): Float32Array {
    return new Float32Array(this.#memory.buffer, ptr, length);
  }

  ints(ptr: number, length: number): Int32Array {
    return new Int32Array(this.#memory.buffer, ptr, length);
  }

  /** A block of `floats` float32 that lives until `free`. */
  allocate(floats: number): number {
    void this.kernels; // not after dispose
    return this.#heap.allocate(floats * 4);
  }

  free(block: number): void {
    if (!this.disposed) this.#heap.free(block);
  }

  /** A block of `floats` float32 that lives until the running operation ends. */
  scratch(floats: number): number {
    const block = this.allocate(floats);
    this.#scratch.push(block);
    return block;
  }

  /** Runs an operation's forward or backward, then frees its scratch blocks. */
  frame<T>(fn: () => T): T {
    const outer = this.#scratch;
    this.#scratch = [];
    try {
      return fn();
    } finally {
      for (const block of this.#scratch) this.free(block);
      this.#scratch = outer;
    }
  }
}
