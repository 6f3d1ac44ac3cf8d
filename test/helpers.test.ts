import { describe, expect, it } from "vitest";
import { expectClose, expectRelative } from "./close.ts";
import { gradcheck } from "./gradcheck.ts";
import { random } from "./random.ts";

describe("expectClose", () => {
  it("allows 4e-6 of the scale and 8 times PyTorch's own error", () => {
    expectClose([1 + 3e-6], [1]);
    expect(() => expectClose([1 + 5e-6], [1])).toThrow();
    expectClose([100 + 3e-4], [100], [100, 0]);
    expectClose([1 + 1e-5], [1], [1, 1e-6]);
  });

  it("expects NaN and infinities to match", () => {
    expectClose([Number.NaN, Infinity, -Infinity, -0], [Number.NaN, Infinity, -Infinity, 0]);
    for (const [got, want] of [
      [Number.NaN, 0],
      [0, Number.NaN],
      [Infinity, -Infinity],
      [1e30, Infinity],
    ]) {
      expect(() => expectClose([got!], [want!])).toThrow();
    }
  });

  it("rounds to float32 first", () => {
    expectClose([1e39], [Infinity]);
  });

  it("names tensor, index, values and the worst error", () => {
    const check = () => expectClose([0, 1.5, 5], [0, 1, 2], [1, 0], "lstm small out.y");
    expect(check).toThrow(
      /lstm small out\.y: 2 of 3 .* first \[1\] is 1\.5, expected 1 .* worst \[2\] is 5, expected 2/,
    );
    expect(() => expectClose([1], [1, 2], [1, 0], "out.y")).toThrow("out.y: 1 elements, expected 2");
  });

  it("can be relative, down to the smallest normal float32", () => {
    expectRelative([1.000001e30, 0], [1e30, 1e-39], 2e-6);
    expect(() => expectRelative([1.00001e30], [1e30], 2e-6)).toThrow();
    expect(() => expectRelative([0], [1e-37], 2e-6)).toThrow();
  });
});

describe("gradcheck", () => {
  const x = random(3).array(7);
  const f = () => x.reduce((sum, value) => sum + value ** 3 / 3, 0);

  it("accepts the gradient and leaves x as it was", () => {
    const before = x.slice();
    gradcheck(
      f,
      x,
      x.map((value) => value * value),
    );
    expect(x).toEqual(before);
  });

  it("names the worst element", () => {
    const wrong = x.map((value, i) => value * value + (i === 4 ? 0.5 : i === 2 ? 0.1 : 0));
    expect(() => gradcheck(f, x, wrong, { label: "w" })).toThrow(
      /d\/dw\[4\] is .*, central differences give /,
    );
    expect(() =>
      gradcheck(
        f,
        x,
        x.map(() => Number.NaN),
      ),
    ).toThrow("d/dx[0] is NaN");
    expect(() => gradcheck(f, x, [1])).toThrow("x has 7 elements, its gradient 1");
  });
});

describe("random", () => {
  it("repeats for the same seed and differs for another", () => {
    expect(random(1).array(50)).toEqual(random(1).array(50));
    expect(random(1).array(50)).not.toEqual(random(2).array(50));
  });

  it("gives distinct values around 0, within their scale", () => {
    const { array } = random(5);
    const values = [...array(5000), ...array(5000)];
    expect(new Set(values).size).toBe(10_000);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-1);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(values.reduce((a, b) => a + b, 0) / values.length).toBeCloseTo(0, 1);
    expect(Math.max(...random(5).array(1000, 0.25).map(Math.abs))).toBeLessThanOrEqual(0.25);
  });

  it("gives integers below n", () => {
    const values = random(7).integers(1000, 5);
    expect(new Set(values)).toEqual(new Set([0, 1, 2, 3, 4]));
  });
});
