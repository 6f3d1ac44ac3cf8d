import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { adding, addingBatch } from "../../experiments/generators/adding.mjs";
import { copy, copyBatch } from "../../experiments/generators/copy.mjs";
import { mulberry32 } from "../../experiments/generators/random.mjs";
import { expectNear, seeds } from "./random.ts";

describe("the adding problem", () => {
  it("asks for the sum of the two marked values, one in each half", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 2, max: 60 }), (seed, steps) => {
        const { values, marked, sum } = adding(mulberry32(seed), steps);
        const [first, second] = marked;
        expect(values).toHaveLength(steps);
        expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
        expect(first).toBeGreaterThanOrEqual(0);
        expect(first).toBeLessThan(Math.floor(steps / 2));
        expect(second).toBeGreaterThanOrEqual(Math.floor(steps / 2));
        expect(second).toBeLessThan(steps);
        expect(sum).toBe(values[first]! + values[second]!);
      }),
    );
  });

  it("lays sequences out time first, the values beside the marks", () => {
    const [steps, batch] = [7, 3];
    const random = mulberry32(5);
    const sequences = Array.from({ length: batch }, () => adding(random, steps));
    const { x, y } = addingBatch(mulberry32(5), steps, batch);
    sequences.forEach(({ values, marked, sum }, b) => {
      expect(y[b]).toBe(Math.fround(sum));
      values.forEach((value, t) => {
        const at = 2 * (t * batch + b);
        expect([x[at], x[at + 1]]).toEqual([Math.fround(value), marked.includes(t) ? 1 : 0]);
      });
    });
  });

  it("brings every place of a half as often, and the sums that two uniform numbers have", () => {
    const random = mulberry32(1);
    const [count, steps] = [20_000, 9];
    const places = new Array(steps).fill(0);
    let [sum, squares] = [0, 0];
    for (let i = 0; i < count; i++) {
      const sequence = adding(random, steps);
      for (const place of sequence.marked) places[place]++;
      sum += sequence.sum;
      squares += (sequence.sum - 1) ** 2;
    }
    places.forEach((times, place) => {
      expectNear(times / count, place < 4 ? 1 / 4 : 1 / 5, `share of place ${place}`);
    });
    expectNear(sum / count, 1);
    expectNear(squares / count, 1 / 6); // the error of who always says 1
  });

  it("depends on the seed alone", () => {
    const { x, y } = addingBatch(mulberry32(4001), 4, 2);
    const sixDigits = (values: Float32Array) => Array.from(values, (value) => Number(value.toFixed(6)));
    expect(sixDigits(x)).toEqual([
      ...[0.972088, 0, 0.813991, 0],
      ...[0.202306, 1, 0.01245, 1],
      ...[0.612087, 0, 0.251664, 0],
      ...[0.979295, 1, 0.146251, 1],
    ]);
    expect(sixDigits(y)).toEqual([1.181601, 0.158701]);
  });
});

describe("the copy task", () => {
  const sizes = fc.record({
    symbols: fc.integer({ min: 1, max: 8 }),
    kinds: fc.integer({ min: 1, max: 9 }),
    delay: fc.integer({ min: 1, max: 30 }),
  });

  it("asks for every symbol symbols + delay steps after it was read, and for blanks before", () => {
    fc.assert(
      fc.property(seeds, sizes, (seed, options) => {
        const { symbols, kinds, delay } = options;
        const { input, target } = copy(mulberry32(seed), options);
        expect(input).toHaveLength(2 * symbols + delay);
        expect(target).toHaveLength(2 * symbols + delay);
        const text = input.slice(0, symbols);
        expect(text.every((symbol) => symbol >= 1 && symbol <= kinds)).toBe(true);
        expect(target.slice(symbols + delay)).toEqual(text);
        expect(target.slice(0, symbols + delay).every((symbol) => symbol === 0)).toBe(true);
        expect(input.indexOf(kinds + 1)).toBe(symbols + delay - 1);
        expect(input.filter((symbol) => symbol !== 0)).toHaveLength(symbols + 1);
      }),
    );
  });

  it("lays sequences out time first; every symbol is as likely", () => {
    const options = { symbols: 5, kinds: 8, delay: 2 };
    const batch = 4000;
    const { x, y } = copyBatch(mulberry32(3), options, batch);
    const random = mulberry32(3);
    const counts = new Array(options.kinds + 1).fill(0);
    for (let b = 0; b < batch; b++) {
      const { input, target } = copy(random, options);
      const column = (data: Int32Array) => input.map((_, t) => data[t * batch + b]);
      if (String(column(x)) !== String(input)) throw new Error(`input ${b}: ${column(x)}`);
      if (String(column(y)) !== String(target)) throw new Error(`target ${b}: ${column(y)}`);
      for (const symbol of target.slice(7)) counts[symbol]++;
    }
    expect(counts[0]).toBe(0);
    for (const times of counts.slice(1)) expectNear(times / (5 * batch), 1 / 8);
  });

  it("depends on the seed alone", () => {
    const { input, target } = copy(mulberry32(5001), { symbols: 5, kinds: 8, delay: 3 });
    expect(input.join("")).toBe("7247500900000");
    expect(target.join("")).toBe("0000000072475");
  });
});
