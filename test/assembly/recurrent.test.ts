import { expect, it } from "vitest";
import { type Build, describeBuilds } from "../builds.ts";
import { expectClose } from "../close.ts";
import type { NamedCurve } from "../reference/curves.ts";
import { expectSame } from "../same.ts";
import { CELLS, type CellName, layoutOf, type Options, type Problem, problem } from "./recurrent-problem.ts";
import { type Expected, expected } from "./recurrent-reference.ts";
import { run, runInPlace } from "./recurrent-run.ts";

const NAMES = Object.keys(CELLS) as CellName[];

/** Activations to test as f, g and h, with parameters that keep the states small over a few steps of every cell. */
const FUNCTIONS: NamedCurve[] = [
  { name: "exp" },
  { name: "softsign" },
  { name: "relu" },
  { name: "affine", alpha: 0.75, beta: -0.25 },
  { name: "sigmoid" },
  { name: "leakyRelu", alpha: 0.125 },
  { name: "thresholdedRelu", alpha: 0.375 },
  { name: "hardSigmoid", alpha: 0.25, beta: 0.5 },
  { name: "scaledTanh", alpha: 1.5, beta: -0.625 },
  { name: "elu", alpha: 0.625 },
  { name: "tanh" },
  { name: "softplus" },
  { name: "logSigmoid" },
];
const named = (i: number) => FUNCTIONS[i % FUNCTIONS.length]!;

/** Options that cover every path through the kernels. */
const OPTIONS: Record<string, Options> = {
  "its own functions as options": {},
  clip: { limit: 0.75 },
  "functions with bends, clip and peepholes": {
    limit: 1.25,
    activations: [named(7), named(9), named(5)],
    peepholes: true,
  },
  peepholes: { peepholes: true },
  "peepholes of the state before": { peepholes: "previous" },
  "normalised gates": { normalised: true },
  "normalised gates, clip and peepholes": { limit: 1.25, normalised: true, peepholes: true },
  "normalised gates, functions with bends, clip and peepholes of the state before": {
    limit: 1.25,
    activations: [named(7), named(9), named(5)],
    normalised: true,
    peepholes: "previous",
  },
};

/** Expected results of each problem, computed for the first build. */
const known = new Map<string, Expected>();

/** Compares the results of the kernels with the float64 formulas. */
function check(build: Build, given: Problem): void {
  const { cell, T, B, H, direction, batchSizes, options } = given;
  const key = JSON.stringify([cell, T, B, H, direction, batchSizes, options]);
  const wanted = known.get(key) ?? expected(given);
  known.set(key, wanted);
  const got = run(build, given);
  for (const [name, want] of Object.entries(wanted)) {
    if (!want) continue;
    const scale = Math.max(...Array.from(want, Math.abs));
    expectClose(got[name as keyof Expected]!, want, [scale, 0], name);
  }
}

/** The smallest normal float32. */
const SMALLEST = 2 ** -126;

function expectFlushed(...arrays: (ArrayLike<number> | undefined)[]): void {
  for (const values of arrays) {
    const subnormal = Array.from(values ?? []).filter((value) => value !== 0 && Math.abs(value) < SMALLEST);
    expect(subnormal).toEqual([]);
  }
}

/** T, B, H: tail only, body only, both, a single row with narrow and with wide columns, rows of several tiles. */
const SIZES: [number, number, number][] = [
  [5, 4, 3],
  [3, 2, 4],
  [4, 3, 9],
  [6, 1, 5],
  [2, 1, 33],
  [3, 13, 17],
];

const withOptions = NAMES.flatMap((cell) =>
  Object.entries(OPTIONS)
    .filter(([, { peepholes }]) => !peepholes || CELLS[cell].memory)
    .map(([label, options]) => ({ cell, label, options })),
);
const plain = NAMES.map((cell) => ({ cell, label: "no options", options: undefined }));
const all = [...plain, ...withOptions];

