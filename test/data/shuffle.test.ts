import fc from "fast-check";
import { expect, it } from "vitest";
import { shuffled } from "../../src/data/shuffle.ts";

const key = fc.maxSafeNat();

it("holds every number once, in an order that depends only on the keys", () => {
  fc.assert(
    fc.property(fc.nat(300), fc.array(key, { maxLength: 3 }), (count, keys) => {
      const order = shuffled(count, ...keys);
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
      expect(shuffled(count, ...keys)).toEqual(order);
    }),
  );
});

it("has another order for every key, its upper half included", () => {
  fc.assert(
    fc.property(key, fc.integer({ min: 0, max: 52 }), (seed, bit) => {
      const other = Math.floor(seed / 2 ** bit) % 2 ? seed - 2 ** bit : seed + 2 ** bit;
      expect(shuffled(50, other)).not.toEqual(shuffled(50, seed));
      expect(shuffled(50, 7, other)).not.toEqual(shuffled(50, 7, seed));
    }),
  );
});

it("brings every number to every place alike", () => {
  const [count, rounds] = [6, 6000];
  const found = new Int32Array(count * count);
  for (let round = 0; round < rounds; round++) {
    shuffled(count, 1, round).forEach((n, place) => {
      found[n * count + place]! += 1;
    });
  }
  // Binomial with p = 1/6: six standard deviations are 173.
  for (const times of found) expect(Math.abs(times - rounds / count)).toBeLessThan(173);
});

it("is the same in every engine", () => {
  expect([...shuffled(10, 1, 0)]).toEqual([3, 7, 4, 6, 9, 1, 0, 8, 5, 2]);
});
