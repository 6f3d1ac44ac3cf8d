import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IGNORED_TARGET } from "../../src/data/evaluation-segments.ts";
import type { Sequences } from "../../src/data/padded-batch.ts";
import { SequenceBatches } from "../../src/data/sequence-batches.ts";
import { random } from "../random.ts";
import { expectError } from "../runtimes.ts";

/** Makes sequences of these lengths, in which all numbers differ. */
function sequences(
  lengths: readonly number[],
  { floats = false, width = 1, targetWidth = 1, perStep = true } = {},
): Sequences {
  let next = 1;
  const Inputs = floats ? Float32Array : Int32Array;
  const Targets = targetWidth > 1 ? Float32Array : Int32Array;
  const fill = <T extends Int32Array | Float32Array>(array: T): T => array.map(() => next++) as T;
  return {
    inputs: lengths.map((length) => fill(new Inputs(length * width))),
    targets: lengths.map((length) => fill(new Targets((perStep ? length : 1) * targetWidth))),
  };
}

const lengths = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 120 });
const shape = fc.record({
  batch: fc.integer({ min: 1, max: 9 }),
  seed: fc.maxSafeNat(),
  width: fc.integer({ min: 1, max: 3 }),
  targetWidth: fc.integer({ min: 1, max: 3 }),
  perStep: fc.boolean(),
});

describe("batches of sequences", () => {
  it("set sequences apart for which a batch has less room, and leave the others as they were", () => {
    const lengths = [3, 90, 2, 5, 40, 1, 44, 2, 4];
    const room = (i: number) => ({ 1: 1, 4: 2, 6: 2 })[i] ?? 3;
    const data = sequences(lengths);
    const order = (chosen: SequenceBatches, epoch: number) =>
      Array.from({ length: chosen.count }, (_, i) => [...chosen.at(epoch * chosen.count + i).sequences]);
    const batches = new SequenceBatches(data, { batch: 3, seed: 7, pool: 1, room });
    expect(batches.count).toBe(4); // 6 usual ones in 2 batches, and 2 batches of long ones
    for (const epoch of [0, 1, 5]) {
      const found = order(batches, epoch);
      expect(found.flat().sort()).toEqual([...lengths.keys()]);
      expect(found).toContainEqual([1]);
      expect(found).toContainEqual([6, 4]);
    }
    expect(order(batches, 0)).not.toEqual(order(batches, 1));
    const [plain, roomy] = [{}, { room: () => 3 }].map(
      (more) => new SequenceBatches(data, { batch: 3, seed: 7, pool: 1, ...more }),
    );
    expect(order(roomy!, 2)).toEqual(order(plain!, 2));
  });

  it("hold every sequence once per epoch, longest first, padded past its end", () => {
    fc.assert(
      fc.property(
        lengths,
        shape,
        fc.nat(3),
        (lengths, { batch, seed, width, targetWidth, perStep }, epoch) => {
          const floats = width > 1;
          const data = sequences(lengths, { floats, width, targetWidth, perStep });
          const targetPer = perStep ? "step" : "sequence";
          const batches = new SequenceBatches(data, { batch, seed, width, targetWidth, targetPer });
          expect(batches.count).toBe(Math.ceil(lengths.length / batch));
          const seen: number[] = [];
          for (let i = epoch * batches.count; i < (epoch + 1) * batches.count; i++) {
            const { steps: T, lengths: found, sequences: chosen, inputs, targets } = batches.at(i);
            const B = chosen.length;
            expect(B).toBeLessThanOrEqual(batch);
            seen.push(...chosen);
            expect(found).toEqual([...chosen].map((n) => lengths[n]));
            expect(found).toEqual([...found].sort((a, b) => b - a));
            expect(T).toBe(found[0]);
            expect(inputs.length).toBe(T * B * width);
            const targetSteps = perStep ? T : 1;
            expect(targets.length).toBe(targetSteps * B * targetWidth);
            chosen.forEach((n, b) => {
              for (let t = 0; t < T; t++) {
                for (let k = 0; k < width; k++) {
                  const expected = t < lengths[n]! ? data.inputs[n]![t * width + k] : 0;
                  expect(inputs[(t * B + b) * width + k]).toBe(expected);
                }
              }
              for (let t = 0; t < targetSteps; t++) {
                for (let k = 0; k < targetWidth; k++) {
                  const padding = targetWidth > 1 ? 0 : IGNORED_TARGET;
                  const inside = !perStep || t < lengths[n]!;
                  const expected = inside ? data.targets[n]![t * targetWidth + k] : padding;
                  expect(targets[(t * B + b) * targetWidth + k]).toBe(expected);
                }
              }
            });
          }
          expect(seen.sort((a, b) => a - b)).toEqual(lengths.map((_, n) => n));
        },
      ),
    );
  });

  it("come in an order that depends only on seed and epoch, however they are requested", () => {
    const order = (i: number, seed: number, lengths: number[]) => {
      const batches = new SequenceBatches(sequences(lengths), { batch: 4, seed });
      return Array.from({ length: batches.count }, (_, k) => [
        ...batches.at(i * batches.count + k).sequences,
      ]);
    };
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 40, maxLength: 60 }), (lengths) => {
        const first = order(0, 7, lengths);
        expect(order(0, 7, lengths)).toEqual(first);
        expect(order(1, 7, lengths)).not.toEqual(first);
        expect(order(0, 8, lengths)).not.toEqual(first);
        const batches = new SequenceBatches(sequences(lengths), { batch: 4, seed: 7 });
        batches.at(3 * batches.count + 2);
        expect([...batches.at(0).sequences]).toEqual(first[0]);
      }),
      { numRuns: 30 },
    );
  });

  it("do not put the same sequences together in every epoch, and do not come sorted", () => {
    const lengths = Array.from({ length: 80 }, (_, i) => i + 1); // all different
    const batches = new SequenceBatches(sequences(lengths), { batch: 4 });
    const epoch = (e: number) =>
      Array.from({ length: 20 }, (_, k) => [...batches.at(20 * e + k).sequences].sort().join());
    const [a, b] = [new Set(epoch(0)), epoch(1)];
    expect(b.filter((batch) => a.has(batch)).length).toBeLessThan(10);
    const longest = Array.from({ length: 20 }, (_, k) => batches.at(k).steps);
    const rises = longest.slice(1).filter((steps, i) => steps > longest[i]!).length;
    expect(rises).toBeGreaterThan(4);
    expect(rises).toBeLessThan(15);
  });

  it("waste little on padding: a tenth of the steps, while random batches waste half", () => {
    const lengths = [...random(5).integers(3000, 100)].map((n) => n + 1);
    const share = (padded: (i: number) => readonly number[], count: number) => {
      let [all, used] = [0, 0];
      for (let i = 0; i < count; i++) {
        const own = padded(i);
        all += Math.max(...own) * own.length;
        used += own.reduce((sum, n) => sum + n);
      }
      return 1 - used / all;
    };
    const batch = 32;
    const batches = new SequenceBatches(sequences(lengths), { batch });
    const bucketed = share((i) => batches.at(i).lengths, batches.count);
    const unsorted = share((i) => lengths.slice(i * batch, (i + 1) * batch), batches.count);
    expect(bucketed).toBeLessThan(0.1);
    expect(unsorted).toBeGreaterThan(0.4);
  });
});

