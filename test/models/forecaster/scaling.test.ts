import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Scaling } from "../../../src/models/forecaster/scaling.ts";
import { seriesOf } from "../../../src/models/forecaster/series.ts";
import { expectError } from "../../runtimes.ts";

describe("a scaling", () => {
  it("measures by hand-worked values", () => {
    const { columns } = Scaling.of(seriesOf({ a: [1, 2, 4, 9], b: [3, 3, 3, 3] }), [1, 2]);
    const [a, b] = columns;
    expect(a!.mean).toBe(4);
    expect(a!.deviation).toBeCloseTo(Math.sqrt((9 + 4 + 0 + 25) / 4), 12);
    expect(a!.step).toBeCloseTo(Math.sqrt((1 + 4 + 25) / 3), 12);
    expect(a!.change).toBeCloseTo(Math.sqrt((1 + 4 + 25 + 9 + 49) / 5), 12);
    expect(b, "constant").toEqual({ mean: 3, deviation: 1, step: 1, change: 1 });
  });

  it("takes 1 if a change was never seen", () => {
    expect(Scaling.of(seriesOf({ a: [7] }), [3]).columns).toEqual([
      { mean: 7, deviation: 1, step: 1, change: 1 },
    ]);
  });

  it("does not lose a small deviation next to a large mean", () => {
    const [a] = Scaling.of(seriesOf({ a: [1e9 + 1, 1e9 + 2, 1e9 + 3] }), [1]).columns;
    expect(a!.deviation).toBeCloseTo(Math.sqrt(2 / 3), 6);
    expect(Scaling.of(seriesOf({ a: new Array(99).fill(0.1) }), [1]).columns[0]!.deviation).toBe(1);
  });

  it("comes back from JSON as it was", () => {
    const numbers = fc.array(fc.double({ min: -1e100, max: 1e100, noNaN: true }), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: 4 }), (a, lead) => {
        const scaling = Scaling.of(seriesOf({ a }), [lead]);
        expect(Scaling.fromJSON(JSON.parse(JSON.stringify(scaling)))).toEqual(scaling);
      }),
    );
  });

  it.each([
    null,
    {},
    [null],
    [{ mean: 0, deviation: 0, step: 1, change: 1 }],
    [{ mean: 0, deviation: 1, step: 1 }],
    [{ mean: null, deviation: 1, step: 1, change: 1 }],
    [{ mean: 0, deviation: "1", step: 1, change: 1 }],
  ])("is not read from %j", (json) => {
    expectError(() => Scaling.fromJSON(json), "ERR_VALUE", "the scaling is", "expected mean, deviation");
  });

  it("refuses numbers whose squares have no end, and no rows", () => {
    expectError(
      () => Scaling.of(seriesOf({ a: [1e300, -1e300] }), [1]),
      "ERR_DATA",
      "column a are too large",
    );
    expectError(() => Scaling.of(seriesOf({ a: [] }), [1]), "ERR_DATA");
  });
});
