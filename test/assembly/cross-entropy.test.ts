import { it } from "vitest";
import type { Arena } from "../arena.ts";
import { describeBuilds } from "../builds.ts";
import { expectClose } from "../close.ts";
import { random } from "../random.ts";
import { crossEntropyBackward, crossEntropyForward } from "../reference.ts";
import { expectSame } from "../same.ts";

interface Case {
  C: number;
  weighted: boolean;
  labelSmoothing: number;
}

const CASES: Case[] = [1, 2, 5, 8, 9, 33].flatMap((C) =>
  [0, 0.1].flatMap((labelSmoothing) => [false, true].map((weighted) => ({ C, weighted, labelSmoothing }))),
);

const N = 5;
const IGNORED = -100;

function problem({ C, weighted }: Case) {
  const { array, integers } = random(C);
  const targets = integers(N, C);
  targets[2] = IGNORED;
  return {
    x: array(N * C, 4),
    targets,
    weight: weighted ? array(C).map((value) => value + 1.5) : undefined,
    upstream: array(N),
    dx: array(N * C),
    probabilities: array(N * C).map((value) => (value + 1) / C),
  };
}

/** Returns lse[N, 2]: maximum m and log(sum(exp(x - m))) of every row. */
function logSumExp(x: Float32Array, C: number): Float64Array {
  const rows = Array.from({ length: x.length / C }, (_, i) => x.subarray(i * C, (i + 1) * C));
  return Float64Array.from(
    rows.flatMap((row) => {
      const m = Math.max(...row);
      return [m, Math.log(row.reduce((sum, value) => sum + Math.exp(value - m), 0))];
    }),
  );
}

const address = (arena: Arena, weight: Float32Array | undefined) =>
  weight ? arena.input(weight, { unaligned: true }) : 0;

