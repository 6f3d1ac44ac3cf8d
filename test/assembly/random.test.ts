import { describe, expect, it } from "vitest";
import { describeBuilds } from "../builds.ts";
import { random } from "../random.ts";
import { expectSame } from "../same.ts";
import { philox, uniforms } from "./philox.ts";
import { SIZES } from "./sizes.ts";

describe("the reference Philox", () => {
  const ones = 0xffffffff;
  // Known answers published with Random123 (kat_vectors).
  it.each([
    {
      counter: [0, 0, 0, 0],
      key: [0, 0],
      words: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    },
    {
      counter: [ones, ones, ones, ones],
      key: [ones, ones],
      words: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    },
    {
      counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      key: [0xa4093822, 0x299f31d0],
      words: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    },
  ] as const)("gives the published words of $counter, $key", ({ counter, key, words }) => {
    expect(philox(counter, key)).toEqual(words);
  });
});

/** [seed, block], including numbers of more than 32 bits and a carry between the halves of the counter. */
const STREAMS: [number, number][] = [
  [0, 0],
  [1, 2],
  [12345, 2 ** 32 - 2],
  [2 ** 53 - 1, 2 ** 40 + 7],
  [2 ** 33 + 5, 2 ** 53 - 20],
];

/** Returns n uniform numbers, starting with block `first`. */
function stream(seed: number, first: number, n: number): number[] {
  const blocks = Array.from({ length: Math.ceil(n / 4) }, (_, i) => uniforms(seed, first + i));
  return blocks.flat().slice(0, n);
}

describeBuilds("fill_uniform", ({ kernels: k, arena }) => {
  it("gives the top 24 bits of the published words", () => {
    const to = arena.output(4);
    k.fill_uniform(to.ptr, 0, 1, 4, 0, 0);
    expect([...to.values].map((u) => u * 2 ** 24)).toEqual([0x6627e8, 0xe169c5, 0xbc57ac, 0x9b00db]);
  });

  it.each(STREAMS)("gives the blocks of seed %d starting with block %d", (seed, first) => {
    for (const n of SIZES) {
      const to = arena.output(n, { unaligned: true });
      k.fill_uniform(to.ptr, 0, 1, n, seed, first);
      expectSame(to.values, stream(seed, first, n));
    }
  });

  it("spreads over [low, high]", () => {
    const [low, high, n] = [-0.3, 0.7, 10_000];
    const to = arena.output(n);
    k.fill_uniform(to.ptr, low, high, n, 3, 4);
    const range = Math.fround(Math.fround(high) - Math.fround(low));
    expectSame(
      to.values,
      stream(3, 4, n).map((u) => Math.fround(u * range) + Math.fround(low)),
    );
    expect(Math.min(...to.values)).toBeGreaterThanOrEqual(Math.fround(low));
    expect(Math.max(...to.values)).toBeLessThanOrEqual(Math.fround(high));
  });

  it("writes nothing for n = 0", () => {
    k.fill_uniform(arena.output([]).ptr, 0, 1, 0, 3, 4);
  });
});

describeBuilds("dropout", ({ kernels: k, arena }) => {
  const [seed, first] = [7, 2 ** 32 - 3];

  /** Returns x with dropout: elements that are kept are divided by 1 - p. */
  function expected(x: ArrayLike<number>, p: number): number[] {
    const u = stream(seed, first, x.length);
    const scale = Math.fround(1 / Math.fround(1 - Math.fround(p)));
    return Array.from(x, (value, i) => (u[i]! < Math.fround(p) ? 0 : value * scale));
  }

  it.each(SIZES)("drops and scales, n %i", (n) => {
    const x = random(n).array(n);
    for (const p of [0, 0.1, 0.5, 0.9]) {
      const to = arena.output(n, { unaligned: true });
      k.dropout(to.ptr, arena.input(x), p, n, seed, first);
      expectSame(to.values, expected(x, p));
    }
  });

  it("reads no further than its input", () => {
    const x = random(1).array(7);
    const to = arena.output(7);
    k.dropout(to.ptr, arena.input(x, { last: true }), 0.5, 7, seed, first);
    expectSame(to.values, expected(x, 0.5));
  });

  it("works in place", () => {
    const x = random(2).array(11);
    const to = arena.output(x);
    k.dropout(to.ptr, to.ptr, 0.3, 11, seed, first);
    expectSame(to.values, expected(x, 0.3));
  });

  it("repeats a mask, and makes another one for another seed or block", () => {
    const x = new Float32Array(64).fill(1);
    const mask = (...stream: [number, number]) => {
      const to = arena.output(64);
      k.dropout(to.ptr, arena.input(x), 0.5, 64, ...stream);
      return to.values;
    };
    expect(mask(seed, first)).toEqual(mask(seed, first));
    expect(mask(seed, first)).not.toEqual(mask(seed + 1, first));
    expect(mask(seed, first)).not.toEqual(mask(seed, first + 16));
  });

  it("drops at its rate and keeps the mean", () => {
    const n = 20_000;
    const to = arena.output(new Float32Array(n).fill(1));
    k.dropout(to.ptr, to.ptr, 0.2, n, 1, 0);
    const dropped = to.values.filter((value) => value === 0).length;
    expect(dropped / n).toBeCloseTo(0.2, 2);
    expect(to.values.reduce((sum, value) => sum + value, 0) / n).toBeCloseTo(1, 2);
  });

  it("drops NaN and infinities to 0, and everything for p = 1", () => {
    const x = [Number.NaN, Infinity, 1, -Infinity, Number.NaN];
    const to = arena.output(5);
    k.dropout(to.ptr, arena.input(x), 1, 5, seed, first);
    expectSame(to.values, [0, 0, 0, 0, 0]);
  });
});
