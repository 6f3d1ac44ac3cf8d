/** Options of where a block is put and how its rows are spaced. */
export interface Placement {
  /** Number of floats in a row; default all. */
  width?: number;
  /** Number of floats from one row to the next; default `width`. */
  ld?: number;
  /** Put at 4 bytes past a multiple of 16; default false. */
  unaligned?: boolean;
  /** Put right before the end of memory, so that reading further traps; default false. */
  last?: boolean;
}

/** A block that a kernel may write. */
export interface Output {
  readonly ptr: number;
  /** A copy of its rows, one after the other, without the gaps between them. */
  readonly values: Float32Array;
}

const PAGE = 65536;
const PAGES = 32;
const FLOATS = (PAGES * PAGE) / 4;
/** The bits of 2^23, from which on floats are whole numbers: enough distinct canaries for each float of the memory. */
const CANARY = 0x4b000000;
/** Number of floats between two blocks. */
const GAP = 12;

type Values = ArrayLike<number>;

/**
 * Two memories with the same contents, for two instances of the kernels. Everything except the blocks is canaries, also
 * between the rows of a block. Whatever a test does not declare as an output must not change.
 */
export class Arena {
  /** First address of a test's blocks; static data and scratch memory are below. */
  static readonly BASE = 4 * PAGE;

  readonly memories = [0, 1].map(() => new WebAssembly.Memory({ initial: PAGES, maximum: PAGES }));
  readonly #views = this.memories.map(({ buffer }) => new Float32Array(buffer));
  /** The expected contents of both memories, except the outputs. */
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

  /** Makes a block of floats that a kernel may only read; returns its address. */
  input(values: Values, placement: Placement = {}): number {
    return this.#place(values, placement).start * 4;
  }

  /** Makes a block of 32-bit integers that a kernel may only read; returns its address. */
  integers(values: Values): number {
    return this.input(new Float32Array(Int32Array.from(values).buffer));
  }

  /** Makes a block that a kernel may write; `values` are its contents before, or their number (it then holds canaries). */
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

  /** Throws if a float outside the outputs has changed, or if the two memories differ. NaN equals any NaN. */
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
          : `float ${at} of memory ${i} is not an output: it was ${this.#expected[at]} and is now ${found[at]}`,
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
