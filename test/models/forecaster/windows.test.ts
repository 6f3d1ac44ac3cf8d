import { describe, expect, it } from "vitest";
import { seriesOf } from "../../../src/models/forecaster/series.ts";
import { type WindowCoding, windowSource } from "../../../src/models/forecaster/windows.ts";
import { expectError } from "../../runtimes.ts";

/** Reads a row unchanged, and expects the value `reach` rows later. */
const plain = (reach: number): WindowCoding => ({
  ...{ inputs: 1, outputs: 1, reach },
  read(values, row, into, at) {
    into[at] = values[row]!;
  },
  expect(values, row, into, at) {
    into[at] = values[row + reach]!;
  },
});
const count = (length: number) => seriesOf({ a: Array.from({ length }, (_, i) => i) });

describe("windows", () => {
  it("run on from row to row, with targets from as far ahead as asked for", () => {
    const source = windowSource(count(20), plain(3), { batch: 2, seq: 5, seed: 1 });
    for (let i = 0; i < 30; i++) {
      const { steps, inputs, targets } = source.training(i);
      expect([steps, inputs.length]).toEqual([5, 10]);
      for (let b = 0; b < 2; b++) {
        const rows = Array.from({ length: 5 }, (_, t) => inputs[t * 2 + b]!);
        expect(rows).toEqual(rows.map((_, t) => rows[0]! + t));
        expect(rows.map((_, t) => targets[t * 2 + b])).toEqual(rows.map((row) => row + 3));
      }
    }
  });

  it("all come up once before one comes again, in an order of the seed", () => {
    const starts = (seed: number) => {
      const source = windowSource(count(20), plain(3), { batch: 4, seq: 5, seed });
      return Array.from({ length: 13 }, (_, i) => [...source.training(i).inputs.slice(0, 4)]).flat();
    };
    const all = starts(1);
    for (let round = 0; round < 4; round++) {
      const windows = all.slice(round * 13, (round + 1) * 13);
      expect([...windows].sort((a, b) => a - b)).toEqual(Array.from({ length: 13 }, (_, i) => i));
      if (round) expect(windows).not.toEqual(all.slice(0, 13));
    }
    expect(starts(1)).toEqual(all);
    expect(starts(2)).not.toEqual(all);
  });

  it("depend on the iteration alone", () => {
    const make = () => windowSource(count(50), plain(1), { batch: 3, seq: 4, seed: 7 });
    const [inOrder, jumping] = [make(), make()];
    const batches = Array.from({ length: 40 }, (_, i) => inOrder.training(i).inputs.slice());
    for (const i of [39, 0, 17, 16, 38]) expect(jumping.training(i).inputs).toEqual(batches[i]);
  });

  it("are as long as the series allows", () => {
    const source = windowSource(count(6), plain(2), { batch: 3, seq: 100, seed: 1 });
    const { steps, inputs } = source.training(0);
    expect(steps).toBe(4);
    expect([...inputs.slice(0, 3)]).toEqual([0, 0, 0]);
    expect(windowSource(count(3), plain(2), { batch: 1, seq: 9, seed: 1 }).training(5).steps).toBe(1);
    expectError(
      () => windowSource(count(2), plain(2), { batch: 1, seq: 9, seed: 1 }),
      "ERR_DATA",
      "2 rows for training, but forecasts reach 2 ahead: expected at least 3 rows",
    );
  });

  it("make an epoch of as many iterations as show each once, but at least 50", () => {
    const epoch = (rows: number) =>
      windowSource(count(rows), plain(1), { batch: 2, seq: 10, seed: 1 }).perEpoch;
    expect([epoch(210), epoch(60)]).toEqual([100, 50]);
  });
});
