/** Where a block is put and how its rows are spaced. */
export interface Placement {
  /** Floats in a row; default all. */
  width?: number;
  /** Floats from one row to the next; default `width`. */
  ld?: number;
  /** Put 4 bytes behind a multiple of 16; default false. */
  unaligned?: boolean;
  /** Put right before the end of memory, so that reading further traps; default false. */
  last?: boolean;
}

/** A block that a kernel may write. */
export interface Output {
  readonly ptr: number;
  /** A copy of its rows, one after the other, without what lies between them. */
  readonly values: Float32Array;
}

const PAGE = 65536;
const PAGES = 32;
const FLOATS = (PAGES * PAGE) / 4;
/** Bits of 2^23, from where on floats are the whole numbers: as many distinct canaries as memory has floats. */
const CANARY = 0x4b000000;
/** Floats between two blocks. */
const GAP = 12;

type Values = ArrayLike<number>;

/**
 * Two memories with the same contents, for two instances of the kernels. Everything but the blocks is canaries, also
 * between the rows of a block; what a test does not declare as an output must stay as it is.
 */
export class Arena {
  /** Address from which on a test's blocks lie; static data and scratch are below. */
  static readonly BASE = 4 * PAGE;

  readonly memories = [0, 1].map(() => new WebAssembly.Memory({ initial: PAGES, maximum: PAGES }));
  readonly #views = this.memories.map(({ buffer }) => new Float32Array(buffer));
  /** What both memories hold, but for the outputs. */
  readonly #expected = new Float32Array(FLOATS);
  readonly #canaries = new Float32Array(Uint32Array.from({ length: FLOATS }, (_, i) => CANARY + i).buffer);
  #outputs: { start: number; end: number }[] = [];
  #next = 0;

  /** Forgets all blocks. */
  clear(): void {
    this.#outputs = [];
    this.#next = Arena.BASE / 4 + GAP;
    for (const view of [this.#expected, ...this.#views]) {
      view.set(this.#canaries.subarray(Arena.BASE / 4), Arena.BASE / 4);
    }
  }

  /** Address of a new block of floats that a kernel may only read. */
  input(values: Values, placement: Placement = {}): number {
    return this.#place(values, placement).start * 4;
  }

  /** Address of a new block of 32-bit integers that a kernel may only read. */
  integers(values: Values): number {
    return this.input(new Float32Array(Int32Array.from(values).buffer));
  }

  /** A new block that a kernel may write; `values` are what it holds before, or their number (canaries then). */
  output(values: Values | number, placement: Placement = {}): Output {
    const initial = typeof values === "number" ? this.#canaries.subarray(0, values) : values;
    const { width = initial.length } = placement;
    const { start, rows } = this.#place(initial, placement);
    this.#outputs.push(...rows.map((row) => ({ start: row, end: row + width })));
    const view = this.#views[0]!;
    return {
      ptr: start * 4,
      get values() {
        const copy = new Float32Array(rows.length * width);
        rows.forEach((row, i) => {
          copy.set(view.subarray(row, row + width), i * width);
        });
        return copy;
      },
    };
  }

  /** Throws where a float outside the outputs has changed, or where the two memories differ. NaN equals any NaN. */
  check(): void {
    const [view] = this.#views;
    for (const { start, end } of this.#outputs) this.#expected.set(view!.subarray(start, end), start);
    this.#views.forEach((found, i) => {
      const at = firstDifference(found, this.#expected, Arena.BASE / 4);
      if (at < 0) return;
      const output = this.#outputs.some(({ start, end }) => start <= at && at < end);
      throw new Error(
        output
          ? `float ${at} of memory is ${this.#expected[at]} in the build and ${found[at]} in its twin`
          : `float ${at} of memory ${i} is no output: it was ${this.#expected[at]} and is now ${found[at]}`,
      );
    });
  }

  /** Copies the rows of a block into place; returns where it and each of its rows start, in floats. */
  #place(values: Values, placement: Placement): { start: number; rows: number[] } {
    const { width = values.length, ld = width, unaligned = false, last = false } = placement;
    const count = width > 0 ? values.length / width : 0;
    const extent = count > 0 ? (count - 1) * ld + width : 0;
    const start = last ? FLOATS - extent : Math.ceil(this.#next / 4) * 4 + (unaligned ? 1 : 0);
    if (!last) this.#next = start + extent + GAP;
    if (start + extent > FLOATS || !Number.isInteger(count)) throw new Error("the block does not fit");
    const source = values instanceof Float32Array ? values : Float32Array.from(values);
    const rows = Array.from({ length: count }, (_, row) => start + row * ld);
    for (const view of [this.#expected, ...this.#views]) {
      rows.forEach((to, row) => {
        view.set(source.subarray(row * width, (row + 1) * width), to);
      });
    }
    return { start, rows };
  }
}

function firstDifference(a: Float32Array, b: Float32Array, from: number): number {
  const bytes = (view: Float32Array) => Buffer.from(view.buffer, from * 4);
  if (bytes(a).equals(bytes(b))) return -1;
  for (let i = from; i < a.length; i++) {
    if (!Object.is(a[i], b[i])) return i;
  }
  return -1;
}
