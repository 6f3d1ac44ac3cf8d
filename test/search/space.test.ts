import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomNumbers } from "../../src/data/shuffle.ts";
import {
  checkSpace,
  countCandidates,
  crossover,
  drawCandidate,
  mutate,
  type Range,
  type SearchSpace,
} from "../../src/search/space.ts";
import { expectError } from "../runtimes.ts";

const SPACE = checkSpace({
  cell: ["rnn", "gru", "lstm"],
  hidden: { min: 8, max: 512, scale: "log", whole: true },
  layers: { min: 1, max: 3, whole: true },
  dropout: { min: 0, max: 0.5 },
  lr: { min: 1e-4, max: 1e-1, scale: "log" },
  head: [[], [64], [64, 32]],
});

const within = ({ min, max, whole }: Range, value: unknown) =>
  typeof value === "number" && value >= min && value <= max && (!whole || Number.isInteger(value));

/** Tells whether a candidate has a value of each dimension. */
const fits = (space: SearchSpace, candidate: object) =>
  Object.keys(candidate).join() === Object.keys(space).join() &&
  Object.entries(candidate).every(([field, value]) => {
    const dimension = space[field]!;
    return Array.isArray(dimension) ? dimension.includes(value) : within(dimension as Range, value);
  });

describe("checkSpace", () => {
  it.each([
    [[], /^space: \[\], expected an object/],
    ["lr", /^space: "lr", expected an object/],
    [{}, /no field/],
    [{ lr: [] }, /lr is an empty list/],
    [{ lr: 3 }, /lr is 3, expected a list/],
    [{ lr: null }, /lr is null, expected a list/],
    [{ lr: [1, 2, 1] }, /lr lists 1 twice/],
    [{ head: [[1], [1]] }, /head lists \[1\] twice/],
    [
      { lr: [1, { a: 1 }] },
      /lr lists \{"a":1\}, expected texts, numbers, true, false, null or lists of them/,
    ],
    [{ head: [[1, [2]]] }, /head lists \[1,\[2\]\], expected/],
    [{ lr: { min: 2, max: 1 } }, /lr: min 2 is above max 1/],
    [{ lr: { min: 2 } }, /lr: max is undefined, expected a number/],
    [{ lr: { min: "1", max: 2 } }, /lr: min is "1", expected a number/],
    [{ lr: { min: 1, max: Number.POSITIVE_INFINITY } }, /lr: max is Infinity, expected a number/],
    [{ lr: { min: 1, max: 2, step: 1 } }, /lr: unknown field step/],
    [{ lr: { min: 1, max: 2, scale: "sqrt" } }, /lr: scale is "sqrt", expected linear or log/],
    [{ lr: { min: 0, max: 2, scale: "log" } }, /lr: min is 0, expected above 0/],
    [{ lr: { min: 0.5, max: 2, whole: true } }, /lr: min 0.5 and max 2, expected whole numbers/],
    [{ learning: [1] }, /unknown field learning; expected lr, head/],
  ])("refuses %j", (given, message) => {
    expectError(() => checkSpace(given, ["lr", "head"]), "ERR_VALUE", message);
  });

  it("accepts any field if none are listed", () => {
    expect(checkSpace({ anything: [true] })).toEqual({ anything: [true] });
  });
});

it("countCandidates multiplies what can be counted", () => {
  expect(countCandidates(checkSpace({ a: [1, 2], b: { min: 3, max: 5, whole: true } }))).toBe(6);
  expect(countCandidates(SPACE)).toBe(Number.POSITIVE_INFINITY);
});

