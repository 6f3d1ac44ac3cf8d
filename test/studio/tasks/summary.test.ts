import { expect, it } from "vitest";
import type { Run } from "../../../studio/src/runs/run.ts";
import { isUntested, scoresOf } from "../../../studio/src/tasks/summary.ts";

const scored = { iteration: 25, evaluation: { loss: 2.5, perplexity: 12.2, bits: 3.6 } };
const run = (fields: Partial<Run>) =>
  ({ plan: { task: "generator" }, state: "stopped", iteration: 10, ...fields }) as Run;

it("a run that was stopped before its first test has no scores, and that is said", () => {
  expect(scoresOf(run({}), false)).toEqual([]);
  expect(isUntested(run({}), false)).toBe(true);
  expect(isUntested(run({}), true)).toBe(false);
  expect(isUntested(run({ iteration: 0 }), false)).toBe(false);
  expect(isUntested(run({ opened: "file" }), false)).toBe(false);
});

it("a run that was tested has the scores of its best test", () => {
  const tested = run({ best: scored, last: { iteration: 50, evaluation: { loss: 3 } } });
  expect(isUntested(tested, false)).toBe(false);
  expect(scoresOf(tested, false).map(({ value }) => value)).toEqual(["12.2", "3.60"]);
});
