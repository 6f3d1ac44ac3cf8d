import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bestThreshold, Thresholds } from "../../../src/models/labels/thresholds.ts";
import { expectError } from "../../runtimes.ts";

const best = (positives: readonly number[], negatives: readonly number[]) =>
  bestThreshold(Float32Array.from(positives), Float32Array.from(negatives));

describe("bestThreshold", () => {
  it("is 0.5 if that is as good as any, and if no example has the label", () => {
    expect(best([0.9, 0.6], [0.1, 0.4])).toBe(0.5);
    expect(best([0.5], [0.2])).toBe(0.5);
    expect(best([], [0.9, 0.2])).toBe(0.5);
  });

  it("is in the middle between the probabilities that it separates", () => {
    expect(best([0.3, 0.8], [0.1, 0.2])).toBe(0.25);
    expect(best([0.9], [0.7, 0.2])).toBe(0.8);
    expect(best([0.2], [])).toBe(0.1);
    expect(best([1], [0.99999994])).toBeGreaterThan(0.99999994);
  });

  it("has the largest F1 of all thresholds, and is 0.5 if that has it", () => {
    const probability = fc.oneof(
      fc.constantFrom(0, 0.25, 0.5, 0.75, 1),
      fc.float({ min: 0, max: 1, noNaN: true }),
    );
    const probabilities = fc.array(probability, { maxLength: 12 });
    fc.assert(
      fc.property(probabilities, probabilities, (positives, negatives) => {
        const f1 = (threshold: number) => {
          const hits = positives.filter((p) => p >= threshold).length;
          const wrong = negatives.filter((p) => p >= threshold).length;
          return (2 * hits) / (hits + wrong + positives.length);
        };
        const chosen = best(positives, negatives);
        expect(chosen).toBeGreaterThanOrEqual(0);
        expect(chosen).toBeLessThanOrEqual(1);
        if (!positives.length) {
          expect(chosen).toBe(0.5);
          return;
        }
        for (const other of [...positives, ...negatives, 0.5]) {
          expect(f1(chosen)).toBeGreaterThanOrEqual(f1(other));
        }
        if (f1(0.5) === f1(chosen)) expect(chosen).toBe(0.5);
      }),
    );
  });
});

describe("Thresholds", () => {
  it("are numbers from 0 to 1, also in a file", () => {
    expect(
      Thresholds.fromJSON(JSON.parse(JSON.stringify(new Thresholds([0, 0.123456789, 1])))).values,
    ).toEqual([0, 0.123456789, 1]);
    for (const wrong of [-0.1, 1.5, Number.NaN, "0.5", null]) {
      expectError(
        () => new Thresholds([0.5, wrong as number]),
        "ERR_VALUE",
        /thresholds\[1\] is .* from 0 to 1/,
      );
    }
    expectError(() => Thresholds.fromJSON({ a: 0.5 }), "ERR_FORMAT");
  });
});
