import { UnrolledError } from "../errors.ts";

const PAGE = 65536;
const LARGEST = 2 ** 32 - 64; // a block must end below 2^32, because an address has 32 bits
const ALIGNMENT = 64; // the size of a cache line, so that two blocks never share a line

/**
 * An allocator of blocks in a WebAssembly memory. Kernels allocate nothing. A new block is taken from the smallest gap that is
 * large enough. Adjacent gaps are joined. So a loop that allocates the same sizes in the same order gets the same addresses
 * again, and the memory stops growing. If no gap is large enough, the memory grows by an eighth of its
 * size, or by more if the block needs more. If the engine refuses an eighth, the memory grows only by what the block needs.
 *
 *   | static data, scratch | block | block | gap | block | gap ...  | end
 */
export class Heap {
  readonly #memory: WebAssembly.Memory;
  readonly #sizes = new Map<number, number>();
  /** Gaps as [start, size], sorted by address. */
  readonly #gaps: [number, number][] = [];
  /** The address where the last block ends. No block in use and no gap lies beyond it. */
  #top: number;

  constructor(memory: WebAssembly.Memory, base: number) {
    this.#memory = memory;
    this.#top = align(base);
  }

  /** Total size in bytes of the blocks in use. */
  get used(): number {
    let sum = 0;
    for (const size of this.#sizes.values()) sum += size;
    return sum;
  }

  /**
   * Returns the address of a new block of at least `bytes` bytes. The contents of the block are undefined.
   *
   * @throws ERR_MEMORY if the memory cannot grow
   * @internal
   */
  allocate(bytes: number): number {
    if (!(bytes >= 0 && bytes <= LARGEST)) throw this.#full(bytes);
    const size = align(Math.max(bytes, 1));
    let best = -1;
    for (let i = 0; i < this.#gaps.length; i++) {
      const gap = this.#gaps[i]![1];
      if (gap >= size && (best < 0 || gap < this.#gaps[best]![1])) best = i;
    }
    const start = best < 0 ? this.#extend(size) : this.#take(best, size);
    this.#sizes.set(start, size);
    return start;
  }

  /** Frees the block at `start`. @throws ERR_STATE if no block in use starts there */
  free(start: number): void {
    const size = this.#sizes.get(start);
    if (size === undefined) throw new UnrolledError("ERR_STATE", `Heap.free: no block begins at ${start}`);
    this.#sizes.delete(start);
    let i = this.#gaps.findIndex(([gap]) => gap > start);
    if (i < 0) i = this.#gaps.length;
    this.#gaps.splice(i, 0, [start, size]);
    this.#join(i);
    if (i > 0) this.#join(i - 1);
    const last = this.#gaps.at(-1)!;
    if (last[0] + last[1] === this.#top) {
      this.#top = last[0];
      this.#gaps.pop();
    }
  }

  #take(i: number, size: number): number {
    const [start, gap] = this.#gaps[i]!;
    if (gap === size) this.#gaps.splice(i, 1);
    else this.#gaps[i] = [start + size, gap - size];
    return start;
  }

  #extend(size: number): number {
    const start = this.#top;
    const end = start + size;
    const { byteLength } = this.#memory.buffer;
    const missing = end - byteLength;
    if (end > LARGEST) throw this.#full(size);
    if (missing > 0 && !this.#grow(Math.max(missing, byteLength / 8)) && !this.#grow(missing)) {
      throw this.#full(size);
    }
    this.#top = end;
    return start;
  }

  #grow(bytes: number): boolean {
    try {
      this.#memory.grow(Math.ceil(bytes / PAGE));
      return true;
    } catch {
      return false;
    }
  }

  #full(bytes: number): UnrolledError {
    const [held, more] = [this.#memory.buffer.byteLength, bytes].map((n) => (n / 2 ** 20).toFixed(1));
    return new UnrolledError(
      "ERR_MEMORY",
      `the WebAssembly memory holds ${held} MiB and cannot grow by ${more} MiB; use a smaller batch, fewer steps or a smaller model, or free tensors with scope()`,
    );
  }

  /** Joins gap i with the next gap if they are adjacent. */
  #join(i: number): void {
    const gap = this.#gaps[i]!;
    const next = this.#gaps[i + 1];
    if (next && gap[0] + gap[1] === next[0]) {
      gap[1] += next[1];
      this.#gaps.splice(i + 1, 1);
    }
  }
}

function align(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
