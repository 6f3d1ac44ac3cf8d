import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluationSegments, IGNORED_TARGET } from "../../src/data/evaluation-segments.ts";

const count = (n: number) => Int32Array.from({ length: n }, (_, i) => i);

describe("evaluationSegments", () => {
  it("is as worked by hand", () => {
    // 8 predictions in 3 streams: 0..2, 3..5, 6..7; segments of 2 steps and 1 step.
    const segments = evaluationSegments(count(9), { streams: 3, seq: 2 });
    expect([segments.count, segments.predictions, segments.streams]).toEqual([2, 8, 3]);
    const written = (what: "inputs" | "targets", i: number) => {
      const out = new Int32Array(segments.steps(i) * 3);
      segments[what](i, out);
      return [...out];
    };
    expect(written("inputs", 0)).toEqual([0, 3, 6, 1, 4, 7]);
    expect(written("targets", 0)).toEqual([1, 4, 7, 2, 5, 8]);
    expect(written("inputs", 1)).toEqual([2, 5, 0]);
    expect(written("targets", 1)).toEqual([3, 6, IGNORED_TARGET]);
  });

  it("predicts every character but the first exactly once, in contiguous streams", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 60 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 70 }),
        (n, streams, seq) => {
          const segments = evaluationSegments(count(n), { streams, seq });
          const inputs: number[][] = Array.from({ length: streams }, () => []);
          for (let i = 0; i < segments.count; i++) {
            const steps = segments.steps(i);
            expect(steps).toBeGreaterThan(0);
            if (i < segments.count - 1) expect(steps).toBe(seq);
            else expect(steps).toBeLessThanOrEqual(seq);
            const x = new Int32Array(steps * streams).fill(-1);
            const y = new Int32Array(steps * streams).fill(-1);
            segments.inputs(i, x);
            segments.targets(i, y);
            for (const [at, target] of y.entries()) {
              if (target === IGNORED_TARGET) expect(x[at]).toBe(0);
              else {
                expect(target).toBe(x[at]! + 1);
                inputs[at % streams]!.push(x[at]!);
              }
            }
          }
          expect(inputs.flat()).toEqual([...count(n - 1)]);
          const lengths = inputs.map((stream) => stream.length);
          expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
          expect(segments.predictions).toBe(n - 1);
        },
      ),
    );
  });

  it.each([
    [0, "0 symbols"],
    [1, "1 symbol,"],
  ] as const)("refuses %d symbols", (n, message) => {
    expect(() => evaluationSegments(count(n), { streams: 1, seq: 1 })).toThrow(
      expect.objectContaining({ code: "ERR_DATA", message: expect.stringContaining(message) }),
    );
  });

  it("refuses sizes, segments and outputs that are not right", () => {
    const refused = (code: string) => expect.objectContaining({ code });
    expect(() => evaluationSegments(count(9), { streams: 0, seq: 2 })).toThrow(refused("ERR_VALUE"));
    expect(() => evaluationSegments(count(9), { streams: 2, seq: 0.5 })).toThrow(refused("ERR_VALUE"));
    const segments = evaluationSegments(count(9), { streams: 3, seq: 2 });
    expect(() => segments.steps(2)).toThrow(refused("ERR_VALUE"));
    expect(() => segments.inputs(-1, new Int32Array(6))).toThrow(refused("ERR_VALUE"));
    expect(() => segments.targets(1, new Int32Array(6))).toThrow(refused("ERR_SHAPE"));
  });
});
