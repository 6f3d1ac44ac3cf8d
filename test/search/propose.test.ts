import { expect, it } from "vitest";
import { propose } from "../../src/search/propose.ts";
import { checkSpace } from "../../src/search/space.ts";
import type { Trial } from "../../src/search/trial.ts";

const FIELDS = ["a", "b", "c", "d", "e", "f"];
const SPACE = checkSpace(Object.fromEntries(FIELDS.map((field) => [field, [0, 1, 2, 3]])));

/** Makes a candidate with the same value in all fields. */
const trial = (number: number, value: number, best: number, status: Trial["status"] = "done"): Trial => ({
  ...{ number, best, status, losses: [[1, best]], seconds: 0 },
  candidate: Object.fromEntries(FIELDS.map((field) => [field, value])),
});

/** Counts how often the children of 300 seeds have each value, on average. */
function values(before: readonly Trial[], tournament: number, population = before.length): number[] {
  const counts = [0, 0, 0, 0];
  for (let seed = 0; seed < 300; seed++) {
    const child = propose(SPACE, { method: "genetic", population, tournament, seed }, before);
    for (const value of Object.values(child)) counts[value as number]! += 1 / 300;
  }
  return counts;
}

it("a child of equal parents equals them except in one field", () => {
  const [, one] = values([trial(1, 1, 0.5), trial(2, 1, 0.5)], 1);
  expect(one).toBeCloseTo(5, 9);
});

it("a child of two has fields of both", () => {
  const before = [trial(1, 0, 0.5), trial(2, 1, 0.5)];
  const mixed = new Set<number>();
  for (let seed = 0; seed < 300; seed++) {
    const child = propose(SPACE, { method: "genetic", population: 2, tournament: 1, seed }, before);
    mixed.add(Object.values(child).filter((value) => value === 1).length);
  }
  expect([...mixed]).toEqual(expect.arrayContaining([2, 3, 4]));
});

it("the best of a tournament has offspring: not a worse one, one that failed, or one grown old", () => {
  const worse = values([trial(1, 0, 0.9), trial(2, 1, 0.5), trial(3, 2, 0.7)], 30);
  expect(worse[1]).toBeCloseTo(5, 9);
  const failed = values([trial(1, 0, 0.1, "failed"), trial(2, 1, 0.5)], 30);
  expect(failed[1]).toBeCloseTo(5, 9);
  const old = values([trial(1, 0, 0.1), trial(2, 1, 0.5), trial(3, 2, 0.7)], 30, 2);
  expect(old[1]).toBeCloseTo(5, 9);
});

it("the first of a population are drawn", () => {
  const drawn = values([trial(1, 1, 0.5)], 1, 2);
  for (const mean of drawn) expect(Math.abs(mean - 6 / 4)).toBeLessThan(0.3);
});