describe("batches of sequences that cannot be", () => {
  const ints = (...sizes: number[]) => sizes.map((size) => new Int32Array(size));
  const floats = (...sizes: number[]) => sizes.map((size) => new Float32Array(size));
  const make =
    (inputs: unknown, targets: unknown, options: object = {}) =>
    () =>
      new SequenceBatches({ inputs, targets } as Sequences, { batch: 2, ...options });

  it.each<[string, () => unknown, string, ...(string | RegExp)[]]>([
    ["no sequence", make([], []), "ERR_DATA", "0 sequences", "at least one"],
    ["nothing at all", make(undefined, undefined), "ERR_DATA", "0 sequences and 0 targets"],
    ["fewer targets", make(ints(3, 4), ints(3)), "ERR_DATA", "2 sequences and 1 targets"],
    ["an empty sequence", make(ints(3, 0), ints(3, 0)), "ERR_DATA", "sequence 1 is empty", "leave it out"],
    [
      "ragged features",
      make(floats(6, 7), ints(3, 3), { width: 2 }),
      "ERR_DATA",
      "sequence 1 has 7",
      "width 2",
    ],
    [
      "a target too few",
      make(ints(3, 4), ints(3, 3)),
      "ERR_DATA",
      "sequence 1 have 3",
      "expected 4 for 4 steps",
    ],
    ["targets a step", make(ints(3), ints(3), { targetPer: "sequence" }), "ERR_DATA", "have 3", "expected 1"],
    ["plain arrays", make([[1, 2]], ints(2)), "ERR_DATA", "input 0", "Int32Array"],
    [
      "ints and floats",
      make([...ints(2), ...floats(2)], ints(2, 2)),
      "ERR_DATA",
      "input 1",
      "like the first",
    ],
    ["mixed targets", make(ints(2, 2), [...ints(2), ...floats(2)]), "ERR_DATA", "target 1", "like the first"],
    [
      "no data",
      () => new SequenceBatches(undefined as never, { batch: 1 }),
      "ERR_VALUE",
      "expected an object",
    ],
    ["batch 0", make(ints(2), ints(2), { batch: 0 }), "ERR_VALUE", "batch is 0"],
    ["width 0", make(ints(2), ints(2), { width: 0 }), "ERR_VALUE", "width is 0"],
    ["a seed below 0", make(ints(2), ints(2), { seed: -1 }), "ERR_VALUE", "seed is -1"],
    ["targetPer batch", make(ints(2), ints(2), { targetPer: "batch" }), "ERR_VALUE", "step or sequence"],
    [
      "batch -1 of an epoch",
      () => new SequenceBatches({ inputs: ints(1), targets: ints(1) }, { batch: 1 }).at(-1),
      "ERR_VALUE",
      "i is -1",
    ],
  ])("%s", (_, make, code, ...patterns) =>
    expectError(make, code as "ERR_DATA", "SequenceBatches", ...patterns),
  );
});
