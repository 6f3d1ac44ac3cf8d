import { beforeEach, describe, expect, it } from "vitest";
import { Arena } from "./arena.ts";

describe("Arena", () => {
  const arena = new Arena();
  const views = arena.memories.map(({ buffer }) => new Float32Array(buffer));
  const write = (ptr: number, value: number, memories = views) => {
    for (const view of memories) view[ptr / 4] = value;
  };
  beforeEach(() => arena.clear());

  it("accepts writes only to outputs", () => {
    const out = arena.output([1, 2, 3, 4], { width: 2, ld: 3 });
    write(out.ptr + 12, 5);
    arena.check();
    expect([...out.values]).toEqual([1, 2, 5, 4]);
  });

  it.each([
    ["before", -4],
    ["between the rows of", 8],
    ["behind", 20],
  ])("notices a write %s an output", (_, offset) => {
    const out = arena.output([1, 2, 3, 4], { width: 2, ld: 3 });
    write(out.ptr + offset, 0);
    expect(() => arena.check()).toThrow("is not an output");
  });

  it("notices a write to an input, also of -0", () => {
    const x = arena.input([0]);
    write(x, -0);
    expect(() => arena.check()).toThrow("is not an output");
  });

  it("notices if the memories differ, except in NaN", () => {
    const out = arena.output(2);
    write(out.ptr, Number.NaN);
    arena.check();
    write(out.ptr, 1, [views[1]!]);
    expect(() => arena.check()).toThrow("its twin");
  });

  it("puts blocks at multiples of 16, 4 bytes past one, or at the end of memory", () => {
    expect(arena.input([1]) % 16).toBe(0);
    expect(arena.input([1], { unaligned: true }) % 16).toBe(4);
    expect(arena.input([1, 2], { last: true }) + 8).toBe(arena.memories[0]!.buffer.byteLength);
  });
});
