import { expect, it } from "vitest";
import type { Placement } from "../arena.ts";
import { type Build, describeBuilds } from "../builds.ts";
import { expectClose } from "../close.ts";
import { random } from "../random.ts";
import { expectSame } from "../same.ts";
import { SIZES } from "./sizes.ts";

const PLACEMENTS: Placement[] = [{}, { unaligned: true }, { last: true }];

/** Calls `test` with an empty arena for every size and every placement of each of `count` operands. */
function everyPlacement(
  { arena }: Build,
  count: number,
  test: (n: number, placed: (operand: number) => Placement) => void,
): void {
  for (const n of SIZES) {
    for (const placement of PLACEMENTS) {
      for (let operand = 0; operand < count; operand++) {
        arena.clear();
        test(n, (i) => (i === operand ? placement : {}));
        arena.check();
      }
    }
  }
}

describeBuilds("elementwise arithmetic", (build) => {
  const { kernels: k, arena } = build;

  it("add_scaled adds a multiple", () => {
    everyPlacement(build, 2, (n, placed) => {
      const { array } = random(n);
      const [y, x] = [array(n), array(n)];
      const out = arena.output(y, placed(0));
      k.add_scaled(out.ptr, arena.input(x, placed(1)), -1.7, n);
      expectClose(
        out.values,
        Float64Array.from(y, (value, i) => value - 1.7 * x[i]!),
        [0.1, 0],
      );
    });
  });

  it.each(["add_forward", "multiply_forward"] as const)("%s is correctly rounded", (name) => {
    everyPlacement(build, 3, (n, placed) => {
      const { array } = random(n);
      const [a, b] = [array(n), array(n)];
      const y = arena.output(n, placed(0));
      k[name](y.ptr, arena.input(a, placed(1)), arena.input(b, placed(2)), n);
      expectSame(
        y.values,
        Float64Array.from(a, (value, i) => (name === "add_forward" ? value + b[i]! : value * b[i]!)),
      );
    });
  });

  it.each(["add_forward", "multiply_forward"] as const)("%s works in place of either operand", (name) => {
    const { array } = random(11);
    const [a, b] = [array(11), array(11)];
    const [first, second, out] = [arena.output(a), arena.output(b), arena.output(11)];
    k[name](first.ptr, first.ptr, arena.input(b), 11);
    k[name](second.ptr, arena.input(a), second.ptr, 11);
    k[name](out.ptr, arena.input(a), arena.input(b), 11);
    expectSame(first.values, out.values);
    expectSame(second.values, out.values);
  });

  it("multiply_add adds the product", () => {
    everyPlacement(build, 3, (n, placed) => {
      const { array } = random(n);
      const [y, a, b] = [array(n), array(n), array(n)];
      const out = arena.output(y, placed(0));
      k.multiply_add(out.ptr, arena.input(a, placed(1)), arena.input(b, placed(2)), n);
      expectClose(
        out.values,
        Float64Array.from(y, (value, i) => value + a[i]! * b[i]!),
        [0.1, 0],
      );
    });
  });

  it("does not depend on the position of a value", () => {
    const row = (value: number) => arena.input(new Float32Array(7).fill(value));
    const same = ({ values }: { values: Float32Array }) => expect(new Set(values).size).toBe(1);
    for (const value of random(3).array(50, 4)) {
      arena.clear();
      const y = arena.output(new Float32Array(7).fill(0.3));
      k.add_scaled(y.ptr, row(value), 0.7, 7);
      same(y);
      k.multiply_add(y.ptr, row(value), row(0.9), 7);
      same(y);
    }
  });
});

describeBuilds("reductions", ({ kernels: k, arena }) => {
  it.each(SIZES)("total adds up in float64, n %i", (n) => {
    const x = random(n).array(n);
    x[0] = 2 ** 30;
    const ptr = arena.input(x, { last: true });
    expect(k.total(ptr, n)).toBe(x.reduce((sum, value) => sum + value, 0));
    expect(k.total(ptr, 0)).toBe(0);
  });

  it.each([...SIZES, 0])("first_nonfinite finds none among finite floats, n %i", (n) => {
    const x = random(n).array(n);
    x.fill(3.4028234663852886e38, 0, 1).fill(-3.4028234663852886e38, 1, 2);
    expect(k.first_nonfinite(arena.input(x, { last: true }), n)).toBe(-1);
  });

  it.each([Number.NaN, Infinity, -Infinity])("first_nonfinite finds %d at every position", (value) => {
    for (let n = 1; n <= 17; n++) {
      for (let i = 0; i < n; i++) {
        arena.clear();
        const x = random(n).array(n);
        x[i] = value;
        if (i + 3 < n) x[i + 3] = Number.NaN;
        expect(k.first_nonfinite(arena.input(x, { unaligned: true }), n)).toBe(i);
      }
    }
  });
});