describeBuilds("recurrent cells", (build) => {
  const make = (sizes: Omit<Parameters<typeof problem>[0], "options">, options?: Options) =>
    problem({ ...sizes, ...(options && { options }) });

  it.each(all)("$cell with $label follows the formulas", ({ cell, options }) => {
    for (const direction of [1, -1]) {
      for (const [T, B, H] of options ? [SIZES[0]!, SIZES[2]!] : SIZES) {
        build.arena.clear();
        check(build, make({ cell, T, B, H, direction }, options));
        build.arena.check();
      }
    }
  });

  it.each(NAMES)("%s follows the formulas with every activation in every place", (cell) => {
    FUNCTIONS.forEach((_, i) => {
      build.arena.clear();
      const activations = [named(i), named(i + 1), named(i + 2)].slice(0, layoutOf(cell).own.length);
      const sizes = { cell, T: 2, B: 2, H: 5, direction: i % 2 ? 1 : -1 };
      check(build, make(sizes, { activations, peepholes: ([false, true, "previous"] as const)[i % 3]! }));
      build.arena.check();
    });
  });

  it.each(all)("$cell with $label leaves rows past their end unchanged", ({ cell, options }) => {
    // Lengths of the rows: 4, 2, 1, 0, then 5, 5, 1; no row reaches the last step of the first.
    for (const direction of [1, -1]) {
      for (const [T, B, batchSizes] of [
        [5, 4, [3, 2, 1, 1, 0]],
        [5, 3, [3, 2, 2, 2, 2]],
      ] as const) {
        build.arena.clear();
        check(build, make({ cell, T, B, H: 6, direction, batchSizes: Int32Array.from(batchSizes) }, options));
        build.arena.check();
      }
    }
  });

  it.each(all)(
    "$cell with $label never reads inputs and gradients past the end of a row",
    ({ cell, options }) => {
      const [T, B, H] = [4, 3, 5];
      const width = layoutOf(cell).columns.length * H;
      const batchSizes = Int32Array.of(3, 2, 0, 0);
      const outcome = (behind: number) => {
        build.arena.clear();
        const given = make({ cell, T, B, H, direction: 1, batchSizes }, options);
        batchSizes.forEach((n, t) => {
          given.gates.fill(behind, (t * B + n) * width, (t + 1) * B * width);
          given.dout.fill(behind, (t * B + n) * H, (t + 1) * B * H);
        });
        const { activations, ...rest } = run(build, given);
        return rest;
      };
      expect(outcome(Number.NaN)).toEqual(outcome(0));
    },
  );

  it.each(NAMES)("%s gives the same with its own functions as options, except for rounding", (cell) => {
    const sizes = { cell, T: 4, B: 3, H: 9, direction: 1 };
    const [fused, general] = [run(build, make(sizes)), run(build, make(sizes, {}))];
    for (const name of ["hs", "cs", "dgates", "dh", "dc"] as const) {
      if (fused[name]) expectClose(general[name]!, fused[name], [0.5, 0], name);
    }
  });

  it.each(all)(
    "$cell with $label can overwrite the states before a step with those after it",
    ({ cell, options }) => {
      const given = make({ cell, T: 1, B: 3, H: 9, direction: 1 }, options);
      const [h, c] = runInPlace(build, given);
      const { hs, cs } = run(build, given);
      expectSame(h!, hs.subarray(3 * 9));
      expectSame(c ?? [], cs?.subarray(3 * 9) ?? []);
    },
  );

  it.each(all)("$cell with $label gives the same at every position in a row", ({ cell, options }) => {
    const [T, B, H] = [2, 1, 7];
    const given = make({ cell, T, B, H, direction: 1 }, options);
    given.weight.fill(0);
    for (const values of [given.h0, given.c0, given.dh, given.dc]) values.fill(values[0]!);
    for (const rows of [given.dout, given.gates, given.peephole, given.gain, given.shift]) {
      rows.forEach((_, i) => {
        rows[i] = rows[Math.floor(i / H) * H]!;
      });
    }
    for (const values of Object.values(run(build, given))) {
      for (let i = 0; i < (values?.length ?? 0); i += H) {
        expect(new Set(values!.subarray(i, i + H)).size).toBe(1);
      }
    }
  });

  it.each(all)("$cell with $label flushes subnormal states", ({ cell, options }) => {
    const given = make({ cell, T: 1, B: 2, H: 7, direction: 1 }, options);
    for (const weights of [given.weight, given.shift]) weights.fill(0);
    // Gates of 0 halve the state once or twice; a candidate of 0 adds nothing.
    given.gates.fill(layoutOf(cell).columns.length > 1 ? 0 : SMALLEST / 2);
    for (const state of [given.h0, given.c0]) state.set(state.map((_, i) => SMALLEST * (i % 2 ? 1.5 : 3)));
    const { hs, cs, activations } = run(build, given);
    expectFlushed(hs, cs, layoutOf(cell).resetBefore ? activations : undefined);
  });

  it.each(all)("$cell with $label flushes subnormal gradients", ({ cell, options }) => {
    const given = make({ cell, T: 1, B: 2, H: 7, direction: 1 }, options);
    for (const weights of [given.weight, given.peephole]) weights.fill(0);
    for (const gradient of [given.dh, given.dc, given.dout]) gradient.set(gradient.map((d) => d * SMALLEST));
    const { dgates, dh, dc } = run(build, given);
    expectFlushed(dgates, dh, dc);
  });

  it("without a limit nothing is clipped: the gradient of an overflow is infinite", () => {
    const options = { activations: [{ name: "exp" } as const] };
    const given = make({ cell: "rnnTanh", T: 1, B: 1, H: 5, direction: 1 }, options);
    given.gates.fill(100);
    expect(run(build, given).dgates.map(Math.abs)).toEqual(new Float32Array(5).fill(Infinity));
  });

  it.each(NAMES)("%s does nothing for no steps", (cell) => {
    const given = problem({ cell, T: 1, B: 2, H: 3, direction: 1 });
    const { arena, kernels: k } = build;
    const ptr = arena.input(given.gates);
    const { id } = CELLS[cell];
    k.recurrent_forward(id, 0, ptr, ptr, ptr, ptr, ptr, ptr, 0, 2, 3, 1, 0);
    k.recurrent_backward(id, 0, ptr, ptr, ptr, ptr, ptr, ptr, ptr, ptr, ptr, 0, 2, 3, 1, 0);
  });
});