describeBuilds("cross-entropy with class indices", ({ kernels: k, arena }) => {
  it.each(CASES)(
    "forward gives losses, weights and log-sum-exp, $C classes, weighted $weighted, smoothing $labelSmoothing",
    (c) => {
      const { C, labelSmoothing } = c;
      const { x, targets, weight } = problem(c);
      const [loss, kept, lse] = [
        arena.output(N),
        arena.output(N),
        arena.output(new Float32Array(2 * N).fill(7)),
      ];
      k.cross_entropy_forward(
        ...[loss.ptr, kept.ptr, lse.ptr, arena.input(x, { last: true }), arena.integers(targets)],
        ...([address(arena, weight), N, C, IGNORED, labelSmoothing] as const),
      );
      expectClose(
        loss.values,
        crossEntropyForward(x, targets, N, C, { reduction: "none", weight, labelSmoothing }),
        [8, 0],
      );
      expectSame(
        kept.values,
        Float64Array.from(targets, (t) => (t === IGNORED ? 0 : (weight?.[t] ?? 1))),
      );
      const want = logSumExp(x, C);
      want.fill(7, 4, 6); // an ignored row has none
      expectClose(lse.values, want);
    },
  );

  it.each(CASES)(
    "backward adds the gradient, $C classes, weighted $weighted, smoothing $labelSmoothing",
    (c) => {
      const { C, labelSmoothing } = c;
      const { x, targets, weight, upstream, dx } = problem(c);
      const out = arena.output(dx, { unaligned: true });
      k.cross_entropy_backward(
        ...[out.ptr, arena.input(upstream), arena.input(logSumExp(x, C)), arena.input(x, { last: true })],
        ...([arena.integers(targets), address(arena, weight), N, C, IGNORED, labelSmoothing] as const),
      );
      const options = { reduction: "none", weight, labelSmoothing } as const;
      const gradient = crossEntropyBackward(x, targets, upstream, N, C, options);
      expectClose(
        out.values,
        gradient.map((value, i) => value + dx[i]!),
      );
    },
  );

  it("takes logits of -infinity other than the target's, and another ignored index", () => {
    const x = Float32Array.of(-Infinity, 1, 2, -Infinity, 500, -Infinity, 0, 1, 2);
    const targets = Int32Array.of(2, 1, 0);
    const [loss, kept, lse] = [arena.output(3), arena.output(3), arena.output(6)];
    const [xPtr, tPtr] = [arena.input(x), arena.integers(targets)];
    k.cross_entropy_forward(loss.ptr, kept.ptr, lse.ptr, xPtr, tPtr, 0, 3, 3, 0, 0);
    const options = { reduction: "none", ignoreIndex: 0 } as const;
    expectClose(loss.values, crossEntropyForward(x, targets, 3, 3, options));
    const dx = arena.output(new Float32Array(9));
    k.cross_entropy_backward(dx.ptr, arena.input([1, 2, 3]), lse.ptr, xPtr, tPtr, 0, 3, 3, 0, 0);
    expectClose(dx.values, crossEntropyBackward(x, targets, Float32Array.of(1, 2, 3), 3, 3, options));
  });

  it("keeps the difference between large logits", () => {
    const x = random(2).array(9, 4);
    const far = x.map((value) => Math.round(value * 8) / 8 + 2 ** 19);
    const losses = [arena.output(1), arena.output(1)];
    [far, far.map((value) => value - 2 ** 19)].forEach((logits, i) => {
      const [kept, lse, dx] = [arena.output(1), arena.output(2), arena.output(new Float32Array(9))];
      const [xPtr, tPtr] = [arena.input(logits), arena.integers([3])];
      k.cross_entropy_forward(losses[i]!.ptr, kept.ptr, lse.ptr, xPtr, tPtr, 0, 1, 9, IGNORED, 0.1);
      k.cross_entropy_backward(dx.ptr, arena.input([1]), lse.ptr, xPtr, tPtr, 0, 1, 9, IGNORED, 0.1);
      const options = { reduction: "none", labelSmoothing: 0.1 } as const;
      expectClose(
        dx.values,
        crossEntropyBackward(logits, Int32Array.of(3), Float32Array.of(1), 1, 9, options),
      );
    });
    expectSame(losses[0]!.values, losses[1]!.values);
  });

  it("gives an infinite loss if the target's logit is -infinity, NaN if a logit is NaN", () => {
    const x = [-Infinity, 1, 2, 0, Number.NaN, 1];
    const [loss, kept, lse] = [arena.output(2), arena.output(2), arena.output(4)];
    k.cross_entropy_forward(
      ...[loss.ptr, kept.ptr, lse.ptr, arena.input(x), arena.integers([0, 0])],
      ...([0, 2, 3, IGNORED, 0] as const),
    );
    expectSame(loss.values, [Infinity, Number.NaN]);
  });

  it("flushes subnormal gradients", () => {
    const dx = arena.output(new Float32Array(9));
    const x = [0, -87, -87, -87, -87, -87, -87, -87, -87];
    k.cross_entropy_backward(
      ...[dx.ptr, arena.input([1e-3]), arena.input([0, 0]), arena.input(x), arena.integers([0])],
      ...([0, 1, 9, IGNORED, 0] as const),
    );
    expectSame(dx.values, new Float32Array(9));
  });
});

describeBuilds("cross-entropy with probabilities", ({ kernels: k, arena }) => {
  it.each(CASES)(
    "forward gives losses and log-sum-exp, $C classes, weighted $weighted, smoothing $labelSmoothing",
    (c) => {
      const { C, labelSmoothing } = c;
      const { x, probabilities: q, weight } = problem(c);
      const [loss, lse] = [arena.output(N, { unaligned: true }), arena.output(2 * N)];
      k.soft_cross_entropy_forward(
        ...[loss.ptr, lse.ptr, arena.input(x), arena.input(q, { last: true }), address(arena, weight)],
        ...([N, C, labelSmoothing] as const),
      );
      expectClose(
        loss.values,
        crossEntropyForward(x, q, N, C, { reduction: "none", weight, labelSmoothing }),
        [16, 0],
      );
      expectClose(lse.values, logSumExp(x, C));
    },
  );

  it.each(CASES)(
    "backward adds the gradient, $C classes, weighted $weighted, smoothing $labelSmoothing",
    (c) => {
      const { C, labelSmoothing } = c;
      const { x, probabilities: q, weight, upstream, dx } = problem(c);
      const out = arena.output(dx, { unaligned: true });
      k.soft_cross_entropy_backward(
        ...[out.ptr, arena.input(upstream), arena.input(logSumExp(x, C)), arena.input(x, { last: true })],
        ...([arena.input(q), address(arena, weight), N, C, labelSmoothing] as const),
      );
      const options = { reduction: "none", weight, labelSmoothing } as const;
      const gradient = crossEntropyBackward(x, q, upstream, N, C, options);
      expectClose(
        out.values,
        gradient.map((value, i) => value + dx[i]!),
      );
    },
  );
});
