import { expect, test } from "vitest";
import { History, thinned } from "../../../studio/src/runs/history.ts";

const filled = (count: number) => {
  const history = new History();
  for (let iteration = 1; iteration <= count; iteration++) history.addStep({ iteration, loss: iteration });
  return history;
};

test("has few points however long a run is, each the mean of the losses since the one before", () => {
  const { steps, each } = filled(10_000).losses;
  expect(steps.length).toBeLessThanOrEqual(1001);
  const [first] = steps;
  expect(first).toEqual({ iteration: each, loss: (each + 1) / 2 });
});

test("forgets what comes after an iteration", () => {
  const history = filled(20);
  history.addValidation({ iteration: 10, loss: 1 });
  history.addValidation({ iteration: 20, loss: 1 });
  const { steps, validations } = history.backTo(12).losses;
  expect(steps.at(-1)!.iteration).toBe(12);
  expect(validations).toEqual([{ iteration: 10, loss: 1 }]);
});

test("gives losses that do not change later", () => {
  const history = filled(3);
  const { steps } = history.losses;
  history.addStep({ iteration: 4, loss: 4 });
  expect(steps.length).toBe(3);
});

test("thins out losses and keeps the last", () => {
  const { steps } = thinned(filled(950).losses, 100);
  expect(steps.length).toBeLessThanOrEqual(100);
  expect(steps.at(-1)!.iteration).toBe(950);
});
