import { expect, it } from "vitest";
import { type Build, describeBuilds } from "../builds.ts";
import { expectClose } from "../close.ts";
import { expectSame } from "../same.ts";
import { CELLS, type CellName, type Problem, problem } from "./recurrent-problem.ts";
import { type Expected, expected } from "./recurrent-reference.ts";
import { run, runInPlace } from "./recurrent-run.ts";

const NAMES = Object.keys(CELLS) as CellName[];

/** Compares what the kernels leave behind with the float64 cells. */
function check(build: Build, given: Problem): void {
  const got = run(build, given);
  for (const [name, want] of Object.entries(expected(given))) {
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

/** T, B, H: a tail only, a body only, both, a single row of narrow and of wide columns, rows of several tiles. */
const SIZES: [number, number, number][] = [
  [5, 4, 3],
  [3, 2, 4],
  [4, 3, 9],
  [6, 1, 5],
  [2, 1, 33],
  [3, 13, 17],
];

describeBuilds("recurrent cells", (build) => {
  const cases = NAMES.flatMap((cell) => [1, -1].map((direction) => ({ cell, direction })));

  it.each(cases)("$cell, direction $direction, follows the float64 cell", ({ cell, direction }) => {
    for (const [T, B, H] of SIZES) {
      build.arena.clear();
      check(build, problem({ cell, T, B, H, direction }));
      build.arena.check();
    }
  });

  it.each(cases)("$cell, direction $direction, leaves rows behind their end alone", ({ cell, direction }) => {
    // Lengths of the rows: 4, 2, 1, 0, then 5, 5, 1; no row reaches the last step of the first.
    for (const [T, B, counts] of [
      [5, 4, [3, 2, 1, 1, 0]],
      [5, 3, [3, 2, 2, 2, 2]],
    ] as const) {
      build.arena.clear();
      check(build, problem({ cell, T, B, H: 6, direction, counts: Int32Array.from(counts) }));
      build.arena.check();
    }
  });

  it.each(NAMES)("%s may put the states after a step in the place of those before", (cell) => {
    const given = problem({ cell, T: 1, B: 3, H: 9, direction: 1 });
    const [h, c] = runInPlace(build, given);
    const { hs, cs } = run(build, given);
    expectSame(h!, hs.subarray(3 * 9));
    expectSame(c ?? [], cs?.subarray(3 * 9) ?? []);
  });

  it.each(NAMES)("%s gives the same at every place of a row", (cell) => {
    const [T, B, H] = [2, 1, 7];
    const given = problem({ cell, T, B, H, direction: 1 });
    given.weight.fill(0);
    for (const values of [given.h0, given.c0, given.dh, given.dc]) values.fill(values[0]!);
    given.dout.forEach((_, i) => {
      given.dout[i] = given.dout[Math.floor(i / H) * H]!;
    });
    given.gates.forEach((_, i) => {
      given.gates[i] = given.gates[Math.floor(i / H) * H]!;
    });
    for (const values of Object.values(run(build, given))) {
      for (let i = 0; i < (values?.length ?? 0); i += H) {
        expect(new Set(values!.subarray(i, i + H)).size).toBe(1);
      }
    }
  });

  it.each(NAMES)("%s flushes subnormal states", (cell) => {
    const given = problem({ cell, T: 1, B: 2, H: 7, direction: 1 });
    given.weight.fill(0);
    // Gates of 0 halve the state once or twice; a candidate of 0 adds nothing.
    given.gates.fill(CELLS[cell].columns > 1 ? 0 : SMALLEST / 2);
    for (const state of [given.h0, given.c0]) state.set(state.map((_, i) => SMALLEST * (i % 2 ? 1.5 : 3)));
    const { hs, cs, activations } = run(build, given);
    expectFlushed(hs, cs, CELLS[cell].resetBefore ? activations : undefined);
  });

  it.each(NAMES)("%s flushes subnormal gradients", (cell) => {
    const given = problem({ cell, T: 1, B: 2, H: 7, direction: 1 });
    given.weight.fill(0);
    for (const gradient of [given.dh, given.dc, given.dout]) gradient.set(gradient.map((d) => d * SMALLEST));
    const { dgates, dh, dc } = run(build, given);
    expectFlushed(dgates, dh, dc);
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