describe("drawCandidate", () => {
  it("stays in the space, also at its ends", () => {
    const ends = fc.constantFrom(0, 2 ** -32, 0.5, 1 - 2 ** -32);
    fc.assert(
      fc.property(ends, (u) =>
        fits(
          SPACE,
          drawCandidate(SPACE, () => u),
        ),
      ),
    );
    const low = drawCandidate(SPACE, () => 0);
    const high = drawCandidate(SPACE, () => 1 - 2 ** -32);
    expect(low).toEqual({ cell: "rnn", hidden: 8, layers: 1, dropout: 0, lr: 1e-4, head: [] });
    expect(high).toEqual({ cell: "lstm", hidden: 512, layers: 3, dropout: 0.5, lr: 0.1, head: [64, 32] });
  });

  it("is the same in every engine", () => {
    expect(drawCandidate(SPACE, randomNumbers(1))).toEqual({
      cell: "gru",
      hidden: 153,
      layers: 1,
      dropout: 0.278,
      lr: 0.0711,
      head: [],
    });
  });

  it("spreads evenly: lists, whole numbers, and factors on a log scale", () => {
    const counts: Record<string, number> = {};
    const rounds = 6000;
    for (let i = 0; i < rounds; i++) {
      const { cell, layers, lr, dropout } = drawCandidate(SPACE, randomNumbers(2, i));
      const decade = Math.floor(Math.log10(lr as number) + 1e-9);
      const third = Math.min(2, Math.floor((dropout as number) * 6));
      for (const key of [`${cell}`, `${layers} layers`, `1e${decade}`, `third ${third}`]) {
        counts[key] = (counts[key] ?? 0) + 1;
      }
    }
    const keys = ["rnn", "gru", "lstm", "1 layers", "2 layers", "3 layers", "1e-4", "1e-3", "1e-2"];
    // Binomial with p = 1/3: six standard deviations are 219.
    for (const key of [...keys, "third 0", "third 1", "third 2"]) {
      expect(Math.abs(counts[key]! - rounds / 3), key).toBeLessThan(219);
    }
  });

  it("gives numbers of three digits that a log scale from square roots agrees with", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 32 - 1), (n) => {
        const u = n / 2 ** 32;
        const value = drawCandidate(checkSpace({ lr: SPACE.lr }), () => u).lr as number;
        expect(value).toBe(Number(value.toPrecision(3)));
        expect(Math.abs(value / (1e-4 * 1000 ** u) - 1)).toBeLessThan(0.00501);
      }),
    );
  });
});

describe("mutate and crossover", () => {
  const seeds = fc.nat();

  it("change one field, and within the space", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const random = randomNumbers(seed);
        const before = drawCandidate(SPACE, random);
        const after = mutate(SPACE, before, random);
        const changed = Object.keys(before).filter((field) => before[field] !== after[field]);
        expect(fits(SPACE, after)).toBe(true);
        expect(changed.length).toBeLessThanOrEqual(1);
        for (const field of changed) {
          if (field !== "lr") continue;
          const factor = (after.lr as number) / (before.lr as number);
          expect(Math.abs(Math.log10(factor))).toBeLessThanOrEqual(0.75 + 0.01);
        }
      }),
    );
  });

  it("reach every value of every field", () => {
    const seen = new Set<string>();
    const random = randomNumbers(3);
    let candidate = drawCandidate(SPACE, random);
    for (let i = 0; i < 4000; i++) {
      candidate = mutate(SPACE, candidate, random);
      for (const field of ["cell", "layers", "head"])
        seen.add(`${field} ${JSON.stringify(candidate[field])}`);
      if ((candidate.hidden as number) > 400) seen.add("wide");
      if ((candidate.hidden as number) < 12) seen.add("narrow");
      if ((candidate.dropout as number) < 0.05) seen.add("little dropout");
      if ((candidate.dropout as number) > 0.45) seen.add("much dropout");
    }
    expect([...seen].sort()).toHaveLength(9 + 4);
  });

  it("tell a list's values by what they are, as a log brings back other lists", () => {
    const space = checkSpace({ head: [[], [64]] });
    expect(mutate(space, { head: [64] }, () => 0.9)).toEqual({ head: [] });
    expect(mutate(checkSpace({ a: ["x"] }), { a: "x" }, () => 0.9)).toEqual({ a: "x" });
  });

  it("crossover takes each field from either parent", () => {
    const [a, b] = [
      { x: 1, y: 1, z: 1 },
      { x: 2, y: 2, z: 2 },
    ];
    const found = new Set(
      Array.from({ length: 100 }, (_, i) => JSON.stringify(crossover(a, b, randomNumbers(i)))),
    );
    expect(found.size).toBe(8);
  });
});

it("refuses values that are nested deeply", () => {
  const deep = JSON.parse("[".repeat(20_000) + "]".repeat(20_000));
  expectError(() => checkSpace({ head: [deep] }), "ERR_VALUE", "space: head lists object, expected texts");
  expectError(() => checkSpace(deep), "ERR_VALUE", "space: object, expected an object");
});
