import { expect, it } from "vitest";
import { backpropagation, passes, type TinyNetwork } from "../../../studio/src/lab/backpropagation.ts";

it("gives the gradients of the library", async () => {
  for (const word of ["hello", "ab", "banana"]) {
    const { difference, library, loss, losses } = await backpropagation({ word, updates: 3 });
    expect(difference).toBeLessThan(1e-5);
    expect(Math.abs(library.Wya[0]![0]!)).toBeGreaterThan(1e-4);
    expect(loss).toBeCloseTo(losses.at(-1)!, 4);
  }
});

it("gives the gradients of central differences", async () => {
  const { parameters, letters, steps, gradient } = await backpropagation({ word: "hello", hidden: 2 });
  const ids = (name: "read" | "expected") => steps.map((step) => letters.indexOf(step[name]));
  const lossOf = (network: TinyNetwork) =>
    passes(network, letters, ids("read"), ids("expected")).reduce((sum, { loss }) => sum + loss, 0);
  for (const name of ["Waa", "Wax", "Wya"] as const) {
    parameters[name].forEach((row, r) => {
      row.forEach((_, c) => {
        const moved = (by: number) => {
          const copy = structuredClone(parameters) as { [K in typeof name]: number[][] } & TinyNetwork;
          copy[name][r]![c]! += by;
          return lossOf(copy);
        };
        expect(gradient[name][r]![c]).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 7);
      });
    });
  }
});

it("sums what each step adds, and the loss falls with updates", async () => {
  const { steps, gradient, losses } = await backpropagation({ updates: 30 });
  const sum = steps.reduce((total, { adds }) => total + adds.Waa[1]![2]!, 0);
  expect(sum).toBeCloseTo(gradient.Waa[1]![2]!, 12);
  expect(steps.at(-1)!.daFromNext).toEqual([0, 0, 0]);
  expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
});

it("refuses words and sizes that do not fit on a screen", async () => {
  await expect(backpropagation({ word: "a" })).rejects.toMatchObject({ code: "ERR_VALUE" });
  await expect(backpropagation({ word: "ninelette" })).rejects.toMatchObject({ code: "ERR_VALUE" });
  await expect(backpropagation({ hidden: 0 })).rejects.toMatchObject({ code: "ERR_VALUE" });
});
