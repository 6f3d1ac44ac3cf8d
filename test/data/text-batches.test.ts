import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitBatches, TextBatches } from "../../src/data/text-batches.ts";

const count = (n: number) => Int32Array.from({ length: n }, (_, i) => i);

const layouts = fc.record({
  batch: fc.integer({ min: 1, max: 5 }),
  seq: fc.integer({ min: 1, max: 5 }),
  batches: fc.integer({ min: 2, max: 6 }),
  rest: fc.double({ min: 0, max: 0.99, noNaN: true }),
});

describe("TextBatches", () => {
  it("is char-rnn's layout, worked by hand", () => {
    // 12 of 14 ids: streams 0..5 and 6..11, in batches of 3 steps.
    const batches = new TextBatches(count(14), { batch: 2, seq: 3 });
    expect(batches.count).toBe(2);
    const out = new Int32Array(6);
    const written = (what: "inputs" | "targets", i: number) => {
      batches[what](i, out);
      return [...out];
    };
    expect(written("inputs", 0)).toEqual([0, 6, 1, 7, 2, 8]);
    expect(written("targets", 0)).toEqual([1, 7, 2, 8, 3, 9]);
    expect(written("inputs", 1)).toEqual([3, 9, 4, 10, 5, 11]);
    expect(written("targets", 1)).toEqual([4, 10, 5, 11, 6, 0]);
  });

  it("covers the text in contiguous streams, every target the input after it", () => {
    fc.assert(
      fc.property(layouts, ({ batch, seq, batches, rest }) => {
        const size = batch * seq;
        const used = size * batches;
        // Each id is its index plus 7, so that a wrap to 0 instead of the first id would be noticed.
        const ids = count(used + Math.floor(rest * size)).map((i) => i + 7);
        const all = new TextBatches(ids, { batch, seq });
        expect(all.count).toBe(batches);
        const x = new Int32Array(size);
        const y = new Int32Array(size);
        const streams: number[][] = Array.from({ length: batch }, () => []);
        for (let i = 0; i < all.count; i++) {
          all.inputs(i, x);
          all.targets(i, y);
          for (let t = 0; t < seq; t++) {
            for (let b = 0; b < batch; b++) {
              const id = x[t * batch + b]!;
              streams[b]!.push(id);
              expect(y[t * batch + b]).toBe(id - 7 === used - 1 ? 7 : id + 1);
            }
          }
        }
        expect(streams.flat()).toEqual([...ids.subarray(0, used)]);
      }),
    );
  });

  it("says how much text it needs", () => {
    expect(() => new TextBatches(count(11), { batch: 2, seq: 3 })).toThrow(
      expect.objectContaining({
        code: "ERR_DATA",
        message:
          "11 symbols, expected at least 12: 2 batches of 2 x 3; use more text, or a smaller batch or seq",
      }),
    );
    expect(new TextBatches(count(12), { batch: 2, seq: 3 }).count).toBe(2);
  });

  it.each([0, -1, 1.5, Number.NaN])("refuses a batch or seq of %d", (size) => {
    const refused = expect.objectContaining({ code: "ERR_VALUE" });
    expect(() => new TextBatches(count(99), { batch: size, seq: 3 })).toThrow(refused);
    expect(() => new TextBatches(count(99), { batch: 3, seq: size })).toThrow(refused);
  });

  it("refuses a batch that is not there and an output of another size", () => {
    const batches = new TextBatches(count(12), { batch: 2, seq: 3 });
    for (const i of [-1, 2, 0.5, Number.NaN]) {
      expect(() => batches.inputs(i, new Int32Array(6))).toThrow(
        expect.objectContaining({ code: "ERR_VALUE" }),
      );
    }
    for (const size of [5, 7]) {
      expect(() => batches.targets(0, new Int32Array(size))).toThrow(
        expect.objectContaining({
          code: "ERR_SHAPE",
          message: `TextBatches.targets: out has ${size} elements, expected [3, 2]`,
        }),
      );
    }
  });
});

describe("splitBatches", () => {
  const sizes = (n: number, fractions?: { train?: number; validation?: number }) => {
    const { train, validation, test } = splitBatches(n, fractions);
    expect([train.start, validation.start, test.start, test.end]).toEqual([0, train.end, validation.end, n]);
    return [train, validation, test].map(({ start, end }) => end - start);
  };

  it("rounds 90 and 5 percent down, the rest is for the test", () => {
    expect(sizes(446)).toEqual([401, 22, 23]); // 1,115,394 characters in batches of 50 x 50
    expect(sizes(30)).toEqual([27, 1, 2]);
    expect(sizes(40)).toEqual([36, 2, 2]);
    expect(sizes(20)).toEqual([18, 1, 1]);
  });

  it("leaves a batch for validation and one for training", () => {
    expect(sizes(2)).toEqual([1, 1, 0]);
    expect(sizes(3)).toEqual([2, 1, 0]);
    expect(sizes(10)).toEqual([9, 1, 0]);
    expect(sizes(19)).toEqual([17, 1, 1]);
    expect(sizes(2, { train: 1, validation: 0 })).toEqual([1, 1, 0]);
    expect(sizes(2, { train: 0, validation: 1 })).toEqual([1, 1, 0]);
  });

  it("takes other fractions", () => {
    expect(sizes(10, { train: 0.5, validation: 0.3 })).toEqual([5, 3, 2]);
    expect(sizes(10, { train: 0.8, validation: 0.2 })).toEqual([8, 2, 0]);
  });

  it("refuses too few batches and fractions over 1", () => {
    for (const n of [0, 1])
      expect(() => splitBatches(n)).toThrow(expect.objectContaining({ code: "ERR_DATA" }));
    for (const fractions of [{ train: 0.9, validation: 0.2 }, { train: -0.1 }, { validation: Number.NaN }]) {
      expect(() => splitBatches(10, fractions)).toThrow(expect.objectContaining({ code: "ERR_VALUE" }));
    }
  });
});
