import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UnrolledError } from "../../src/errors.ts";
import { Heap } from "../../src/runtime/heap.ts";

const PAGE = 65536;
const BASE = 1000;

function create(maximum?: number): { heap: Heap; memory: WebAssembly.Memory } {
  const memory = new WebAssembly.Memory({ initial: 1, ...(maximum && { maximum }) });
  return { heap: new Heap(memory, BASE), memory };
}

const code = (expected: string) => expect.objectContaining({ code: expected });

/** Mostly small sizes, so that gaps are often reused, and some above a page. */
const sizes = fc.oneof(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 3 * PAGE }));

/** A number allocates that many bytes; { free } frees the block with this index among those in use. */
const operations = fc.array(fc.oneof(sizes, fc.record({ free: fc.nat() })), { maxLength: 60 });

describe("Heap", () => {
  it("returns disjoint, aligned blocks within the memory, after the base", () => {
    fc.assert(
      fc.property(operations, (list) => {
        const { heap, memory } = create();
        const blocks: { start: number; end: number }[] = [];
        for (const operation of list) {
          if (typeof operation === "object") {
            const [block] = blocks.splice(operation.free % Math.max(blocks.length, 1), 1);
            if (block) heap.free(block.start);
            continue;
          }
          const start = heap.allocate(operation);
          const end = start + Math.max(operation, 1);
          expect(start % 64).toBe(0);
          expect(start).toBeGreaterThanOrEqual(BASE);
          expect(end).toBeLessThanOrEqual(memory.buffer.byteLength);
          expect(blocks.filter((other) => start < other.end && other.start < end)).toEqual([]);
          blocks.push({ start, end });
        }
        expect(heap.used).toBe(
          blocks.reduce((sum, { start, end }) => sum + Math.ceil((end - start) / 64) * 64, 0),
        );
      }),
    );
  });

  it("returns the same addresses in a repeated pattern, and the memory stops growing", () => {
    fc.assert(
      fc.property(fc.array(sizes, { maxLength: 8 }), operations, (kept, list) => {
        const { heap, memory } = create();
        for (const size of kept) heap.allocate(size);
        const round = (): number[] => {
          const [addresses, blocks]: [number[], number[]] = [[], []];
          for (const operation of list) {
            if (typeof operation === "object") {
              const [block] = blocks.splice(operation.free % Math.max(blocks.length, 1), 1);
              if (block !== undefined) heap.free(block);
            } else {
              blocks.push(heap.allocate(operation));
              addresses.push(blocks.at(-1)!);
            }
          }
          for (const block of blocks) heap.free(block);
          return addresses;
        };
        const first = round();
        const { byteLength } = memory.buffer;
        for (let i = 0; i < 3; i++) expect(round()).toEqual(first);
        expect(memory.buffer.byteLength).toBe(byteLength);
      }),
    );
  });

  it("joins all gaps when everything is freed, in any order", () => {
    const freed = fc
      .array(sizes, { minLength: 1, maxLength: 20 })
      .chain((list) =>
        fc.tuple(fc.constant(list), fc.shuffledSubarray([...list.keys()], { minLength: list.length })),
      );
    fc.assert(
      fc.property(freed, ([list, order]) => {
        const { heap, memory } = create();
        const blocks = list.map((size) => heap.allocate(size));
        for (const i of order) heap.free(blocks[i]!);
        expect(heap.used).toBe(0);
        const { byteLength } = memory.buffer;
        expect(heap.allocate(byteLength - blocks[0]!)).toBe(blocks[0]);
        expect(memory.buffer.byteLength).toBe(byteLength);
      }),
    );
  });

  it("takes the smallest gap that is large enough", () => {
    const { heap } = create();
    const [large, , small, , middle] = [640, 64, 128, 64, 256, 64].map((size) => heap.allocate(size));
    for (const block of [large, small, middle]) heap.free(block!);
    expect(heap.allocate(128)).toBe(small);
    expect(heap.allocate(128)).toBe(middle);
    expect(heap.allocate(128)).toBe(middle! + 128);
    expect(heap.allocate(128)).toBe(large);
  });

  it("grows the memory by at least an eighth, or by what is missing if that is too much", () => {
    const { heap, memory } = create();
    heap.allocate(79 * PAGE);
    expect(memory.buffer.byteLength).toBe(80 * PAGE);
    heap.allocate(PAGE);
    expect(memory.buffer.byteLength).toBe(90 * PAGE);
    const limited = create(9);
    limited.heap.allocate(7 * PAGE);
    limited.heap.allocate(PAGE);
    expect(limited.memory.buffer.byteLength).toBe(9 * PAGE);
  });

  it("lets no block end at 2^32, where addresses wrap around", () => {
    const memory = { buffer: { byteLength: 2 ** 32 }, grow: () => 0 } as unknown as WebAssembly.Memory;
    const heap = new Heap(memory, 0);
    expect(heap.allocate(2 ** 32 - 128)).toBe(0);
    expect(heap.allocate(64)).toBe(2 ** 32 - 128);
    expect(() => heap.allocate(64)).toThrow(code("ERR_MEMORY"));
  });

  it("refuses invalid sizes and changes nothing", () => {
    const { heap, memory } = create();
    for (const bytes of [Number.NaN, -1, Number.POSITIVE_INFINITY, 2 ** 32]) {
      expect(() => heap.allocate(bytes)).toThrow(code("ERR_MEMORY"));
    }
    expect([heap.used, memory.buffer.byteLength]).toEqual([0, PAGE]);
    expect(heap.allocate(64)).toBe(1024);
  });

  it("throws ERR_STATE if a block was not allocated or is already free", () => {
    const { heap } = create();
    const [first, second] = [heap.allocate(64), heap.allocate(640)];
    heap.free(second);
    for (const address of [second, first + 4, 0, -1, Number.NaN]) {
      expect(() => heap.free(address)).toThrow(UnrolledError);
      expect(() => heap.free(address)).toThrow(code("ERR_STATE"));
    }
    heap.free(first);
    expect(heap.used).toBe(0);
  });

  it("throws ERR_MEMORY if the memory cannot grow, and continues afterwards", () => {
    const { heap, memory } = create(3);
    const first = heap.allocate(PAGE);
    expect(() => heap.allocate(5 * PAGE)).toThrow(code("ERR_MEMORY"));
    expect(() => heap.allocate(2 ** 33)).toThrow(code("ERR_MEMORY"));
    expect(heap.used).toBe(PAGE);
    expect(heap.allocate(PAGE)).toBe(first + PAGE);
    expect(memory.buffer.byteLength).toBe(3 * PAGE);
  });
});
