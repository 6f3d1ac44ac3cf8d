import { expect, it } from "vitest";
import { describeBuilds } from "../builds.ts";
import { expectClose, expectRelative } from "../close.ts";
import { random } from "../random.ts";
import * as reference from "../reference.ts";
import { expectSame } from "../same.ts";
import { SIZES } from "./sizes.ts";

const N = 3;
const WIDTHS = [...SIZES, 1000];

describeBuilds("softmax", ({ kernels: k, arena }) => {
  it.each(WIDTHS)("softmax_forward gives probabilities, C %i", (C) => {
    const x = random(C).array(N * C, 16);
    const y = arena.output(N * C, { unaligned: true });
    k.softmax_forward(y.ptr, arena.input(x, { last: true }), N, C);
    expectRelative(y.values, reference.softmaxForward(x, N, C), 2e-6);
  });

  it.each(WIDTHS)("log_softmax_forward gives their logarithms, C %i", (C) => {
    const x = random(C).array(N * C, 16);
    const y = arena.output(N * C, { unaligned: true });
    k.log_softmax_forward(y.ptr, arena.input(x, { last: true }), N, C);
    expectClose(y.values, reference.logSoftmaxForward(x, N, C));
  });

  it("log_softmax_forward of C equal logits is -log C to the last bit", () => {
    for (const C of [...Array(200).keys(), 1000, 4097, 65_536].slice(1)) {
      const y = arena.output(C);
      k.log_softmax_forward(y.ptr, arena.input(new Float32Array(C).fill(-2)), 1, C);
      expectSame(y.values, new Float32Array(C).fill(0 - Math.fround(Math.log(C))));
    }
  });

  it.each(["softmax_forward", "log_softmax_forward"] as const)("%s works in place", (name) => {
    const x = random(1).array(N * 9, 4);
    const [y, out] = [arena.output(x), arena.output(x.length)];
    k[name](y.ptr, y.ptr, N, 9);
    k[name](out.ptr, arena.input(x), N, 9);
    expectSame(y.values, out.values);
  });

  it.each([
    ["softmax_forward", reference.softmaxForward],
    ["log_softmax_forward", reference.logSoftmaxForward],
  ] as const)("%s takes large logits, -infinity and NaN, row by row", (name, f) => {
    const x = Float32Array.of(
      ...[3e38, 0, -Infinity, 3e38, 1e38],
      ...[-Infinity, -1000, -Infinity, -1001, -1000.5],
      ...[1, 2, 3, Number.NaN, 5],
      ...[-Infinity, -Infinity, -Infinity, -Infinity, -Infinity],
      ...[-1, 0, 1, 2, 3],
    );
    const y = arena.output(x.length);
    k[name](y.ptr, arena.input(x), 5, 5);
    const want = f(x, 5, 5);
    // In float64 3e38 + log(2) equals 3e38, so the halves of the first row are set by hand.
    const [half, none] = name === "softmax_forward" ? [0.5, 0] : [-Math.LN2, undefined];
    want.set([half, none ?? -3e38, none ?? -Infinity, half, none ?? -2e38]);
    expectRelative(y.values, want, 1e-6);
  });

  it.each(WIDTHS)("softmax_backward adds the gradient, C %i", (C) => {
    const { array } = random(C);
    const [dx, dy, y] = [array(N * C), array(N * C), reference.softmaxForward(array(N * C, 4), N, C)];
    const out = arena.output(dx, { unaligned: true });
    k.softmax_backward(out.ptr, arena.input(dy, { last: true }), arena.input(y), N, C);
    const gradient = reference.softmaxBackward(Float32Array.from(y), dy, N, C);
    expectClose(
      out.values,
      gradient.map((value, i) => value + dx[i]!),
    );
  });

  it.each(WIDTHS)("log_softmax_backward adds the gradient, C %i", (C) => {
    const { array } = random(C);
    const [dx, dy, y] = [array(N * C), array(N * C), reference.logSoftmaxForward(array(N * C, 4), N, C)];
    const out = arena.output(dx, { unaligned: true });
    k.log_softmax_backward(out.ptr, arena.input(dy), arena.input(y, { last: true }), N, C);
    const gradient = reference.logSoftmaxBackward(Float32Array.from(y), dy, N, C);
    expectClose(
      out.values,
      gradient.map((value, i) => value + dx[i]!),
      [Math.sqrt(C), 0],
    );
  });

  it("no rows change nothing", () => {
    const y = arena.output([]);
    k.softmax_forward(y.ptr, y.ptr, 0, 5);
    k.log_softmax_forward(y.ptr, y.ptr, 0, 5);
    k.softmax_backward(y.ptr, y.ptr, y.ptr, 0, 5);
    k.log_softmax_backward(y.ptr, y.ptr, y.ptr, 0, 5);
    expect(y.values).toHaveLength(0);
  });
});
