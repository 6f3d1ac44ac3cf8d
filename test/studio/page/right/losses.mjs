// The losses of a run, and those of several over one another.

import assert from "node:assert/strict";
import { figures } from "../driver.mjs";
import { close, percent, rowsOf } from "./compare.mjs";
import { mean } from "./maths.mjs";
import { trainerOf } from "./trained.mjs";

/** Returns the curves of a run as the picture has them: the training loss is the mean of each point and its neighbours. */
function curvesOf({ name, losses: { steps, validations } }) {
  const reach = Math.min(8, Math.floor(steps.length / 20));
  const smoothed = steps.map(({ iteration }, i) => {
    const near = Math.min(reach, i, steps.length - 1 - i);
    const some = steps.slice(i - near, i + near + 1).map(({ loss }) => loss);
    return { run: name, kind: "training", iteration, loss: mean(some) };
  });
  return [...smoothed, ...validations.map((point) => ({ run: name, kind: "validation", ...point }))];
}

const key = ({ run, kind, iteration }) => `${run}, ${kind}, ${iteration}`;

/** Compares the curves of runs with the losses in their files. @param runs notes of the files */
export async function compareLosses(page, runs) {
  const rows = await rowsOf(page, "Loss");
  const expected = new Map(runs.flatMap(curvesOf).map((point) => [key(point), point.loss]));
  assert.equal(rows.length, expected.size);
  for (const row of rows) {
    assert(expected.has(key(row)), `${key(row)} is in the file`);
    close(row.loss, expected.get(key(row)), key(row), 1e-6);
  }
  return `${rows.length} points`;
}

/** The scores beside the curves, by their names: the field of the evaluation, and its digits; % is a share in percent with one. */
const SCORES = {
  "Bits per symbol": ["bits", 2],
  Perplexity: ["perplexity", 1],
  "Right answers": ["accuracy", "%"],
  "Right tags": ["accuracy", "%"],
  "Without a mistake": ["exact", "%"],
  "Wrong symbols": ["tokenErrorRate", "%"],
  "Wrong characters": ["cer", "%"],
  "Found at once": ["accuracyAt1", "%"],
  "Reciprocal rank": ["meanReciprocalRank", 2],
  "Mean error": ["mae", 2],
};

/** An answer that is a tie falls to either side in other kernels, and a test has hundreds of answers. */
const SHARE = 0.01;

/** Compares the loss of the best test, and the scores beside it, with a test of the saved model on what was kept aside. */
export async function compareScores(page, one) {
  await compareLosses(page, [one.notes]);
  const { best, losses } = one.notes;
  const evaluation = (await trainerOf(one)).validate();
  // The best test need not have the least loss: tasks have scores of their own.
  const { loss } = losses.validations.find(({ iteration }) => iteration === best.iteration);
  close(best.evaluation.loss, loss, "loss of the best test");
  close(loss, evaluation.loss, "loss of the saved model", 1e-3);
  const seen = [];
  for (const [name, shown] of await figures(page)) {
    const [field, digits] = SCORES[name] ?? [];
    if (!field) continue;
    const value = best.evaluation[field];
    close(value, evaluation[field], name, SHARE);
    assert.equal(shown, digits === "%" ? percent(value) : value.toFixed(digits), name);
    seen.push(`${name} ${shown}`);
  }
  assert(seen.length > 0);
  return seen.join(", ");
}

/** Compares the curves of several runs on the page of all runs. @param runs notes of their files */
export async function compareRuns(page, runs) {
  for (const { name } of runs)
    await page.getByRole("checkbox", { name: `Compare ${name}`, exact: true }).check();
  return compareLosses(page, runs);
}
